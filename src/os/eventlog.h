/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_EVENTLOG_H
#define OS_EVENTLOG_H

#include "base/sessionevent.h"
#include "opt/opttable.h"

/*
 * Where the site wants to have what happens to sessions: the system log, a file of
 * the user with a line of JSON for each, both, or nothing. Writing never waits and
 * never fails: what cannot be written is told in our own log.
 */
struct eventlog;

/*
 * tag: the program, for the system log; user: whose the file is; node: where that
 * is. They are copied.
 */
struct eventlog *eventlog_new(const struct options_events *o, const char *tag,
	const char *user, const char *node);

/* v's user, uid and node are filled in. */
void eventlog_write(struct eventlog *l, const struct sessionevent *v);

/* Does not wait for what is not written yet: behind_wait() does. NULL is ignored. */
void eventlog_free(struct eventlog *l);

#endif
