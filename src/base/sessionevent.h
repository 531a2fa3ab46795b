/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_SESSIONEVENT_H
#define BASE_SESSIONEVENT_H

#include "base/buf.h"

/*
 * What happened to a session, for the site's log: one line that a machine reads.
 * Values may be anybody's text, and cannot look like another field or another
 * line: they are quoted, and what vis_encode() makes visible is so here, too.
 */
#define SESSIONEVENT_VALUE 512	/* bytes of a value; more is cut */

/* A text that is NULL or "" is not known. */
struct sessionevent {
	const char *event;	/* submit, start, attach, ... */
	unsigned uid;
	const char *user, *session, *job, *profile, *node, *reason;
};

/* event=end uid=1000 ... reason="it was idle"; what is not known is left out. */
void sessionevent_put_words(struct buf *out, const struct sessionevent *v);

/*
 * A JSON object and a newline, in which what is not known is null. time: as it
 * stands in it.
 */
void sessionevent_put_json(struct buf *out, const struct sessionevent *v,
	const char *time);

#endif
