/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SETUP_SSHENTRY_H
#define FRONT_SETUP_SSHENTRY_H

#include "base/buf.h"
#include "front/setup/desktop.h"
#include "opt/optlist.h"

/*
 * A record: what the lines for the user's own computer are made of. Words that go
 * into an ssh_config are plain: they need no quotes anywhere.
 */
struct setup {
	const struct desktop *editor;
	const char *login;		/* what ssh there calls the login nodes */
	const char *user;		/* on the cluster */
	const char *program;		/* this one, there: an absolute path */
	const char *prefix;		/* of the hosts' names, "slurm-": ends with '-' */
	const char *name;		/* the same without it: the default session's */
	const char *options;		/* of its job, " --partition=x", or "" */
	const struct opt_list *profiles;	/* each a host */
	int second_factor;
	const char *host_key;		/* of the jobs' sshd, as hostkey_public() has it */
};

/*
 * Whether a word can stand in an ssh_config, and be read by the shell of the login
 * node and by clients that split a ProxyCommand at blanks, without quotes: no
 * blank, nothing that a shell knows, no '%'.
 */
int sshentry_is_plain(const char *word);

/* What a ProxyCommand's entry names beside the host. */
struct sshentry_files {
	const char *identity;		/* IdentityFile */
	const char *known_hosts;	/* NULL: the user's own */
};

/* The key that ssh-keygen makes without being told which. */
extern const struct sshentry_files sshentry_usual;

/*
 * Append the hosts of that way, each line behind indent, with an empty line between
 * two. DESKTOP_REMOTE: one for each session; DESKTOP_PROXY: the default session's,
 * and Host PREFIX* for all others. files is of DESKTOP_PROXY.
 */
void sshentry_put(const struct setup *s, enum desktop_way way,
	const struct sshentry_files *files, const char *indent, struct buf *out);

/* Append the line for known_hosts. */
void sshentry_put_host_key(const struct setup *s, struct buf *out);

#endif
