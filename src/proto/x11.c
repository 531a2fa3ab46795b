/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Displays, cookies and the file that has them: X(7), Xsecurity(7), Xau.h, and the
 * setup of a connection in the protocol of X11.
 */
#include "proto/x11.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "proto/wire.h"

#define COOKIE_NAME "MIT-MAGIC-COOKIE-1"
#define DISPLAY_MAX (65535 - X11_PORT)
#define FAMILY_WILD 0xffff

int x11_display_read(struct x11_display *d, const char *text, struct err *e)
{
	const char *colon = strrchr(text, ':'), *at = colon + 1, *end;
	size_t host = colon != NULL ? (size_t)(colon - text) : 0;
	unsigned long long n;

	if (colon == NULL || host >= sizeof d->host)
		return err_set(e, "'%.80s' is not a display", text);
	end = at + strcspn(at, ".");
	if (number_take(&at, end, DISPLAY_MAX, &n) == -1 || at != end)
		return err_set(e, "'%.80s' is not a display", text);
	*d = (struct x11_display){ .number = (unsigned)n };
	memcpy(d->host, text, host);
	/* Of IPv6. */
	if (d->host[0] == '[' && d->host[host - 1] == ']') {
		memmove(d->host, d->host + 1, host);
		d->host[host - 2] = '\0';
	}
	d->is_tcp = d->host[0] != '\0' && strcmp(d->host, "unix") != 0;
	return 0;
}

void x11_display_path(const struct x11_display *d, char *out, size_t size)
{
	snprintf(out, size, "/tmp/.X11-unix/X%u", d->number);
}

int x11_is_cookie(const char *text)
{
	return strlen(text) == X11_COOKIE &&
		strspn(text, "0123456789abcdefABCDEF") == X11_COOKIE;
}

int x11_cookie_find(char cookie[X11_COOKIE + 1], const char *text, size_t len)
{
	static const char before[] = " " COOKIE_NAME " ";
	const size_t skip = sizeof before - 1;

	for (size_t i = 0; i + skip + X11_COOKIE <= len; i++) {
		/* xauth puts two blanks there. */
		size_t at = i + skip;

		if (memcmp(text + i, before, skip) != 0)
			continue;
		while (at < len && text[at] == ' ')
			at++;
		if (len - at < X11_COOKIE)
			return -1;
		memcpy(cookie, text + at, X11_COOKIE);
		cookie[X11_COOKIE] = '\0';
		if (x11_is_cookie(cookie))
			return 0;
	}
	return -1;
}

static unsigned digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

void x11_put_xauthority(struct buf *out, const char *cookie)
{
	wire_put_u16(out, FAMILY_WILD);
	wire_put_str(out, "");		/* the host, */
	wire_put_str(out, "");		/* and the number: any */
	wire_put_str(out, COOKIE_NAME);
	wire_put_u16(out, X11_COOKIE / 2);
	for (int i = 0; i < X11_COOKIE; i += 2)
		wire_put_u8(out, (uint8_t)(digit(cookie[i]) << 4 |
			digit(cookie[i + 1])));
}

/* In the order of bytes that the client has chosen. */
static void put_u16(struct buf *out, int big, unsigned n)
{
	wire_put_u8(out, (uint8_t)(big ? n >> 8 : n));
	wire_put_u8(out, (uint8_t)(big ? n : n >> 8));
}

void x11_put_refusal(struct buf *out, char first, const char *why)
{
	size_t len = strnlen(why, 255), whole = (len + 3) & ~(size_t)3;
	int big = first == 'B';

	if (!big && first != 'l')
		return;
	wire_put_u8(out, 0);		/* failed */
	wire_put_u8(out, (uint8_t)len);
	put_u16(out, big, 11);
	put_u16(out, big, 0);
	put_u16(out, big, (unsigned)(whole / 4));
	buf_append(out, why, len);
	buf_append(out, "\0\0\0", whole - len);
}
