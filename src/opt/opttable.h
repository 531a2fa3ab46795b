/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OPTTABLE_H
#define OPT_OPTTABLE_H

#include "opt/optset.h"
#include "opt/policy.h"
#include "salloc/salloctable.h"

/*
 * The options of vscode-remote-shell and of the agent that it starts, in pieces
 * by what they are about, so that a part can be given what it needs. What the
 * agent does not have is zero there.
 */
struct command;

enum options_idle_busy {
	OPTIONS_BUSY_CONNECTIONS,	/* only these keep it from being idle */
	OPTIONS_BUSY_CPU,		/* and processes that compute */
};

enum options_server_dir {
	OPTIONS_SERVER_DIR_HOME,
	OPTIONS_SERVER_DIR_NODE,
	OPTIONS_SERVER_DIR_SESSION,
};

enum options_start {
	OPTIONS_START_AUTO,	/* a batch job, if the scheduler takes it */
	OPTIONS_START_BATCH,
	OPTIONS_START_ALLOCATION,
};

enum options_hangup {
	OPTIONS_HANGUP_KEEP,	/* the job waits on in the queue */
	OPTIONS_HANGUP_CANCEL,
};

enum options_impossible {
	OPTIONS_IMPOSSIBLE_WAIT,
	OPTIONS_IMPOSSIBLE_FAIL,	/* the job is taken back */
};

enum options_peer_check {
	OPTIONS_PEER_REQUIRE,	/* refuse a peer that cannot be told */
	OPTIONS_PEER_PREFER,	/* refuse a peer known to be another user */
	OPTIONS_PEER_OFF,
};

/* What is typed beside options. */
struct options_line {
	const struct command *command;	/* the row, never that of an alias */
	struct opt_list operands;	/* without the session's name */
	char *strip;		/* what its name may have in front; NULL: nothing */
	char *profiles;		/* none has its name, for people; NULL: it may be new */
	size_t env_behind;	/* how many of shell.env stood behind the command */
	int waiter;	/* see front/forced_waiter.h; 0: none */
	char *bad_settings;	/* why they do not count, for who tells that; or NULL */
};

/* How the job is started. */
struct options_job {
	struct opt_list salloc_args; /* as typed, what salloc[] does not have */
	char *salloc[SALLOCTABLE_MAX];	/* as salloctable.c; NULL: not given */
	char *group;		/* NULL: no group command */
	char *group_command;	/* %g: the group */
	char *launcher;		/* "auto", NAME of launch-NAME, or a path */
	long launcher_timeout;	/* seconds */
	long outage_timeout;	/* seconds, 0: fail at once */
	int start;		/* enum options_start */
	int on_hangup;		/* enum options_hangup */
	int on_impossible;	/* enum options_impossible */
	char *agent;		/* NULL: the installed one */
};

/* Which session it is, and how it lives. */
struct options_session {
	char *name;
	char *profile;		/* of settings; NULL: none */
	char *state_dir;	/* NULL: userdir_state(); the agent has one */
	long idle_timeout;	/* seconds, 0: never */
	long unattended_timeout;	/* seconds, 0: never */
	int idle_busy;		/* enum options_idle_busy */
	char *signal;		/* for warnsig_parse(), which takes it */
	char *notify_command;	/* NULL: none */
	int notify_terminals;
	char *sshd;		/* of the node, absolute; NULL: it is looked for */
};

/* What is done about editors' servers and their folders. */
struct options_servers {
	int hygiene;		/* 0: records are not looked at */
	int dir;		/* enum options_server_dir */
	char *settings;		/* of JSON, absolute; NULL or "none" */
};

/* What a site and a user want to be run. */
struct options_hooks {
	struct opt_list prologue;	/* lines that each shell reads first */
	struct opt_list pre_submit, post_submit, job_start, job_end;
	long timeout;		/* seconds, of each command */
};

/* The image in which the session's programs run. */
struct options_container {
	char *image;		/* absolute, or SCHEME://NAME; NULL or "none" */
	char *runtime;		/* of runtimerow.h, or auto */
	struct opt_list binds;	/* for mounts_bind(), which takes them */
	struct opt_list args;
	char *cache;		/* [FROM:]DIR, as imagekey_place() takes it; or NULL, "none" */
};

/* Commands of the node for programs of a container. */
struct options_bridge {
	int on;
	struct opt_list commands;	/* for opt/bridgecommand.h, which takes them */
};

/* What is the agent's alone. */
struct options_agent {
	struct opt_list runtimes; /* for runtimerows_init() */
	char *tag;		/* 16 hex digits: which job of the session */
	char *job;		/* the scheduler's id; NULL: Slurm's */
	long time_limit;	/* seconds, 0: as the environment says */
	int watch_parent;	/* end when the parent does */
	long unclaimed_timeout;	/* seconds, until a first client; 0: none */
	char *orphan_command;	/* run at the end when the parent has gone; NULL */
	char *nodes;		/* of the job, ours first, by commas; NULL: one */
	struct opt_list step;	/* what starts a program on another of them */
	char *node;		/* we are on that one, for the first; NULL: first */
	char *doctor;		/* no session: look at the node; see doctor/check.h */
};

