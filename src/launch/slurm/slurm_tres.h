/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slurm's lists of what a node, a task or a GPU gets, "cpu=2,gres/gpu:a=1", which
 * have what several options say together.
 */
#ifndef LAUNCH_SLURM_SLURM_TRES_H
#define LAUNCH_SLURM_SLURM_TRES_H

#include <stdint.h>

#include "base/err.h"
#include "launch/slurm/slurm_compat.h"
#include "salloc/salloc.h"

/* Strings of a description that the options do not have as they stand there. */
struct slurm_tres {
	char *per_node, *per_task, *cpus_per, *mem_per;
	char *bind;		/* each task's own resources: "gres/gpu:per_task:1" */
};

/*
 * The lists of j, as sbatch of this release makes them of the options. -1 with e set
 * for two options that say the same thing. slurm_tres_fini() in any case.
 */
int slurm_tres_init(struct slurm_tres *t, job_desc_msg_t *j,
	const struct salloc *o, struct err *e) __attribute__((warn_unused_result));
void slurm_tres_fini(struct slurm_tres *t);

/* CPUs of a task, whichever option says so; 0: none does. */
uint32_t slurm_tres_cpus(const struct salloc *o);

#endif
