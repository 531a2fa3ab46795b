/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which launcher does the work of the one that was asked for. It changes once at
 * most, from launch-slurm to launch-slurm-cli, and for the whole front.
 */
#include "front/job/standin.h"

#include <string.h>

#include "base/mem.h"
#include "front/job/libexec.h"

#define BROKEN "slurm"
#define STANDS_IN "slurm-cli"

void standin_init(struct standin *s, const char *libexec)
{
	*s = (struct standin){ .is_there = libexec_has(libexec, STANDS_IN) };
}

int standin_is_there(const struct invocation *inv)
{
	return inv->standin != NULL && inv->standin->is_there;
}

/* A launcher that was given by its path is meant. */
int standin_can(const struct invocation *inv, const char *launcher)
{
	return standin_is_there(inv) && strcmp(launcher, BROKEN) == 0;
}

char *standin_program(const char *libexec, const char *launcher)
{
	return strcmp(launcher, BROKEN) == 0 && libexec_has(libexec, STANDS_IN) ?
		mem_printf("%s/launch-" STANDS_IN, libexec) : NULL;
}

int standin_is_cluster(const char *launcher)
{
	return strcmp(launcher, BROKEN) == 0 ||
		strcmp(launcher, STANDS_IN) == 0;
}

int standin_begin(const struct invocation *inv)
{
	int was = inv->standin->is_used;

	inv->standin->is_used = 1;
	return !was;
}

const char *standin_launcher(const struct invocation *inv)
{
	const char *asked = inv->opt->job.launcher;

	return standin_can(inv, asked) && inv->standin->is_used ? STANDS_IN :
		asked;
}

const char *standin_scheduler(const struct invocation *inv)
{
	const char *asked = inv->opt->job.launcher;

	return strcmp(asked, STANDS_IN) == 0 ? BROKEN : asked;
}
