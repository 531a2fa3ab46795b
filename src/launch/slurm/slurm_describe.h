/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_DESCRIBE_H
#define LAUNCH_SLURM_SLURM_DESCRIBE_H

#include "base/kv.h"

/*
 * The verb describe: the job of a submit, a record a field, in the words of
 * scontrol where it has one. Slurm is not asked.
 */
void slurm_describe(const struct kv *request);

#endif
