/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DOCTOR_ACCOUNT_H
#define DOCTOR_ACCOUNT_H

#include "base/buf.h"
#include "base/err.h"
#include "doctor/examine.h"

/*
 * What was found, for people, and for the login node when the job has looked. That
 * comes through a shell, whose start-up files may print: so it stands between two
 * lines that nobody else says.
 */

/* Append a line for each, with what it means and what to do where that matters. */
void account_text(const struct examined *x, size_t n, struct buf *out);

/* The worst of all verdicts; how many there are of each. */
enum verdict account_worst(const struct examined *x, size_t n,
	unsigned count[VERDICTS]);

/* now: the time of the host that has looked. */
void account_write(const struct examined *x, size_t n, long now,
	struct buf *out);

/*
 * Read it back from all that was said, a text with its NUL, into out, which has room
 * for CHECKS_MAX. Returns how many there are, and *now, 0 if it is not told; -1 with
 * e set: it is not whole.
 */
int account_read(const char *said, struct examined *out, long *now,
	struct err *e) __attribute__((warn_unused_result));

#endif
