/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_ASK_H
#define LAUNCH_SLURM_SLURM_ASK_H

#include "base/err.h"
#include "launch/slurm/slurm_compat.h"
#include "salloc/salloc.h"

/* Strings of a description that the options do not have as they stand there. */
struct slurm_ask {
	char *tres_per_node, *tres_per_task, *cpus_per_tres, *mem_per_tres;
};

/*
 * What a job is asked for, from the options, whose strings stay theirs. -1 with e
 * set for what this release or this cluster cannot give. slurm_ask_fini() in any
 * case.
 */
int slurm_ask(struct slurm_ask *ask, job_desc_msg_t *j, const struct salloc *o,
	struct err *e) __attribute__((warn_unused_result));
void slurm_ask_fini(struct slurm_ask *ask);

#endif
