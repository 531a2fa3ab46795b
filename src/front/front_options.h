/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_OPTIONS_H
#define FRONT_FRONT_OPTIONS_H

#include "base/err.h"
#include "net/turn.h"
#include "opt/opttable.h"

/*
 * The options of vscode-remote-shell, see opt/opttable.h. Whatever
 * command_line() gives is checked: paths have no "~" and no "[PID]" any more,
 * addresses are numeric, names are good names.
 */

/* More is never read at once. */
#define OPTIONS_BYTE_LIMIT_MAX TURN_LONG

/* What was read becomes what is said above. -1 with e set. */
int front_options_finish(struct options *o, struct err *e)
	__attribute__((warn_unused_result));

/* The part of it that knows runtimes: the one that is named, and the image's name. */
int front_options_check_container(const struct options *o, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Whether somebody from least on, OPT_BY_USER or what counts more, asks for
 * something that only a job which is being made can be given.
 */
int front_options_are_for_job(const struct options *o, enum opt_source least);

/* An option of another tool that was given in vain, or NULL. */
const struct opt *front_options_in_vain(const struct options *o);

/* What -v and -q ask for, for log_set_level(). */
int front_options_log_level(const struct options *o);

#endif
