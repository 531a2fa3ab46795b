/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_APPSCRIPT_H
#define FRONT_APPSCRIPT_H

#include "base/buf.h"
#include "base/err.h"
#include "opt/app.h"
#include "proto/message.h"

/*
 * What is done about apps in the job: scripts for a login shell there, and what
 * they say. A line that is theirs begins with the mark, which no start-up file
 * knows; all else that the shell prints is dropped.
 *
 * An app has the directory vrs-TAG/NAME in the session's own on its node, which goes
 * with it, VRS_RUNTIME_DIR:
 *	token	what it asks for; 0600, as all of these
 *	port	where it listens, unless that is on
 *	s	its Unix socket
 *	ready	what says that it can be used, of who started it
 *	run	what runs it, which holds a lock on
 *	alive	as long as the app runs, and has written
 *	pid	its process group
 *	status	how it ended by itself
 *	log	what it wrote
 *	lock	of who starts or stops it, not of who waits until it can be used
 */
#define APPSCRIPT_PORTS 8

/* A record: what a script is told. */
struct appscript {
	char mark[17], token[33];	/* of secret_tag() */
	const char *tag;		/* of the session's job */
	const char *directory;		/* instead of the app's, or NULL; see
					   APPKEY_HERE */
	unsigned port[APPSCRIPT_PORTS];	/* of which it takes the first that is free */
};

/* Start the app, or find it, and wait until it can be used. */
void appscript_start(const struct appscript *s, const struct app *app,
	struct buf *out);

/* End it. */
void appscript_stop(const struct appscript *s, const char *name,
	struct buf *out);

/* Tell of all that have been started. */
void appscript_list(const struct appscript *s, struct buf *out);

/* A record: what a script has said. */
struct appscript_said {
	enum {
		APPSCRIPT_NOTHING,	/* of ours */
		APPSCRIPT_STARTED, APPSCRIPT_FOUND,
		APPSCRIPT_STOPPED, APPSCRIPT_NOT_THERE,
		APPSCRIPT_APP,		/* name, pid, target */
		APPSCRIPT_TOKEN, APPSCRIPT_TARGET,
		APPSCRIPT_BEYOND,	/* it listens beyond loopback */
		APPSCRIPT_DIRECTORY,	/* in which it began */
		APPSCRIPT_FAILED,	/* and why */
	} what;
	char name[65], token[33], directory[512];
	long pid;
	struct target target;
	struct err why;
};

/* One line, without its newline. What cannot be read is nothing. */
void appscript_read(struct appscript_said *said, const char *mark,
	const char *line, size_t len);

#endif
