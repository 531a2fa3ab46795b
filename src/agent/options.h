/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_OPTIONS_H
#define AGENT_OPTIONS_H

#include "base/err.h"
#include "opt/opt.h"
#include "os/warnsig.h"

enum options_idle_busy {
	OPTIONS_BUSY_CONNECTIONS,	/* only these keep it from being idle */
	OPTIONS_BUSY_CPU,		/* and processes that compute */
};

enum options_server_dir {
	OPTIONS_SERVER_DIR_HOME,
	OPTIONS_SERVER_DIR_NODE,
	OPTIONS_SERVER_DIR_SESSION,
};

/*
 * The command line of vscode-remote-agent, which the front writes. Everything
 * here has been checked.
 */
struct options {
	int help, version;
	int verbose;		/* count; see options_log_level() */
	char *tag;		/* 16 hex digits: which job of the session */
	char *state_dir;	/* absolute */
	char *session;
	char *link_address;	/* numeric; NULL: all */
	struct opt_ports link_ports; /* 0-0: any */
	char *job;		/* the scheduler's id; NULL: Slurm's */
	long time_limit;	/* seconds, 0: as the environment says */
	long idle_timeout;	/* seconds, 0: never */
	int idle_busy;		/* enum options_idle_busy */
	char *signal;		/* NULL: none */
	struct warnsig warnsig;	/* the same, read */
	char *notify_command;	/* NULL: none */
	int notify_terminals;
	int watch_parent;	/* end when the parent does */
	int server_hygiene;	/* 0: off */
	int server_dir;		/* enum options_server_dir */
};

/*
 * Fill o, whatever it holds. Returns 0 to go on; 1 when all is done (--help or
 * --version was printed on stdout); -1 with e set on a usage error, which
 * should end with EX_USAGE; or PRINT_FAILED with e set. Call options_free()
 * after each of them.
 */
int options_parse(struct options *o, int argc, char **argv, struct err *e)
	__attribute__((warn_unused_result));

void options_free(struct options *o);

/* What -v asks for, for log_set_level(). */
int options_log_level(const struct options *o);

/* The rows, for tests. */
extern const struct opt options_table[];

#endif
