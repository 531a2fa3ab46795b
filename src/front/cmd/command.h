/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_COMMAND_H
#define FRONT_CMD_COMMAND_H

#include "base/buf.h"
#include "base/err.h"
#include "front/job/want.h"

struct front;
struct options;

/* Which of its operands name sessions. */
enum command_session {
	COMMAND_NONE,
	COMMAND_ONE,	/* the first, if there are more than it needs */
	COMMAND_EACH,
};

/*
 * What the program can do: the first word that is no option. A command's row
 * stands in its file beside what it runs.
 */
struct command {
	const char *name;
	const char *operands;	/* for --help, or NULL */
	enum command_session session;
	int min, max;		/* operands; max -1: any number */
	const char *help;	/* one line */
	const char *more;	/* what `help NAME` says besides, or NULL */
	/* Begin; parting_exit() ends it. NULL: `help`, which needs no front. */
	void (*run)(struct front *f);

	enum session_want want;	/* of its session */
	int destroys;	/* never proposed for a word that is like it */

	/* Another name for a command, which may stand for an option, too. */
	const char *alias, *option;
};

/* All of them, NULL behind. The first is what is done without a word. */
extern const struct command *const command_table[];

extern const struct command cmd_help;

/*
 * Read the command line into o, whatever it holds. Returns 0 to go on; 1 when
 * all is done (--help or --version was printed on stdout); -1 with e set on a
 * usage error, which should end with EX_USAGE; or PRINT_FAILED with e set. Call
 * options_free() after each.
 */
int command_line(struct options *o, int argc, char **argv, struct err *e)
	__attribute__((warn_unused_result));

#endif
