/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_REAPER_OPTIONS_H
#define REAPER_REAPER_OPTIONS_H

#include "base/err.h"
#include "opt/opt.h"

/*
 * The command line of vscode-grim-reaper, over its configuration file, over the
 * defaults. Everything here has been checked.
 */
enum { ORPHANED_YES, ORPHANED_NO };

/* A record: the settings. */
struct reaper_options {
	struct opt_set set;
	int kill, dry_run;
	int all;
	int orphaned;		/* ORPHANED_... */
	long age, idle;		/* seconds */
	int cpu_below;		/* percent, 0: any */
	int rss_above;		/* MiB, 0: any */
	struct opt_list user, exclude_user, group, exclude_group;
	int min_uid;
	struct opt_list exempt, kind;
	long grace;
	int verbose, quiet;
	char *log;		/* NULL or "-": stderr */
	int json, no_syslog;
	char *metrics, *state;
	char *notice_url, *notice_command;
	char *config;
	int help, version;
};

/*
 * Fill o, whatever it holds. Returns 0 to go on; 1 when all is done (--help or
 * --version was printed on stdout); -1 with e set, and *status the exit status
 * to end with. Call reaper_options_free() after each of them.
 */
int reaper_options_parse(struct reaper_options *o, int argc, char **argv, int *status,
	struct err *e) __attribute__((warn_unused_result));

void reaper_options_free(struct reaper_options *o);

/* The rows, for tests. */
extern const struct opt options_table[];

/*
 * Give the options what the file says (see vscode-grim-reaper(8)), as the site's.
 * Without must_exist, a missing one says nothing. -1 with e set.
 */
int config_read(struct opt_set *set, const char *path, int must_exist,
	struct err *e) __attribute__((warn_unused_result));

#endif
