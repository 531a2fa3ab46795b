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
struct standin;
struct config;
struct eventlog;

/* The command line, for who reads it anew, and the settings below it. */
struct invocation_words {
	int argc;
	char *const *argv;
	struct config *settings;
};

struct invocation {
	const struct options *opt;
	struct invocation_words words;
	const char *called;		/* see called_as() */
	struct event_base *base;
	struct children *children;
	struct parting *parting;	/* whom an end is told */
	struct userdir user;
	char *libexec;			/* where launchers and agent are */
	struct standin *standin;	/* NULL: no launcher has one */
	struct eventlog *events;	/* of the site; NULL: in tests */
	char *state_dir;		/* resolved */
	int state_fd;
};

#endif
