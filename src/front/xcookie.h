/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_XCOOKIE_H
#define FRONT_XCOOKIE_H

#include <event2/event.h>

#include "base/err.h"
#include "net/child.h"

/* The cookie of a display, asked of xauth(1). */
struct xcookie;

/*
 * done() is called once, later: with the cookie, hexadecimal, or NULL and why there
 * is none. The question is gone then.
 */
struct xcookie *xcookie_new(struct event_base *base, struct children *children,
	const char *display,
	void (*done)(const char *cookie, const struct err *why, void *arg),
	void *arg);

/* No callback any more. NULL is ignored. */
void xcookie_free(struct xcookie *x);

#endif
