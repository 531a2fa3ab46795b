/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_DESC_H
#define LAUNCH_SLURM_SLURM_DESC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/kv.h"
#include "launch/slurm/slurm_compat.h"
#include "opt/salloc.h"

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
	char *name, *comment, *work_dir, *log, *tres_per_node;
};

/*
 * The -S words of a request, before Slurm is asked anything. -1 with e set
 * when one of them is not understood.
 */
int slurm_desc_options(struct salloc *options, const struct kv *request,
	struct err *e) __attribute__((warn_unused_result));

/*
 * Fill d; slurm_init() must have been called. -1 with e set when the request
 * lacks something. slurm_desc_fini() in any case.
 */
int slurm_desc_init(struct slurm_desc *d, const struct kv *request,
	struct err *e) __attribute__((warn_unused_result));
void slurm_desc_fini(struct slurm_desc *d);

#endif
