/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_REACH_H
#define LAUNCH_SLURM_SLURM_REACH_H

#include "base/err.h"

/* Read Slurm's configuration, or slurm_fail(). May call exit(1) or hang. */
void slurm_reach_init(void);

/*
 * The same, and munged runs, or slurm_fail(). Whether slurmctld answers is not
 * asked, which would be half of all calls: who waits for us looks when one takes
 * long.
 */
void slurm_reach_begin(void);

/* End the worker with what Slurm said. what: "refused the job". */
void slurm_reach_fail(const char *what, int errnum) __attribute__((noreturn));

/*
 * 0 when munged and a slurmctld answer. Else -1 with e saying which of them
 * does not, within seconds: a call of libslurm would need up to 98. It is an
 * RPC more, so only for when something seems to be wrong.
 */
int slurm_reach(struct err *e) __attribute__((warn_unused_result));

/* The same for munged alone, which costs slurmctld nothing. */
int slurm_reach_munge(struct err *e) __attribute__((warn_unused_result));

/*
 * Whether this cluster may be one of a federation, whose jobs are found by one
 * RPC more.
 */
int slurm_reach_has_federation(void);

/* The class of the launcher protocol for an errno of libslurm. */
const char *slurm_reach_class(int errnum);

#endif
