/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_SESSIONENV_H
#define PROTO_SESSIONENV_H

#include "base/envlist.h"

/*
 * What the environment of a session is: that which a job of this user has on
 * that node, made by the scheduler from the environment of the login node and
 * by what the node adds, but for the rows of one table, each with its reason.
 * vscode-remote-shell(1) tells them to users.
 */

/* What becomes of a variable on its way. */
enum sessionenv_action {
	SESSIONENV_STAYS,	/* on the login node: the job has it not */
	SESSIONENV_CARRIED,	/* to the shells, but not to the agent itself */
	SESSIONENV_JOBS,	/* the job has it, the session's shells have not */
	SESSIONENV_NODES,	/* of the node: those in a container have it not */
};

/* A name that ends in '*' stands for all that begin so. */
struct sessionenv_row {
	const char *name;
	enum sessionenv_action action;
	const char *reason;
	/* Why -e passes on in vain the value it has there. NULL: it may not. */
	const char *vain;
	int if_near;		/* only one that names the host itself */
	int of_node;		/* as SESSIONENV_NODES does, beside what is done */
};

/* The last has no name. */
extern const struct sessionenv_row sessionenv_rows[];

/* What a session's processes have and a job's have not. */
enum sessionenv_own {
	SESSIONENV_SESSION,
	SESSIONENV_RUNTIME_DIR,
	SESSIONENV_OWN_RUNTIME_DIR,
	SESSIONENV_TERM,
	SESSIONENV_AUTH_SOCK,
	SESSIONENV_DISPLAY,
	SESSIONENV_XAUTHORITY,
	SESSIONENV_OUTBOUND,
	SESSIONENV_HTTP_PROXY,
	SESSIONENV_HTTP_PROXY_BIG,
	SESSIONENV_HTTPS_PROXY,
	SESSIONENV_HTTPS_PROXY_BIG,
	SESSIONENV_ALL_PROXY,
	SESSIONENV_ALL_PROXY_BIG,
	SESSIONENV_NO_PROXY,
	SESSIONENV_NO_PROXY_BIG,
	SESSIONENV_COVERED,
	SESSIONENV_EVENT,
	SESSIONENV_REASON,
	SESSIONENV_SECONDS,
	SESSIONENV_JOB,
	SESSIONENV_PROFILE,
	SESSIONENV_OPTIONS,
	SESSIONENV_OWN_COUNT,
};

extern const char *const sessionenv_own_names[SESSIONENV_OWN_COUNT];

/* Add to job what it gets of the login node's environment. */
void sessionenv_of_login(struct envlist *job, char *const *login);

/* Add to shell what the session's processes get of the job's environment. */
void sessionenv_of_job(struct envlist *shell, char *const *job);

/* Whether a word NAME=VALUE is of that name, which may end in '*' as those of rows. */
int sessionenv_is_named(const char *word, const char *name);

/* Whether NAME=VALUE means nothing in a container, or something else. */
int sessionenv_is_of_node(const char *word);

/* Take those out. */
void sessionenv_drop_node(struct envlist *env);

/*
 * Why the value that a variable has on a login node means nothing on another
 * host, or NULL. value may be NULL: it has none.
 */
const char *sessionenv_vain(const char *name, const char *value);

/* How many of our own, from SESSIONENV_HTTP_PROXY on, are of the way to the internet. */
#define SESSIONENV_PROXIES 8

/* Take out what the login node says of its way to the internet. */
void sessionenv_drop_proxies(struct envlist *env);

/*
 * Have programs use the proxy at url but for the hosts of direct, and those that env
 * says already that need none; unless env names a proxy already: then nothing is
 * changed, and 0 returned.
 */
int sessionenv_set_proxies(struct envlist *env, const char *url,
	const char *direct);

/* Set one of our own, or take it out. */
void sessionenv_set(struct envlist *env, enum sessionenv_own which,
	const char *value);
void sessionenv_unset(struct envlist *env, enum sessionenv_own which);

#endif
