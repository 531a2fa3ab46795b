/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_ACCOUNTS_H
#define LAUNCH_SLURM_SLURM_ACCOUNTS_H

#include <stddef.h>

/*
 * The accounts that this user may charge: his associations, as slurmctld has them.
 * Where Slurm does not hold jobs to associations any account goes, and none is known
 * here.
 */
struct slurm_accounts {
	size_t n;		/* 0: nothing is known */
	struct slurm_account {
		char *name;
		char *partition;	/* the only one for which; NULL: any */
		char *lineage;		/* with those above it; NULL: not known */
	} *row;
};

/* One question to slurmctld, which may not answer: then nothing is known, either. */
void slurm_accounts_get(struct slurm_accounts *a);
void slurm_accounts_fini(struct slurm_accounts *a);

/*
 * Whether none of them, or of those of that name (NULL: any), may be charged in a
 * partition that allows, or denies, the accounts of these lists by commas; NULL:
 * there is no such list. An account in a list stands for all below it.
 */
int slurm_accounts_exclude(const struct slurm_accounts *a, const char *name,
	const char *partition, const char *allow, const char *deny);

#endif
