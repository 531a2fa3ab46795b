/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_HOLD_H
#define LAUNCH_SLURM_SLURM_HOLD_H

#include "base/kv.h"
#include "launch/slurm/slurm_desc.h"

/* What became of the request for an allocation. */
struct slurm_held {
	int errnum;		/* of libslurm; 0: there is one */
	uint32_t job;
	char note[1024];	/* what the site wants said, or "" */
};

/*
 * Ask for an allocation with what d describes, and see to it that the agent is
 * started in it when it begins: by a process of its own, which outlives this
 * program and what started it. Waits until Slurm has answered. -1 with e set when
 * that cannot be asked for at all.
 */
int slurm_hold(struct slurm_desc *d, const struct kv *request,
	struct slurm_held *held, struct err *e)
	__attribute__((warn_unused_result));

#endif
