/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SSHDCONF_H
#define AGENT_SSHDCONF_H

#include "base/buf.h"

/* How an sshd reads the words of its configuration. */
enum sshdconf_words {
	SSHDCONF_ESCAPED,	/* since OpenSSH 8.7: \" and \\ in quotes */
	SSHDCONF_PLAIN,		/* before: no \", and # ends the line in quotes, too */
};

/* The sshd_config(5) of an sshd that runs as the user, for one connection. */
struct sshdconf {
	const char *user;	/* the only one who can log in */
	const char *host_key;	/* a path */
	char *const *env;	/* of its sessions; NULL-terminated, or NULL */
	enum sshdconf_words words;

	/* Programs of root's own, by which any key is taken; "": there is none. */
	const char *echo, *sed;

	const char *list;	/* without echo: the keys that are taken, in lines */
	const char *force;	/* of a script in place of all commands, or NULL */
	const char *keys;	/* a path, for what sshdconf_put() puts there */
	int has_display;	/* env has one, which another would spoil */
};

/*
 * So many variables a session may be given; with about 1000 sshd ends each
 * session, and it adds some of its own and what the client sends.
 */
#define SSHDCONF_VARIABLES 950

/* What of env its sessions do not have. */
struct sshdconf_left {
	unsigned n_unsaid;	/* several lines, or more than this sshd can read */
	unsigned n_long;	/* the longest, where there are too many */
	char unsaid[256], names[256];	/* of each the first few: "A, B" */
};

/*
 * Append the text to out, and to keys what the file c->keys has to hold; nothing:
 * there is to be none. left begins with zeros.
 */
void sshdconf_put(struct buf *out, struct buf *keys, const struct sshdconf *c,
	struct sshdconf_left *left);

/*
 * Append a line by which `sshd -T' shows how it reads words, and read that from
 * what it has printed.
 */
void sshdconf_put_probe(struct buf *out);
enum sshdconf_words sshdconf_words_of(const char *printed);

#endif
