/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SSHDLOG_H
#define AGENT_SSHDLOG_H

#include "net/filter.h"

/*
 * The filter of an sshd's stderr: lines go to our log, without what an sshd of a
 * user always says, and none to the client. It knows from them how the
 * connection ends.
 */
struct sshdlog {
	struct filter filter;
	long pid;		/* for the log, once known */
	int is_in;		/* somebody has logged in */
	int is_closed;		/* the client has gone by itself */
	int is_keyless;		/* ... while it was asked for a key */
	char reason[512];	/* the last line that may tell why not; or "" */
	char line[512];		/* that is not whole */
	size_t len;
};

/* Zeroed before. */
void sshdlog_init(struct sshdlog *s, struct filters *of_stderr);

/* A line, without its end. */
void sshdlog_line(struct sshdlog *s, const char *line);

#endif
