/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_COMMAND_H
#define FRONT_CMD_COMMAND_H

#include "base/buf.h"
#include "base/err.h"
#include "front/cmd/settings.h"
#include "front/job/want.h"

struct invocation;

/* Which of its operands name sessions. */
enum command_session {
	COMMAND_NONE,
	COMMAND_ONE,	/* the first, if there are more than it needs */
	COMMAND_LAST,	/* the last, the same */
	COMMAND_EACH,
};

/*
 * What a command does, and who owns what it keeps: it begins, and ends the
 * program by parting_exit().
 */
struct command_ops {
	/* Returns what it keeps, also when it has failed and has told why. */
	void *(*begin)(const struct invocation *inv);
	/*
	 * A signal that may be for somebody else than this program,
		or SIGWINCH:
	 * 1 if it is. NULL: none is.
	 */
	int (*signalled)(void *work, int sig);
	/* Free what it keeps, once the loop is left. */
	void (*end)(void *work);
};

/*
 * A record: what the program can do, which the first word that is no option says. A command's row
 * stands in its file beside what it runs.
 */
struct command {
	const char *name;
	const char *operands;	/* for --help, or NULL */
	enum command_session session;
	int min, max;		/* operands; max -1: any number */
	const char *help;	/* one line */
	const char *more;	/* what `help NAME` says besides, or NULL */
	const struct command_ops *ops;	/* NULL: it only prints */
	/*
	 * What it prints, by options and settings alone. Returns as
	 * command_line(), or COMMAND_DONE and an exit status. NULL: of `help`,
	 * and of those with ops.
	 */
	int (*print)(const struct options *o, struct config *c,
		struct err *e);

	enum session_want want;	/* of its session */
	int shows_job;	/* starts none, but tells of one that would be started */
	int takes_bad_settings;	/* and tells of them itself */
	/* A new session's name is a slip, unless the job's options are there, too. */
	int takes_known;
	int destroys;	/* never proposed for a word that is like it */
	/* Whether a word can be no session's name, as another operand is. NULL: none. */
	int (*is_operand)(const char *word);
	int names_app;	/* its first operand does */

	/* Another name for a command, which may stand for an option, too. */
	const char *alias, *option;
};

/* All of them, NULL behind. The first is what is done without a word. */
extern const struct command *const command_table[];

extern const struct command cmd_help;

#define COMMAND_DONE 1
#define COMMAND_SETTINGS_BAD SETTINGS_BAD	/* what is to end with EX_CONFIG */

/*
 * Read the command line into o, whatever it holds, over the settings in c; of
 * these only is known what bad says, unless that is empty. Returns 0 to go on;
 * COMMAND_DONE when all is done (--help was printed on stdout), and more when the exit
 * status is to be so much more than 0; -1 with e set on a usage
 * error, which should end with EX_USAGE; PRINT_FAILED or COMMAND_SETTINGS_BAD
 * with e set. Call options_free() after each.
 */
int command_line(struct options *o, int argc, char **argv,
	struct config *c, const struct err *bad, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The same, and nothing is printed or done: 0 also where it would return 1. The
 * command is NULL with --help or --version, and may be after -1.
 */
int command_read(struct options *o, int argc, char **argv,
	struct config *c, const struct err *bad, struct err *e)
	__attribute__((warn_unused_result));

/* Whether that name is left for a profile: -1 with e set if a command has it. */
int command_is_free(const char *name, struct err *e)
	__attribute__((warn_unused_result));

#endif
