/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_ESTIMATE_H
#define LAUNCH_SLURM_SLURM_ESTIMATE_H

#include "base/kv.h"

/*
 * The verb estimate: whether Slurm would take the job of a submit, and when it
 * would start. Slurm is asked once, and once more for when.
 */
void slurm_estimate(const struct kv *request);

#endif
