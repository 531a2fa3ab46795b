/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_MAKE_H
#define LAUNCH_SLURM_SLURM_MAKE_H

#include "launch/slurm/slurm_desc.h"

/*
 * The description of the job that a request asks for. What the user has asked for
 * is checked before reach(), slurm_reach_begin() or slurm_reach_init(), asks Slurm
 * anything. Ends with the fitting class of error where there is none.
 */
void slurm_make(struct slurm_desc *d, const struct kv *request,
	void (*reach)(void));

#endif
