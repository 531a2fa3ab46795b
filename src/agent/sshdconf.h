/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SSHDCONF_H
#define AGENT_SSHDCONF_H

#include "base/buf.h"

/* The sshd_config(5) of an sshd that runs as the user, for one connection. */
struct sshdconf {
	const char *user;	/* the only one who can log in */
	const char *host_key;	/* a path */
	char *const *env;	/* of its sessions; NULL-terminated, or NULL */
};

/*
 * So many variables a session may be given; with about 1000 sshd ends each
 * session, and it adds some of its own and what the client sends.
 */
#define SSHDCONF_VARIABLES 950

/* What of env its sessions do not have. */
struct sshdconf_left {
	unsigned n_lines;	/* values of more than one line */
	unsigned n_long;	/* the longest, where there are too many */
	char names[256];	/* of those, the first few: "A, B" */
};

/* Append the text to out. left begins with zeros. */
void sshdconf_put(struct buf *out, const struct sshdconf *c,
	struct sshdconf_left *left);

#endif
