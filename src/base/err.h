/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* The text of one failure, handed up by whoever found it. */
struct err {
	char text[1024];
};

/*
 * Fill e with a one-line message: what failed, why, what to do. e may be NULL.
 * Always returns -1, so that `return err_set(e, ...)` reads well. A text that
 * is too long is cut.
 */
int err_set(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Put a prefix, of which 255 bytes count, before the text e already has. What
 * does not fit any more is cut at the end. Always returns -1.
 */
int err_prefix(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
