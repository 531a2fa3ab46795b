/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_PARTITION_H
#define FRONT_JOB_PARTITION_H

#include <stddef.h>

#include "base/kv.h"

/* A partition of the cluster, as a launcher's record tells it. */
#define PARTITION_GPUS_MAX 16

/* So much of so much; total -1: not known. */
struct partition_share {
	long idle, total;
};

struct partition_gpu {
	char type[64];		/* "": it has none */
	struct partition_share share;
};

/* A record: all that is known of one. */
struct partition {
	char name[128];
	char state[16];		/* the scheduler's word */
	char refused[256];	/* why a job would not be taken; "": it would */
	int is_default;
	long time_limit;	/* seconds; -1: none, 0: not known */
	long default_time;	/* the same, of a job that asks for none */
	struct partition_share nodes, cpus, memory;	/* MB */
	struct partition_share node_cpus, node_memory;	/* most on one node */
	size_t n_gpus;
	struct partition_gpu gpu[PARTITION_GPUS_MAX];
};

/*
 * What a record tells, within bounds; what is beyond is not known, and logged. -1:
 * it is no partition's.
 */
int partition_read(struct partition *p, const struct kv *kv)
	__attribute__((warn_unused_result));

#endif
