/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way from a request to a job that can be submitted, estimated or described,
 * in the order in which one is to hear of what is wrong with it.
 */
#include "launch/slurm/slurm_make.h"

#include "launch/slurm/slurm_answer.h"

void slurm_make(struct slurm_desc *d, const struct kv *request,
	void (*reach)(void))
{
	struct err e;

	if (slurm_desc_options(&d->options, request, &e) == -1)
		slurm_fail("usage", "%s", e.text);
	salloc_fini(&d->options);
	reach();
	switch (slurm_desc_init(d, request, &e)) {
	case 0:
		return;
	case SLURM_DESC_REFUSED:
		slurm_fail("usage", "%s", e.text);
	default:
		slurm_fail("internal", "%s", e.text);
	}
}
