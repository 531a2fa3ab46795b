/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libslurm from 22.05 to 26.05, and all that differs between them for the few
 * calls used here. Headers and library of different releases must never meet:
 * structures change with each release; slurm_reach_init() checks it.
 */
#ifndef LAUNCH_SLURM_SLURM_COMPAT_H
#define LAUNCH_SLURM_SLURM_COMPAT_H

/* Its old-style prototypes are not ours to mend. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#pragma GCC diagnostic pop

#define SLURM_GE(a, b) (SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(a, b, 0))

#if SLURM_GE(25, 11)
#define RESPONSE_JOB_ID(r) ((r)->step_id.job_id)
#else
#define RESPONSE_JOB_ID(r) ((r)->job_id)
#endif

#if SLURM_GE(23, 11)
typedef hostlist_t *slurm_hosts;
#else
typedef hostlist_t slurm_hosts;
#endif

/*
 * What slurm_init() read. Exported by all releases, declared by none; the
 * documented slurm_load_ctl_conf() would need the controller to tell where the
 * controller is.
 */
extern slurm_conf_t slurm_conf;

#endif
