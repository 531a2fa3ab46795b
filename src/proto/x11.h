/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_X11_H
#define PROTO_X11_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* What is known of X11: names of displays, cookies, and how a server says no. */

/* A cookie as MIT-MAGIC-COOKIE-1 has it, in hexadecimal digits. */
#define X11_COOKIE 32

/* Display 0 of a TCP server listens there, others behind it. */
#define X11_PORT 6000

/* Where a display is: of DISPLAY. */
struct x11_display {
	unsigned number;
	int is_tcp;
	char host[256];		/* of TCP */
};

/* "localhost:10.0", ":0", "unix:0". -1 with e set. */
int x11_display_read(struct x11_display *d, const char *text, struct err *e);

/* The path of the socket of one that is not TCP. */
void x11_display_path(const struct x11_display *d, char *out, size_t size);

/* The first cookie that `xauth list' has printed. -1: there is none. */
int x11_cookie_find(char cookie[X11_COOKIE + 1], const char *text, size_t len);

/* Is it one? */
int x11_is_cookie(const char *text);

/* What an Xauthority file holds that has it for every display of any host. */
void x11_put_xauthority(struct buf *out, const char *cookie);

/*
 * The answer to who begins with this byte: he is not let in, for this reason, of at
 * most 255 bytes. Nothing where that is no client of X11.
 */
void x11_put_refusal(struct buf *out, char first, const char *why);

#endif
