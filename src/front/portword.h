/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_PORTWORD_H
#define FRONT_PORTWORD_H

#include "base/err.h"
#include "proto/message.h"

/* A listener as it is typed: PORT, HOST:PORT or /path.sock. */
struct portword {
	char host[256];		/* "": the node's loopback, whichever way it is said */
	struct target target;	/* port, or path */
};

/* Whether a word is meant so, and names no session: all digits, or with ':' or '/'. */
int portword_is(const char *word);

/* -1 with e set. */
int portword_read(struct portword *w, const char *word, struct err *e)
	__attribute__((warn_unused_result));

/*
 * What the socket is called that leads to a listener of a session, on whichever
 * login node, for as long as session, node and listener are called so: at most 47
 * bytes, so that the path is short enough in every directory that os/userdir.h has.
 * node may be NULL; apart tells apart sessions of the same name, and hosts, or is
 * empty. label is what the user calls the listener, wherever it is then, or NULL.
 */
struct portword_name {
	char s[48];
};
struct portword_name portword_name(const char *session, const char *node,
	const char *label, const struct target *target, const char *apart);

/* "port 8888", or the path. */
struct portword_text {
	char s[272];
};
struct portword_text portword_text(const struct target *target);

/* "db1:5432". */
struct portword_text portword_host_text(const struct reach *r);

/*
 * The port of the user's own computer that is proposed for one of the job: the
 * same, but for those that only root may open there.
 */
unsigned portword_own(unsigned port);

#endif
