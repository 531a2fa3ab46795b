/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_OVERHEARD_H
#define LAUNCH_SLURM_OVERHEARD_H

#include <stddef.h>

/*
 * What libslurm writes to stderr. A site's reason for a refusal comes there and
 * nowhere else, and so do complaints that are of no use to anybody.
 */
struct overheard {
	int saved, file;	/* -1: nothing is kept */
	char text[4096];
	size_t len;
	char line[1024];
};

/* From now on it is kept, and end() has it in text. */
void overheard_begin(struct overheard *o);
void overheard_end(struct overheard *o);

/* Say it after all. */
void overheard_repeat(const struct overheard *o);

/*
 * It in one line, without the name of a program and "error:" before each, and with
 * between, of two characters at most, after each but the last; other when there was
 * nothing. It is in o.
 */
const char *overheard_line(struct overheard *o, const char *between,
	const char *other);

/* From now on it goes nowhere. Returns what unmute() wants. */
int overheard_mute(void);
void overheard_unmute(int saved);

#endif
