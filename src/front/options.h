/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_OPTIONS_H
#define FRONT_OPTIONS_H

#include "base/err.h"
#include "net/turn.h"
#include "opt/opt.h"

/*
 * The options of vscode-remote-shell. Whatever command_line() gives is checked:
 * paths have no "~" and no "[PID]" any more, addresses are numeric, names are
 * good names.
 */
struct command;

enum options_peer_check {
	OPTIONS_PEER_REQUIRE,	/* refuse a peer that cannot be told */
	OPTIONS_PEER_PREFER,	/* refuse a peer known to be another user */
	OPTIONS_PEER_OFF,
};

enum options_hangup {
	OPTIONS_HANGUP_KEEP,	/* the job waits on in the queue */
	OPTIONS_HANGUP_CANCEL,
};

enum options_impossible {
	OPTIONS_IMPOSSIBLE_WAIT,
	OPTIONS_IMPOSSIBLE_FAIL,	/* the job is taken back */
};

enum options_server_dir {
	OPTIONS_SERVER_DIR_HOME,
	OPTIONS_SERVER_DIR_NODE,
	OPTIONS_SERVER_DIR_SESSION,
};

/* More is never read at once. */
#define OPTIONS_BYTE_LIMIT_MAX TURN_LONG

struct options {
	const struct command *command;	/* the row, never that of an alias */
	struct opt_list operands;	/* without the session's name */
	int help, version;

	int verbose, quiet;	/* counts; see options_log_level() */
	char *log_file;		/* NULL: stderr */
	char *tee_stdin, *tee_stdout, *tee_stderr; /* NULL: none */

	struct opt_list salloc_args; /* as typed, for the launcher */
	struct opt_list env;	/* NAME=VALUE, or NAME: unset; the last counts */
	size_t env_behind;	/* how many of them stood behind the command */
	char *group;		/* NULL: no group command */
	char *group_command;	/* %g: the group */

	char *session;
	char *launcher;		/* "auto", NAME of launch-NAME, or a path */
	char *state_dir;	/* NULL: userdir_state() */
	char *shell;		/* NULL: the login shell */
	char *agent;		/* NULL: the installed one */
	int server_hygiene;	/* 0: off */
	int server_dir;		/* enum options_server_dir */

	char *listen_host;	/* numeric */
	int listen_port;	/* 0: any */
	int backlog, byte_limit;
	int peer_check;		/* enum options_peer_check */
	int allow_root_peers;
	char *link_address;	/* numeric; NULL: all */
	struct opt_ports link_ports; /* 0-0: any */

	int all, json, no_header, no_wait, follow;	/* of some commands */

	long linger;		/* seconds, 0: off */
	long idle_timeout;	/* seconds, 0: never */
	int idle_busy;		/* index into the agent's words for it */
	char *signal;		/* good for the agent; NULL: none */
	char *notify_command;	/* NULL: none */
	int notify_terminals;
	long confirm_timeout;	/* seconds */
	long launcher_timeout;	/* seconds */
	long outage_timeout;	/* seconds, 0: fail at once */
	int on_hangup;		/* enum options_hangup */
	int on_impossible;	/* enum options_impossible */
};

/* The defaults, whatever o holds. */
void options_init(struct options *o);

/* What was read becomes what is said above. -1 with e set. */
int options_finish(struct options *o, struct err *e)
	__attribute__((warn_unused_result));

void options_free(struct options *o);

/*
 * Whether something is asked for that only a job which is being made can be
 * given; not what a site sets for all, such as addresses.
 */
int options_are_for_job(const struct options *o);

/* What -v and -q ask for, for log_set_level(). */
int options_log_level(const struct options *o);

/* The words for idle_busy. */
extern const char *const options_idle_busy[];

/* The rows, for tests. */
extern const struct opt options_table[];

#endif
