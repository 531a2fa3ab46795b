/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The types of a row of a table of options. All that is known of an option
 * stands in its row: --help, the reading of command lines and files, and the
 * agent's command line are made from it. The rows are in opt/opttable.c and
 * reaper/reaper_options.c.
 */
#ifndef OPT_OPTROW_H
#define OPT_OPTROW_H

#include <stddef.h>
#include <stdint.h>

#include "opt/optlist.h"

enum opt_type {
	OPT_FLAG,	/* int, 1 when given */
	OPT_STOP,	/* the same, and what follows is not looked at */
	OPT_COUNT,	/* int, how often it was given */
	OPT_STRING,	/* char *, NULL without default */
	OPT_NAME,	/* char *, good as a file name: see base/tag.h */
	OPT_ADDRESS,	/* char *, numeric IP address; localhost: 127.0.0.1 */
	OPT_NETWORK,	/* char *, numeric IP address or network/bits */
	OPT_LIST,	/* struct opt_list, one more word each time */
	OPT_INT,	/* int, from min to max */
	OPT_PORT,	/* int, 0 to 65535 */
	OPT_PORTS,	/* struct opt_ports: "N" or "N-M" */
	OPT_DURATION,	/* long, seconds from min to max: 90s 5m 1h30m 2d 0 */
	OPT_ENUM,	/* int, index into words */
	OPT_SALLOC,	/* char *, an option of salloc; "": without a value */
};

#define OPT_HOUR 3600L
#define OPT_DAY (24 * OPT_HOUR)

/* 0-0: any port. */
struct opt_ports {
	uint16_t first, last;
};

/*
 * Two programs share a table: the one that users run, and the agent, which it
 * starts with what it was given itself of the rows that are passed on.
 */
enum opt_program { OPT_PROGRAM, OPT_AGENT };

enum opt_agent {
	OPT_NOT_AGENT,		/* the agent does not have it */
	OPT_AGENT_TOO,		/* it has it as well, for who runs it by hand */
	OPT_AGENT_PASSED,	/* and it is passed on */
	OPT_AGENT_ONLY,
};

/* What a command must have so that an option means something. */
enum opt_needs {
	OPT_NEEDS_NOTHING,
	OPT_NEEDS_CONNECTION,	/* into the job, for which the option is */
	OPT_NEEDS_SESSION,	/* that is waited for, or begun */
};

/* What a file's name becomes. */
enum opt_path {
	OPT_NO_PATH,
	OPT_PATH,		/* "~" is the home directory */
	OPT_PATH_PID,		/* and "[PID]" the process id */
	OPT_PATH_OR_NAME,	/* as the next, or none, or SCHEME://NAME */
	OPT_PATH_ABSOLUTE,	/* another program uses it, from elsewhere */
};

struct err;
struct opt;
struct opt_origin;
struct opt_set;
struct sallocrow;

/* A record: a row of a table of options. */
struct opt {
	const char *name;	/* long name, without dashes */
	int letter;		/* short name, or 0 */
	enum opt_type type;
	const char *arg;	/* what --help calls the argument */
	const char *value;	/* the default as one would type it, or NULL */
	size_t at;		/* offset of the value in the config struct */
	long min, max;
	const char *unit;	/* of an OPT_INT, for --help */
	const char *const *words; /* of an OPT_ENUM, NULL at the end; of an OPT_DURATION one for 0 */
	const char *help;
	const char *agent_help;	/* of the agent, where that says it otherwise */

	/* A flag of these commands only, "list status"; NULL: of all. */
	const char *commands;

	/*
	 * The name that an abbreviation means although others begin with it
	 * too: keeps abbreviations of old command lines alive.
	 */
	int preferred;

	/*
	 * Asks for what a job is given when it is made, and a job that is
	 * there already has or has not.
	 */
	int of_job;

	/* Behind a command without that a line says that it has no effect. */
	enum opt_needs needs;

	/*
	 * Only its whole name means it, with its value behind '='; no abbreviation
	 * does, and --help does not list it.
	 */
	int exact;

	/* Its value where none stands behind it; NULL: it needs one. */
	const char *bare;

	/* Of an OPT_SALLOC, which one; it may not be had by its name, as ours has it. */
	const struct sallocrow *salloc;
	int behind_arg;

	/*
	 * Of an option of another tool, which has no value itself: what it means
	 * here. With a .help it is in vain, and that says why.
	 */
	int (*means)(struct opt_set *s, const char *text,
		const struct opt_origin *by, struct err *e);

	/* Of an OPT_LIST: what is made of a word that was just added. */
	int (*take)(struct opt_set *s, const struct opt *row,
		const struct opt_origin *by, struct err *e);

	/* Never proposed for a word that is like it. */
	int destroys;

	/* What a user sees or does: no site can lock or limit it. */
	int of_user;

	/* What a site says to all: no line of a command, no file of a user. */
	int of_site;

	/* No variable gives it: that of its name tells a session's shells theirs. */
	int no_variable;

	enum opt_agent agent;
	enum opt_path path;

	/* A row of only this: another, hidden spelling of that long name. */
	const char *alias;

	/* A row of only this: a heading in --help. */
	const char *group;
};

#endif
