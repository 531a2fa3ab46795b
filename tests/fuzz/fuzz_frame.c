/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a peer may send: frames, and the getter of each message on each of them.
 * What a getter took is written and read once more. The first byte cuts the
 * rest into pieces, which must not change the frames.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/message.h"
#include "proto/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void want(int true)
{
	if (!true)
		abort();
}

/* The frame that is all of b. */
static struct frame parsed(const struct buf *b)
{
	struct frame f;

	want(frame_parse(&f, buf_data(b), b->len, NULL) == (long)b->len);
	return f;
}

#define AGAIN(what, name, f) do { \
	struct what one, two; \
	memset(&one, 0, sizeof one); \
	memset(&two, 0, sizeof two); \
	if (name##_get(&one, f, &e) == 0) { \
		struct buf again = { 0 }; \
		name##_put(&again, &one); \
		struct frame g = parsed(&again); \
		want(name##_get(&two, &g, &e) == 0); \
		want(g.type == FRAME_HELLO || (g.len == (f)->len && \
			memcmp(g.data, (f)->data, g.len) == 0)); \
		buf_fini(&again); \
	} else { \
		want(e.text[0] != '\0'); \
	} \
} while (0)

static void get_shell(const struct frame *f)
{
	struct shell_request r;
	struct buf b = { 0 };

	if (shell_request_get(&r, f, NULL) == -1)
		return;
	shell_request_put(&b, &r, f->type);
	want(b.len == FRAME_HEADER + f->len && memcmp(buf_data(&b) +
		FRAME_HEADER, f->data, f->len) == 0);
	buf_fini(&b);
	shell_request_fini(&r);
}

static void get_report(const struct frame *f)
{
	struct report one, two;
	struct buf b = { 0 }, c = { 0 };
	struct err e = { "" };

	if (report_parse(&one, f->data, f->len, &e) == -1) {
		want(e.text[0] != '\0');
		return;
	}
	report_write(&b, &one);
	want(report_parse(&two, buf_data(&b), b.len, &e) == 0);
	report_write(&c, &two);
	want(b.len == c.len && memcmp(buf_data(&b), buf_data(&c), b.len) == 0);
	buf_fini(&b);
	buf_fini(&c);
}

static void get(const struct frame *f)
{
	struct hello mine = { 1, 1, "fuzz", "here" }, theirs;
	struct err e = { "" };
	char text[TEXT_MAX];
	struct buf b = { 0 };
	uint32_t seconds;

	switch ((int)f->type) {
	case FRAME_HELLO:
		AGAIN(hello, hello, f);
		if (hello_get(&theirs, f, &e) == 0)
			(void)hello_agree(&mine, &theirs, &e);
		break;
	case FRAME_ERROR:
		AGAIN(error, error, f);
		break;
	case FRAME_SHELL:
	case FRAME_START:
		get_shell(f);
		break;
	case FRAME_CONNECT:
		AGAIN(target, connect, f);
		break;
	case FRAME_REACH:
		AGAIN(reach, reach, f);
		break;
	case FRAME_EXIT:
		AGAIN(shell_exit, shell_exit, f);
		break;
	case FRAME_WINDOW:
		AGAIN(window, window, f);
		break;
	case FRAME_CHECK:
		AGAIN(check, check, f);
		break;
	case FRAME_CHECKED:
		AGAIN(checked, checked, f);
		break;
	case FRAME_USES:
		AGAIN(uses, uses, f);
		break;
	case FRAME_OFFER:
		AGAIN(offer, offer, f);
		break;
	case FRAME_WANTED:
		AGAIN(wanted, wanted, f);
		break;
	case FRAME_DECLINED:
		AGAIN(declined, declined, f);
		break;
	case FRAME_TAKE:
		AGAIN(take, take, f);
		break;
	case FRAME_LIMIT:
		want(limit_get(&seconds, f, &e) == 0);
		limit_put(&b, seconds);
		want(parsed(&b).len == 4 &&
			memcmp(parsed(&b).data, f->data, 4) == 0);
		buf_fini(&b);
		break;
	case FRAME_REPORT:
		get_report(f);
		break;
	case FRAME_OK:
	case FRAME_NODE:
	case FRAME_NOTICE:
	case FRAME_END:
		if (text_get(text, sizeof text, f, &e) == 0)
			want(strlen(text) < sizeof text);
		break;
	}
}

/* Take frames until one is bad or not whole; how many bytes they had. */
static size_t take(const char *data, size_t len, int *bad)
{
	size_t at = 0;

	for (;;) {
		struct frame f;
		struct err e = { "" };
		long n = frame_parse(&f, data + at, len - at, &e);

		*bad = n == -1;
		want((n == -1) == (e.text[0] != '\0'));
		if (n <= 0)
			return at;
		want((size_t)n == FRAME_HEADER + f.len && f.len <= FRAME_MAX);
		want(frame_name(f.type)[0] != '\0');
		get(&f);
		at += (size_t)n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t step, whole, pieces = 0;
	struct buf in = { 0 };
	int bad_whole, bad = 0;

	if (size < 2)
		return 0;
	step = data[0] + 1;
	data++;
	size--;
	whole = take((const char *)data, size, &bad_whole);
	for (size_t at = 0; at < size && !bad; at += step) {
		size_t n;

		buf_append(&in, data + at, size - at < step ? size - at :
			step);
		n = take(buf_data(&in), in.len, &bad);
		buf_consume(&in, n);
		pieces += n;
	}
	want(pieces == whole && bad == bad_whole);
	buf_fini(&in);
	return 0;
}
