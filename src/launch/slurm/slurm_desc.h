/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_DESC_H
#define LAUNCH_SLURM_SLURM_DESC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/kv.h"
#include "launch/slurm/slurm_ask.h"
#include "launch/slurm/slurm_compat.h"
#include "salloc/salloc.h"

/*
 * The description of a session's job, made from a request. The strings in desc
 * belong to the fields beside it, so slurm_free_job_desc_msg() must never be
 * called on it.
 */
struct slurm_desc {
	job_desc_msg_t desc;
	struct salloc options;
	struct buf script;
	char **env;
	char *argv[1];
	char *name, *comment, *work_dir, *log, *dependency;
	struct slurm_tres tres;
};

/*
 * The -S words of a request, before Slurm is asked anything. -1 with e set
 * when one of them is not understood.
 */
int slurm_desc_options(struct salloc *options, const struct kv *request,
	struct err *e) __attribute__((warn_unused_result));

/*
 * Fill d; slurm_init() must have been called. With e set: -1 when the request
 * lacks something, SLURM_DESC_REFUSED when an option asks for what this Slurm or
 * cluster does not have. slurm_desc_fini() in any case.
 */
#define SLURM_DESC_REFUSED (-2)
int slurm_desc_init(struct slurm_desc *d, const struct kv *request,
	struct err *e) __attribute__((warn_unused_result));
void slurm_desc_fini(struct slurm_desc *d);

/* Make it that of an allocation, which has no script and no files. */
void slurm_desc_allocate(struct slurm_desc *d);

/* The same, if the request wants one; of "auto" it is a batch job first. */
void slurm_desc_start(struct slurm_desc *d, const struct kv *request);

/* Whether srun knows how tasks are bound to CPUs here. */
int slurm_desc_binds_tasks(void);

/*
 * What the first step of an allocation runs, for sh -c: the same, but that it
 * writes the log by itself, says HELLO on stdout before it does, and looks for
 * the program that ends the allocation when this has ended. -1 with e set, as
 * of slurm_desc_init().
 */
#define SLURM_DESC_HELLO "vscode-remote-shell-runs"
int slurm_desc_step(struct buf *out, const struct slurm_desc *d,
	const struct kv *request, const char *epilog, struct err *e)
	__attribute__((warn_unused_result));

#endif