/* The user's shell in the job. */
struct options_shell {
	char *path;		/* NULL: the login shell */
	struct opt_list env;	/* NAME=VALUE, or NAME: unset; the last counts */
	char *node;		/* of a job of several; NULL: the first */
	int no_container;	/* on the node itself */
};

/* The ports of clients. */
struct options_forward {
	char *listen_host;	/* numeric */
	int listen_port;	/* 0: any */
	int backlog, byte_limit;
	long confirm_timeout;	/* seconds */
	int peer_check;		/* enum options_peer_check */
	int allow_root_peers;
	long linger;		/* seconds, 0: off */
	char *login_host;	/* by which ssh comes here; NULL: our own name */
	int client_port;	/* of the user's own computer; 0: as the job's */
};

/* What programs of the job reach through a connection. */
struct options_services {
	int forward_agent, forward_x11;
};

enum options_outbound_way {
	OPTIONS_OUTBOUND_OFF,
	OPTIONS_OUTBOUND_LOGIN,		/* the front dials, on the login node */
	OPTIONS_OUTBOUND_LAPTOP,	/* a proxy behind a socket that ssh brought */
};

/* Connections of the job to the internet. */
struct options_outbound {
	int way;			/* enum options_outbound_way */
	struct opt_list allow;		/* for hostpattern_parse(), which takes them */
	char *socket;			/* absolute; NULL: none, so not by the laptop */
};

enum options_prefetch_what {
	OPTIONS_PREFETCH_OFF,
	OPTIONS_PREFETCH_ON,	/* for nodes that are like this machine */
	OPTIONS_PREFETCH_X64,
	OPTIONS_PREFETCH_ARM64,
	OPTIONS_PREFETCH_ARMHF,
};

/* What of VS Code is got on the login node. */
struct options_prefetch {
	int what;			/* enum options_prefetch_what */
	char *url;			/* with %c, %a and %q; NULL: VS Code's */
	struct opt_list extensions;	/* for extname_is_good(), which takes them */
};

/* What a forced command does with what was asked for. */
struct options_forced {
	int all;		/* the job is for everything */
	struct opt_list into_job;	/* patterns of commands */
	char *login_shell;	/* of the user, whose place we take; or NULL */
};

/* By which front and agent reach each other. */
struct options_link {
	char *address;		/* numeric, or a network; NULL: all */
	struct opt_ports ports;	/* 0-0: any */
};

struct options_log {
	int verbose, quiet;	/* counts; see options_log_level() */
	char *file;		/* NULL: stderr */
};

struct options_tee {
	char *in, *out, *err;	/* NULL: none */
};

/* Of --check that stands alone. */
#define OPTIONS_BARE "-"

/* Flags, mostly of some commands. */
struct options_flags {
	int dry_run, all, all_users, json, no_header, no_wait, follow, stdio;
	char *check;		/* a file of settings, or OPTIONS_BARE */
	char *metrics;		/* a file for gauges, or counters */
	int help, version;
};

/* Of the command app. */
struct options_app {
	int stop;
	char *directory;	/* where it begins; NULL: as it says itself */
};

/* Of the command proxy: what it does with keys, instead. */
struct options_keys {
	int known_hosts, authorize, revoke;
};

/* Of the command setup. */
struct options_setup {
	int editor;		/* desktop_of() of front/setup/desktop.h */
	int way;		/* enum setuptext_ways of front/setup/setuptext.h */
	int second_factor;	/* the login nodes ask for one */
	int script;		/* enum setupscript_kind of front/setup/setupscript.h */
};

/* Of the command doctor. */
struct options_doctor {
	int job;		/* it looks from a node, too */
};

/* Of the command update. */
struct options_update {
	int rollback;
	long check;		/* seconds between two looks, 0: off */
};

/* What a site says to its users. */
struct options_site {
	int page;		/* help prints one for them */
	char *help_url;		/* for whom it refuses something; or NULL */
	char *banner;		/* a file; or NULL */
	struct opt_list forward_hosts;	/* for hostpattern_parse(), which takes them */
};

/* Where a site wants to have what happens to sessions: os/eventlog.h. */
struct options_events {
	int facility;		/* of syslog; index into its words, 0: none */
	char *file;		/* of JSON, with OPTIONS_USER in it; or NULL */
};
#define OPTIONS_USER "%u"

/* A record: all of them. */
struct options {
	struct opt_set set;
	struct policy_sessions sessions;	/* what settings allow */
	struct options_site site;
	struct options_events events;
	struct options_line line;
	struct options_job job;
	struct options_session session;
	struct options_servers servers;
	struct options_hooks hooks;
	struct options_container container;
	struct opt_list runtimes; /* of settings, for runtimerows_init() */
	struct options_bridge bridge;
	struct options_agent agent;
	struct options_shell shell;
	struct options_forward forward;
	struct options_services services;
	struct options_outbound outbound;
	struct options_prefetch prefetch;
	struct options_forced forced;
	struct options_link link;
	struct options_log log;
	struct options_tee tee;
	struct options_flags flags;
	struct options_app app;
	struct options_keys keys;
	struct options_setup setup;
	struct options_doctor doctor;
	struct options_update update;
};

/* The rows of all of them. */
extern const struct opt opttable[];

/* The defaults, whatever o holds; it must stay where it is. */
void options_init(struct options *o, enum opt_program program);
void options_free(struct options *o);

#endif
