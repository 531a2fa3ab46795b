/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_CONTAINERPROBE_H
#define AGENT_CONTAINERPROBE_H

#include "agent/instance.h"
#include "agent/jobenv.h"
#include "agent/runtime.h"

/* What is asked of a node once: the way into the image, and what is in it. */
struct containerprobe {
	const struct runtime *runtime;	/* of all that were given */
	struct opt_list enter;		/* for runtime_put_words() */
	char *own_shell;		/* of the image: the user's, or another */
	char *posix_shell;		/* the same if it is of POSIX, or one */
	char *sftp;			/* a server of the image; "": none */
	char *copy;			/* of the image, by --container-cache; "": none */
	struct instance instance;	/* that is joined; or none, and each enters anew: */
	char *alone;			/* why, where the runtime could have one; or "" */
	char *undo;			/* as in struct instance_plan, of all so far */
};

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
int containerprobe_has_files(const struct containerprobe *p,
	const char *rundir);

/* Take off said the lines for the user at its begin, which may come as it works. */
void containerprobe_hear(struct buf *said,
	void (*tell)(const char *line, void *arg), void *arg);

/* Whether such a child has found the copy that is known. */
int containerprobe_is_same(const char *said, size_t len);

/*
 * What such a child has said else, of len bytes. -1 with e set: the image cannot be
 * entered.
 */
int containerprobe_read(struct containerprobe *p, const struct runtimes *all,
	const char *said, size_t len, struct err *e) __attribute__((warn_unused_result));
void containerprobe_fini(struct containerprobe *p);

#endif
