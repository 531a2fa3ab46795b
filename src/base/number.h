/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stddef.h>

#include "base/err.h"
#include "base/kv.h"

/*
 * Decimal numbers that others have written: digits and nothing else, no sign and
 * no blank, within bounds. strtol(3) and its like are not used for these: they
 * take more than digits, and what is too large becomes another number.
 */

/*
 * Digits at *at, of at most end - *at bytes, moved behind them. -1: there are
 * none, or the number is more than max; then nothing has changed.
 */
int number_take(const char **at, const char *end, unsigned long long max,
	unsigned long long *out) __attribute__((warn_unused_result));

/* All of text. -1: it is no number from min to max, and *out is as it was. */
int number_read(const char *text, long min, long max, long *out)
	__attribute__((warn_unused_result));

/* The last second that has four digits for its year; beyond, time is none. */
#define NUMBER_EPOCH_MAX 253402300799L
/* Longer than any duration that somebody means: 300 years of 366 days. */
#define NUMBER_SECONDS_MAX (300 * 366 * 86400L)
/* A process, as far as Linux counts them (PID_MAX_LIMIT). */
#define NUMBER_PID_MAX (1L << 22)

/* One number of a kv record, and the long in a struct that gets it. */
struct number_row {
	const char *key;
	size_t at;
	long min, max;
	long absent;	/* what it is when the record lacks it */
};

/*
 * Read them all. What is no number within its bounds counts as absent: -1, with
 * e set to the first of these.
 */
int number_rows(const struct number_row *rows, size_t n, const struct kv *kv,
	void *record, struct err *e);

#endif
