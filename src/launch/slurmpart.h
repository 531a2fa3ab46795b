/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMPART_H
#define LAUNCH_SLURMPART_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "launch/gres.h"
#include "salloc/salloc.h"

/*
 * A record: one partition of Slurm, whoever told of it, libslurm or scontrol.
 * Times are seconds, SLURMPART_UNLIMITED, or 0: not known. Of lists NULL is any.
 */
struct slurmpart {
	const char *name;
	const char *state;	/* scontrol's word: UP, DOWN, DRAIN, INACTIVE */
	int is_default;
	int is_root_only;
	int needs_reservation;
	const char *groups;
	const char *accounts, *not_accounts;
	int excludes_account;	/* by these, whichever the job would be charged to */
	const char *qos, *not_qos;
	long max_time;
	long default_time;	/* 0: max_time */
};

#define SLURMPART_UNLIMITED (-1L)

/* A node, and how much of it is in use; memory in MB. */
struct slurmnode {
	int idle;		/* -1: it takes no job, 0: a job runs there */
	uint64_t cpus, cpus_used;
	uint64_t mem, mem_used;
	const char *gres, *gres_used;	/* launch/gres.h; or NULL */
};

struct slurmpart_share {
	uint64_t idle, total;
};

/* What the nodes of a partition have. Begins zeroed. */
struct slurmpart_tally {
	struct slurmpart_share nodes, cpus, mem;
	struct slurmpart_share node_cpus, node_mem;	/* most on one node */
	struct gres_tally gpus;
};

/*
 * Whether the len bytes at name are a word of a comma list, as compare has it:
 * strncmp, or strncasecmp for what Slurm's database names.
 */
int slurmpart_has(const char *list, const char *name, size_t len,
	int (*compare)(const char *, const char *, size_t));

/* Whether these lists, NULL: any, keep out an account or a QOS; NULL: none. */
int slurmpart_excludes(const char *allow, const char *deny, const char *name);

void slurmpart_count(struct slurmpart_tally *t, const struct slurmnode *n);

/* Who asks: has_group is of os/usergroup.h. */
struct slurmpart_user {
	int is_root;
	int (*has_group)(const char *name);
};

/* The record of the verb partitions, for a job with these options. */
void slurmpart_describe(struct buf *out, const struct slurmpart *p,
	const struct slurmpart_tally *t, const struct salloc *options,
	const struct slurmpart_user *user);

#endif
