/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A row of the table of salloc's options (salloc/salloctable.c). All that is
 * known of an option stands there: its names, how a value is read and where it
 * goes, which releases have it, and why one cannot be used.
 */
#ifndef SALLOC_SALLOCROW_H
#define SALLOC_SALLOCROW_H

#include <stddef.h>

#include "base/err.h"
#include "salloc/sallocjob.h"

enum sallocrow_arg { SALLOC_NEEDS_VALUE, SALLOC_MAY_HAVE_VALUE, SALLOC_NO_VALUE };

/* A record: one option. */
struct sallocrow {
	const char *name;
	char letter;		/* 0: none */
	enum sallocrow_arg arg;
	/* value: never empty; NULL: none was given */
	int (*parse)(const struct sallocrow *row, struct salloc *s,
		const char *value, struct err *e);
	size_t field;
	long max;
	/*
	 * A letter that rows have in common of which one job has only one, and the
	 * release since which salloc says so.
	 */
	char one_of;
	int one_since;
	int since;		/* the first release of salloc that has it; 0: all */
	int only_sbatch;	/* salloc has it not */
	const char *alias;	/* a row of only this: another name for that one */
	const char *why;	/* it is refused */
	const char *env;	/* NAME of SALLOC_NAME and SBATCH_NAME, or NULL */
};

#endif
