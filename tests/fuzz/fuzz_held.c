/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The input is a stream as a shell would print it. Whatever it is: released as
 * they were the lines make up the input again; what waits is short and has no
 * newline; and however the input is cut, the same comes out.
 */
#include "editor/held.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum answer { SAME, OWN, EMPTY };

#define CHECK(x)	   \
	do {		   \
		if (!(x))  \
			abort(); \
	} while (0)

static void answer(struct held *h, const struct held_event *ev,
	enum answer how, unsigned n, struct buf *asked)
{
	buf_printf(asked, "%s ", ev->key);
	if (ev->target == HELD_PATH) {
		CHECK(ev->path[0] == '/');
		CHECK(strlen(ev->path) <= HELD_PATH_MAX);
		buf_printf(asked, "%s;", ev->path);
	} else {
		CHECK(ev->port > 0);
		CHECK(strlen(ev->host) < sizeof ev->host);
		buf_printf(asked, "[%s] %u;", ev->host, ev->port);
	}
	if (how == SAME)
		held_release_same(h);
	else if (how == EMPTY)
		held_release_empty(h);
	else if (ev->target == HELD_PATH && n % 4 != 0)
		CHECK(held_release_path(h, "/o=w") == 0);
	else
		held_release_port(h, n % 3 == 0 ? 65535 : n);
}

/* pieces: 0 whole, 1 bytes, otherwise random ones of up to so many bytes. */
static void run(const char *p, size_t len, size_t pieces, enum answer how,
	struct buf *out, struct buf *asked)
{
	unsigned seed = 2463534242u + len, n = 0;
	struct held_event ev;
	struct held h;
	size_t in = 0, here;

	held_init(&h);
	while (in < len) {
		here = pieces ? 1 : len;
		if (pieces > 1) {
			seed ^= seed << 13;
			seed ^= seed >> 17;
			seed ^= seed << 5;
			here += seed % pieces;
		}
		if (here > len - in)
			here = len - in;
		for (;;) {
			size_t took = held_scan(&h, p + in, here, &ev);

			CHECK(took <= here);
			in += took;
			here -= took;
			if (ev.kind == HELD_NONE)
				break;
			if (ev.kind == HELD_LINE)
				answer(&h, &ev, how, n++, asked);
			else
				buf_append(out, ev.data, ev.len);
		}
		CHECK(here == 0);
		if (how == SAME) {
			size_t kept = in - out->len;

			CHECK(kept < HELD_VALUE_MAX);
			CHECK(memchr(p + in - kept, '\n', kept) == NULL);
		}
	}
	held_flush(&h);
	held_scan(&h, "", 0, &ev);
	if (ev.kind == HELD_PASS)
		buf_append(out, ev.data, ev.len);
}

static int same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
		(a->len == 0 || memcmp(buf_data(a), buf_data(b), a->len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = { 1, 7, 60 };
	const struct buf in = { .mem = (char *)data, .len = size };

	_Static_assert(sizeof(struct held) < 1024, "memory is bounded");
	for (enum answer how = SAME; how <= EMPTY; how++) {
		struct buf out = { 0 }, asked = { 0 };

		run((const char *)data, size, 0, how, &out, &asked);
		if (how == SAME)
			CHECK(same(&out, &in));
		for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
			struct buf out2 = { 0 }, asked2 = { 0 };

			run((const char *)data, size, pieces[i], how, &out2,
				&asked2);
			CHECK(same(&out, &out2));
			CHECK(same(&asked, &asked2));
			buf_fini(&out2);
			buf_fini(&asked2);
		}
		buf_fini(&out);
		buf_fini(&asked);
	}
	return 0;
}
