/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_JOBWATCH_H
#define LAUNCH_JOBWATCH_H

#include "base/buf.h"
#include "launch/never.h"
#include "launch/slurmjob.h"

/*
 * The verb watch for Slurm: when to look at a job again, and what is new enough
 * to be told. Times are seconds of a clock that nobody sets.
 */
struct jobwatch {
	const char *id;
	int wait;		/* s until the next look */
	int ask_nodes;		/* the front wants to know whether all are there */
	/* How many nodes of a partition are missing; -1: Slurm does not tell. */
	long (*count)(const char *partition);
	struct never never;
	long missing;		/* at the last count; -1: not known */
	long counted;		/* when that was */
	long noted;		/* when it was said last that Slurm is silent */
	char state[16];
	struct buf last;
};

void jobwatch_init(struct jobwatch *w, const char *id, int ask_nodes,
	long (*count)(const char *partition));
void jobwatch_fini(struct jobwatch *w);

/*
 * A look has shown the job, or that Slurm does not know it: NULL. Fills out with
 * its record unless that is the one of last time. 1: it was the last.
 */
int jobwatch_look(struct jobwatch *w, const struct slurmjob *job, long now,
	struct buf *out);

/* Slurm did not answer at a look: whether to say so. */
int jobwatch_is_news(struct jobwatch *w, long now);

/* How long until the next look; from then on it is longer. */
int jobwatch_pause(struct jobwatch *w);

#endif
