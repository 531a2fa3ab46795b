/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_TIMESPAN_H
#define BASE_TIMESPAN_H

/*
 * Lengths of time as people write them, in seconds. 0; -1: not one;
 * TIMESPAN_TOO_LONG: one, but with numbers that no one wants.
 */
#define TIMESPAN_TOO_LONG (-2)
#define TIMESPAN_MAX (1000L * 86400)	/* of the first and the last */

/* 90s 5m 1h30m 2d; seconds without a letter. */
int timespan_units(const char *text, long *seconds);

/* As Slurm writes time limits: M, M:S, H:M:S, D-, D-H, D-H:M, D-H:M:S. */
int timespan_slurm(const char *text, long *seconds);

/* Either, the first where there is a letter; a '+' before it changes nothing. */
int timespan_either(const char *text, long *seconds);

/* As squeue writes them: 4:05, 1:04:05, 2-01:04:05. */
struct timespan_text {
	char s[32];
};
struct timespan_text timespan_text(long seconds);

#endif
