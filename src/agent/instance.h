/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_INSTANCE_H
#define AGENT_INSTANCE_H

#include <sys/types.h>

#include "agent/runtime.h"
#include "base/envlist.h"
#include "base/err.h"

/*
 * An instance: the image as a runtime has put it up once, which is there as long as
 * a process of it, and which programs join.
 */
struct instance {
	pid_t pid;			/* of that process; 0: there is none */
	unsigned long long start;
	struct opt_list join;		/* the way in, for runtime_put_words() */
	struct envlist env;		/* of the image, which join does not give; or empty */
};

void instance_fini(struct instance *i);
int instance_is_alive(const struct instance *i);

/* Whether a process is of what holds it up, and not of what runs in it. */
int instance_has(const struct instance *i, pid_t pid);

/* ---- in a child ----------------------------------------------------------- */

/* How to put one up. */
struct instance_plan {
	const struct runtime *runtime;
	const struct runtime_use *use;
	const char *joiner;		/* the path of what joins */
	const char *dir;		/* the caller's own, for files of it */
	const char *name;
	char *const *env;
	const char *cwd;
	const char *undone;		/* of instances before it, as undo of them says */
};

/*
 * Put it up and try it: its pid, start and join are set. -1 with e set: there is
 * none, and nothing of it is left. The file INSTANCE_UNDO of dir, for a shell, is what
 * removes what its processes leave when they end, and what those before it do.
 */
#define INSTANCE_UNDO "undo"
int instance_begin(const struct instance_plan *p, struct instance *i,
	struct err *e) __attribute__((warn_unused_result));

/* The text of that file, to be freed; "": nothing is left. */
char *instance_undo_text(const struct instance_plan *p);

/* The environment of the image, as its process has it; the agent may ask. */
void instance_read_env(struct instance *i);

#endif
