/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_INVOCATION_H
#define FRONT_JOB_INVOCATION_H

#include <event2/event.h>

#include "front/front_options.h"
#include "net/child.h"
#include "os/userdir.h"

/*
 * One invocation of the program: what its parts read and none of them changes.
 * The parts themselves are not here: who needs another one gets it, by its
 * constructor.
 */
struct parting;

struct invocation {
	const struct options *opt;
	const char *called;		/* see called_as() */
	struct event_base *base;
	struct children *children;
	struct parting *parting;	/* whom an end is told */
	struct userdir user;
	char *libexec;			/* where launchers and agent are */
	int has_slurm_cli;		/* that launcher is among them */
	char *state_dir;		/* resolved */
	int state_fd;
};

#endif
