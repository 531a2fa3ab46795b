/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_RECORD_H
#define AGENT_SERVERS_RECORD_H

#include "agent/agent_job.h"
#include "agent/servers/sessionmarks.h"
#include "editor/serverrec.h"
#include "os/peeruid.h"

/*
 * A record of a server as it is found: what is in its files, and what of it is
 * true on this node.
 */

/* Where it is looked for, and by whom. */
struct record_place {
	const struct agent_job *job;
	struct peeruid peeruid;
	struct sessionmarks marks;
	int copies;		/* of our records, or -1 */
	int knows_session;	/* the next two are filled when needed */
	pid_t *session;		/* its processes */
	size_t n_session;
};

/* A server folder. */
struct record_folder {
	struct record_place *place;
	int fd;
	int local;		/* on this node only */
	char *path;		/* as users write it */
	char *real;		/* the same, resolved */
	const char *name;	/* in marks and copies */
};

struct record {
	struct record_folder *folder;
	const char *name;
	struct serverrec_facts facts;
	struct serverrec_mark mark;
};

/*
 * -1 with e and errno set when there is no pid file (ENOENT), or none that we
 * would touch. name must outlive r.
 */
int record_find(struct record_folder *f, const char *name, struct record *r,
	struct err *e) __attribute__((warn_unused_result));

/* Is a marked server one that still runs in this session? */
int record_lives(struct record_place *p, const struct serverrec_mark *mark);

/*
 * Does the record's log name a listener of ours? 0: one of another, or one that
 * is gone; -1: it names none.
 */
int record_listener(const struct record_folder *f, const char *name);

/*
 * What a record of ours should say is what it said when its server had just
 * written it: 1 when it still does, 0 when not, -1 when there is no copy.
 */
int record_is_as_it_was(const struct record *r);

#endif
