/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_CONTAINERPROBE_H
#define AGENT_CONTAINERPROBE_H

#include "agent/containeranswer.h"
#include "agent/jobenv.h"
#include "agent/runtime.h"

/*
 * In a child, which it ends: find one of all runtimes for the session's image, and
 * try it by running a shell in there. env is what programs in the image get, rundir the
 * session's private directory. All answers go to out. known is the copy of what was
 * found before, or NULL: while that is there, nothing else is looked at. An instance
 * is the n-th of the session, and undone is what undo said of those before it.
 */
struct containerprobe_before {
	const char *known, *undone;
	unsigned n;
};
void containerprobe_ask(int out, const struct runtimes *all,
	const struct jobenv *j, const struct envlist *env, const char *rundir,
	const struct containerprobe_before *before) __attribute__((noreturn));

/* Of the private directory: what goes with the container. To be freed. */
char *containerprobe_dir(const char *rundir);
#define CONTAINERPROBE_ENTER "enter"	/* in there; the caller's, once it is found */

/* Whether what it has made in the private directory is there: a cleaner takes files. */
int containerprobe_has_files(const struct containerfound *f,
	const char *rundir);

#endif
