/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_VERBS_H
#define LAUNCH_SLURM_SLURM_VERBS_H

#include "base/kv.h"

/*
 * The verbs of the launcher protocol, run in the worker. Each returns when it
 * was carried out and ends the worker by slurm_fail() otherwise.
 */
struct slurm_verb {
	const char *name;
	void (*run)(const struct kv *request);
	int watches;		/* may take for ever */
};

/* NULL: no such verb. */
const struct slurm_verb *slurm_verb_find(const char *name);

#endif
