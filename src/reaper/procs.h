/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_PROCS_H
#define REAPER_PROCS_H

#include "reaper/plan.h"
#include "reaper/reaper_options.h"

/* All processes at one moment, as far as each could be read. */
struct procs {
	struct plan_proc *v;
	size_t n, room;
	double now;		/* seconds since boot, after the last of them */
	double hz;		/* ticks a second */
};

/* Always succeeds, with as much as can be seen. */
void procs_read(struct procs *p, const struct reaper_options *o,
	const struct kind *kinds);
void procs_free(struct procs *p);

/*
 * Take the marks from its environment. Returns 1 when that says that it is a
 * part of a session of vscode-remote-shell.
 */
int procs_environ(struct plan_proc *proc);

/* The real uid; -1 when the process is gone. */
int procs_uid(int pid, unsigned *uid) __attribute__((warn_unused_result));

/*
 * Is the process inside a Slurm job? Who is there and does not tell counts as
 * if it were.
 */
int procs_in_slurm(int pid);

/* Cannot it be looked at though it is there? errno tells why. */
int procs_is_hidden(int pid);

#endif
