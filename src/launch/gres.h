/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_GRES_H
#define LAUNCH_GRES_H

#include <stddef.h>

/*
 * The GPUs of Slurm's lists of generic resources, as its nodes have them,
 *
 *	gpu:a100:4(S:0-1),gpu:v100:2,shard:8
 *
 * or as they are in use: gpu:a100:3(IDX:0,2-3),gpu:v100:0(IDX:N/A).
 */
#define GRES_TYPE_MAX 64
#define GRES_TYPES_MAX 16	/* those of a partition beyond are left out */
#define GRES_COUNT_MAX (1UL << 20)

struct gres_gpu {
	char type[GRES_TYPE_MAX];	/* "": it has none */
	unsigned long count;
};

/*
 * The next GPU of the list at *at, which is moved behind it: 1; 0: there are no
 * more. What cannot be understood is no GPU. list may be NULL.
 */
int gres_next(const char **at, struct gres_gpu *gpu);

/* How many GPUs of each type there are; begins zeroed. */
struct gres_tally {
	size_t n;
	struct gres_row {
		char type[GRES_TYPE_MAX];
		unsigned long idle, total;
	} row[GRES_TYPES_MAX];
};

/*
 * Count a node's: all that it has, and, if a job could have them, those that
 * are not in use as idle. used may be NULL.
 */
void gres_count(struct gres_tally *t, const char *has, const char *used,
	int usable);

#endif
