/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_CONTAINERANSWER_H
#define AGENT_CONTAINERANSWER_H

#include <stddef.h>

#include "agent/instance.h"
#include "agent/runtime.h"
#include "base/buf.h"
#include "base/err.h"

/* What a child that looks at an image (agent/containerprobe.h) says to the agent. */

/* The way into the image, and what is in it. */
struct containerfound {
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

void containerfound_fini(struct containerfound *f);

/* Append a line for the user, as often as there is one; then one of the others. */
void containeranswer_put_line(struct buf *out, const char *line);
void containeranswer_put_same(struct buf *out);	/* the copy that is known is there */
void containeranswer_put_why(struct buf *out, const char *why);	/* it cannot be entered */
/* For "" sftp and copy may be NULL. */
void containeranswer_put_found(struct buf *out, const struct runtimes *all,
	const struct containerfound *f);

/* Take off said the lines for the user at its begin, which may come as it works. */
void containeranswer_hear(struct buf *said,
	void (*tell)(const char *line, void *arg), void *arg);

/* Whether the copy that is known is there. */
int containeranswer_is_same(const char *said, size_t len);

/*
 * What else was said, of len bytes, whatever they are. -1 with e set: the image
 * cannot be entered.
 */
int containeranswer_read(struct containerfound *f, const struct runtimes *all,
	const char *said, size_t len, struct err *e) __attribute__((warn_unused_result));

#endif
