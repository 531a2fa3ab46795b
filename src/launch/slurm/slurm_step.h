/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_STEP_H
#define LAUNCH_SLURM_SLURM_STEP_H

#include "base/buf.h"
#include "launch/slurm/slurm_desc.h"

/* By which the step is known, or it is Slurm's own for such work. */
#define SLURM_STEP_NAME "vscode-remote-session"

/*
 * How srun is called for the step of an allocation in which the agent runs, so
 * that it finds there what it would in a batch job.
 */
struct slurm_step {
	char **argv, **env;	/* of srun, once words() was called */
	size_t argc, n_env;

	/* private */
	struct buf script;	/* what runs there */
	struct buf vars;	/* what is set before: of the allocation */
	char *epilog, *dir;
	uint32_t cpus_per_task;
};

/* -1 with e set: it cannot be. slurm_step_fini() in any case. */
int slurm_step_init(struct slurm_step *s, const struct slurm_desc *d,
	const struct kv *request, struct err *e)
	__attribute__((warn_unused_result));
void slurm_step_fini(struct slurm_step *s);

/* What Slurm has allocated. Before words(). */
void slurm_step_allocated(struct slurm_step *s,
	const resource_allocation_response_msg_t *r);

/*
 * Make the words. interactive: the step that Slurm has for the user's own work,
 * of which there is one in an allocation; else one that shares with others.
 */
void slurm_step_words(struct slurm_step *s, uint32_t job, int interactive);

#endif
