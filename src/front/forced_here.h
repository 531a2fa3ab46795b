/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FORCED_HERE_H
#define FRONT_FORCED_HERE_H

#include "base/err.h"
#include "opt/opttable.h"

/*
 * The command `forced' before anything else is done: what sshd was asked for is
 * run here, by exec, or becomes a command of the session. Nothing of ours may
 * keep anybody from the login node: where the command line is wrong, all runs
 * here.
 */

/* Whether that command stands in the words, whatever else is wrong with them. */
int forced_is_meant(int argc, char **argv);

/* As main() got them, and what has become of them. */
struct forced_words {
	int argc;
	char **argv;
	const char *called;
	const struct err *wrong;	/* NULL: they are good */
};

#define FORCED_GOES_ON (-1)

/*
 * Does not return where it runs here. Otherwise FORCED_GOES_ON: the operands are
 * the command for the job, or none for a shell; or the exit status, and why was
 * told. For a command without a terminal the rest of the program is another
 * process then, see forced_waiter.h.
 */
int forced_here(struct options *o, const struct forced_words *w);

#endif
