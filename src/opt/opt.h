/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OPT_H
#define OPT_OPT_H

#include "base/buf.h"
#include "base/err.h"
#include "opt/optset.h"

/*
 * Command line options as one table: a row an option, from which come the
 * defaults, the parser and --help. The values are a struct opt_set's.
 *
 *	static const struct opt table[] = {
 *		{ .group = "Session" },
 *		{ "linger", 0, OPT_DURATION, "DURATION", "5m", AT(linger),
 *			.max = OPT_DAY, .help = "..." },
 *		{ "old-linger", .alias = "linger" },
 *		{ 0 }
 *	};
 */

/*
 * Parse the words from argv[from] on (1: all) up to the first that is no
 * option. Returns the index of that word, argc when there is none, or after an
 * OPT_STOP the index behind it; -1 with e set to one line for the user. argv[0]
 * is the program's name in messages. Uses getopt_long(3): one thread only.
 */
int opt_parse(struct opt_set *s, int argc, char **argv, int from,
	struct err *e) __attribute__((warn_unused_result));

/*
 * The same, and what was wrong for who can say more about it: argv[word] has
 * the option, which is none of the table, or has a bad value.
 */
struct opt_fault {
	enum { OPT_FAULT_OTHER, OPT_FAULT_UNKNOWN, OPT_FAULT_VALUE } kind;
	int word;
	const struct opt *option;	/* OPT_FAULT_VALUE: which */
	const char *value;		/* and its value */
	int near;		/* OPT_FAULT_UNKNOWN: e proposes another */
};
int opt_parse_fault(struct opt_set *s, int argc, char **argv, int from,
	struct opt_fault *fault, struct err *e)
	__attribute__((warn_unused_result));

/* -1 with e set when a flag was given that this command does not have. */
/* Whether an option of some commands, as its row says, is one of this command's. */
int opt_is_of(const struct opt *o, const char *command);

int opt_check_command(const struct opt_set *s, const char *command,
	struct err *e) __attribute__((warn_unused_result));

/*
 * Append the part of --help that lists the options, at most 80 columns; with
 * command only the flags of that one, and an empty line behind them.
 */
void opt_help(const struct opt_set *s, const char *command, struct buf *out);

/*
 * Append text in lines of at most 80 columns, each but the first indented;
 * column is where the first one stands.
 */
void opt_wrap(struct buf *out, const char *text, size_t column,
	size_t indent);

/* The last component of argv[0], or "program" when there is none. */
const char *opt_program(int argc, char **argv);

#endif
