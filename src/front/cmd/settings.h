/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_SETTINGS_H
#define FRONT_CMD_SETTINGS_H

#include "base/err.h"
#include "opt/config.h"

struct options;

#define SETTINGS_SITE SYSCONFDIR "/vscode-remote-shell"

/*
 * The files of settings, see opt/config.h:
 *	SYSCONFDIR/vscode-remote-shell/config	the site's
 *	those in config.d beside it, NAME.conf, by their names
 *	$XDG_CONFIG_HOME/vscode-remote-shell/config	the user's
 * Those that are not there are none. c is to be freed after -1 with e set, too. name_ok: see config_add().
 */
int settings_read_site(struct config *c,
	int (*name_ok)(const char *name, struct err *e), struct err *e)
	__attribute__((warn_unused_result));
int settings_read_user(struct config *c,
	int (*name_ok)(const char *name, struct err *e), struct err *e)
	__attribute__((warn_unused_result));

/*
 * One file, as if it were the site's, and all that it says is tried. Apps that it
 * names may also be those of others. name_ok() fails for the name of a command.
 */
int settings_check(const char *path, const struct config *others,
	int (*name_ok)(const char *name, struct err *e), struct err *e)
	__attribute__((warn_unused_result));

/*
 * Those of the Unix groups that the settings name in which this user is. They stay
 * the settings': the system is asked once.
 */
const struct opt_list *settings_groups(struct config *c);

/* What the command line says of which of Slurm's variables count. */
struct settings_typed {
	const char *launcher;	/* NULL: that of the settings */
	int start;		/* enum options_start */
	int start_given;	/* 0: as the settings say */
	int has_job;		/* a job may be made: Slurm's count at all */
};

/*
 * Give o, which has its defaults, what the files say to him: those of the site and
 * of the user, then Slurm's variables and ours (typed is NULL: none), then his
 * profile, or else the one that a variable or a file names. -1 with e set.
 */
int settings_give(const struct config *c, struct options *o,
	const struct config_who *who, const struct settings_typed *typed,
	struct err *e)
	__attribute__((warn_unused_result));

/*
 * The partition that the job is to be in, or several by commas: what o, with all of
 * its values, asks for, or what the site puts in its place. To be freed; NULL: it is
 * left to the scheduler.
 */
char *settings_partition(const struct config *c, const struct options *o,
	const struct config_who *who);

/*
 * Hold o, which has all of its values, to what the site says of the job that it
 * asks for, if it starts one, of the command and of the app, NULL: none. 0; -1 with e set: it may not;
 * SETTINGS_BAD with e set: a line of the site is wrong.
 */
#define SETTINGS_BAD (-3)
int settings_hold(const struct config *c, struct options *o,
	const struct config_who *who, const char *command, const char *app,
	int starts, struct err *e) __attribute__((warn_unused_result));

#endif
