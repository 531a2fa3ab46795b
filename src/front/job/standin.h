/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_STANDIN_H
#define FRONT_JOB_STANDIN_H

#include "front/job/invocation.h"

/*
 * launch-slurm is linked with the libslurm of one release, so each upgrade of Slurm
 * breaks it; launch-slurm-cli does the same by Slurm's commands, for the same jobs.
 */
struct standin {
	int is_there;		/* launch-slurm-cli is installed */
	int is_used;		/* launch-slurm was found broken */
};

void standin_init(struct standin *s, const char *libexec);

/* The launcher that is used now, as --launcher has it. */
const char *standin_launcher(const struct invocation *inv);

/*
 * The scheduler whose jobs they are: launchers of one find the jobs of each other,
 * and folders are of it rather than of a launcher. As --launcher has its name.
 */
const char *standin_scheduler(const struct invocation *inv);

int standin_is_there(const struct invocation *inv);
/* Whether there is one for that launcher. */
int standin_can(const struct invocation *inv, const char *launcher);
/* The program that would stand in for that launcher, to be freed; NULL: none. */
char *standin_program(const char *libexec, const char *launcher);
/* Whether it is known of that launcher that jobs run on other hosts. */
int standin_is_cluster(const char *launcher);
/* It is used from now on. 0: it was used already. */
int standin_begin(const struct invocation *inv);

#endif
