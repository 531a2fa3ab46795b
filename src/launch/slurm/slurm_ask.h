/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_ASK_H
#define LAUNCH_SLURM_SLURM_ASK_H

#include "base/err.h"
#include "launch/slurm/slurm_compat.h"
#include "launch/slurm/slurm_tres.h"
#include "salloc/salloc.h"

/*
 * What a job is asked for, from the options, whose strings stay theirs; the others
 * are those of tres, for slurm_tres_fini() in any case. -1 with e set for what this
 * release or this cluster cannot give.
 */
int slurm_ask(struct slurm_tres *tres, job_desc_msg_t *j, const struct salloc *o,
	struct err *e) __attribute__((warn_unused_result));

#endif
