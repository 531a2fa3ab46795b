/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_BOUND_H
#define OPT_BOUND_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "opt/optlist.h"

/*
 * A bound that a site sets for what a job asks for, whichever option of salloc
 * asks for it: partition, account, qos, of which it has a list (opt/allowed.h);
 * time, cpus, mem, gpus, nodes, of which it has MIN..MAX. What nobody asks for is
 * the scheduler's default, and within every bound.
 *	cpus	of the whole job
 *	mem	of a node
 *	gpus	of the whole job, of any type
 * Where one number is asked for by another, as CPUs by --cpus-per-gpu, they are
 * multiplied; so mem is at most what the whole job has.
 */
struct bound {
	const struct bound_noun *noun;
	const char *text;	/* as it was written */
	const char *where;	/* "FILE:LINE" */
	uint64_t min, max;
	int lowers;		/* what is beyond becomes the nearest within */
};

/*
 * The names of what a bound can be about, those above and three that are not of one
 * job, for opt/policy.c: command, app, sessions. NULL behind the last.
 */
#define BOUND_NOUNS_MAX 16
const char *bound_noun(size_t i);
int bound_is_noun(const char *name);

/*
 * Cut "MIN..MAX", of which one may be missing: MIN has *len bytes, and *max begins
 * MAX. -1 with e set: it is none.
 */
int bound_cut(const char *text, size_t *len, const char **max, struct err *e)
	__attribute__((warn_unused_result));

/* Of a noun; text and where must stay where they are. -1 with e set: it is none. */
int bound_read(struct bound *b, const char *name, const char *text,
	const char *where, int lowers, struct err *e)
	__attribute__((warn_unused_result));

/* Whether it is a list of words, and not of numbers. */
int bound_has_list(const struct bound *b);

/*
 * Whether words, as optsalloc_words() gives them, are within. 0: they are; 1: they were not, and
 * note says what they are now; -1 with e set: they are not, or cannot be read.
 */
int bound_check(const struct bound *b, struct opt_list *words,
	struct err *note, struct err *e) __attribute__((warn_unused_result));

/*
 * The partition that they ask for, or several by commas, to be freed; NULL: none.
 * -1 with e set: no job can be asked for so.
 */
int bound_partition(const struct opt_list *words, char **name, struct err *e)
	__attribute__((warn_unused_result));

#endif
