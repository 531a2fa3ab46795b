/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of a request to a proxy. What the target reads is a head again, of the
 * same target, with no line that the program has not sent or we do not say.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proxyhead.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count(const char *data, size_t len, const char *what)
{
	const char *at = data, *end = data + len;
	int n = 0;

	while ((at = memmem(at, end - at, what, strlen(what))) != NULL) {
		at += strlen(what);
		n++;
	}
	return n;
}

static void check_request(const struct buf *b)
{
	const char *text = buf_data(b);

	if (b->len < 4 || memcmp(text + b->len - 4, "\r\n\r\n", 4) != 0 ||
		count(text, b->len, "\r\n\r\n") != 1 ||
		count(text, b->len, "\r\nHost: ") != 1 ||
		count(text, b->len, "\r\nProxy-") != 0 ||
		count(text, b->len, "\r") != count(text, b->len, "\n") ||
		memchr(text, '\0', b->len) != NULL)
		abort();
}

static void check_whole(const struct proxyhead *h, size_t size)
{
	const char *port = strrchr(h->target, ':');

	if (h->len > size || h->len > PROXYHEAD_MAX || port == NULL ||
		port == h->target || strpbrk(h->target, " /@\r\n") != NULL)
		abort();
	if (!h->is_connect)
		check_request(&h->request);
	else if (h->request.len != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { "" };
	struct proxyhead h;
	int whole = proxyhead_read(&h, (const char *)data, size, &e), got = 0;
	int status = h.status;

	if (whole == 1)
		check_whole(&h, size);
	else if (whole == -1 && (status < 400 || status > 499 || !e.text[0]))
		abort();
	proxyhead_fini(&h);
	/* In pieces it is the same, and known no later. */
	for (size_t n = 1; n <= size && size < 512 && got == 0; n++) {
		got = proxyhead_read(&h, (const char *)data, n, &e);
		if (got != 0 && (got != whole || h.status != status))
			abort();
		proxyhead_fini(&h);
	}
	if (size > 0 && size < 512 && got != whole)
		abort();
	return 0;
}
