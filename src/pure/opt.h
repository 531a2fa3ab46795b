/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PURE_OPT_H
#define PURE_OPT_H

#include <stddef.h>
#include <stdint.h>

#include "pure/buf.h"
#include "pure/err.h"

/*
 * Command line options as one table: a row an option, from which come the
 * defaults, the parser and --help.
 *
 *	static const struct opt table[] = {
 *		{ .group = "Session" },
 *		{ "linger", 0, OPT_DURATION, "DURATION", "5m", AT(linger),
 *			.max = OPT_DAY, .help = "..." },
 *		{ "old-linger", .alias = "linger" },
 *		{ 0 }
 *	};
 */
enum opt_type {
	OPT_FLAG,	/* int, 1 when given */
	OPT_STOP,	/* the same, and what follows is not looked at */
	OPT_COUNT,	/* int, how often it was given */
	OPT_STRING,	/* char *, NULL without default */
	OPT_NAME,	/* char *, good as a file name: see opt_is_name() */
	OPT_ADDRESS,	/* char *, numeric IP address; localhost: 127.0.0.1 */
	OPT_NETWORK,	/* char *, numeric IP address or network/bits */
	OPT_LIST,	/* struct opt_list, one more word each time */
	OPT_INT,	/* int, from min to max */
	OPT_PORT,	/* int, 0 to 65535 */
	OPT_PORTS,	/* struct opt_ports: "N" or "N-M" */
	OPT_DURATION,	/* long, seconds from min to max: 90s 5m 1h30m 2d 0 */
	OPT_ENUM,	/* int, index into words */
};

#define OPT_HOUR 3600L
#define OPT_DAY (24 * OPT_HOUR)

struct opt_list {
	size_t n;
	char **word;
};

/* 0-0: any port. */
struct opt_ports {
	uint16_t first, last;
};

struct opt {
	const char *name;	/* long name, without dashes */
	int letter;		/* short name, or 0 */
	enum opt_type type;
	const char *arg;	/* what --help calls the argument */
	const char *value;	/* the default as one would type it, or NULL */
	size_t at;		/* offset of the value in the config struct */
	long min, max;
	const char *unit;	/* of an OPT_INT, for --help */
	const char *const *words; /* of an OPT_ENUM, NULL at the end */
	const char *help;

	/* A flag of these commands only, "list status"; NULL: of all. */
	const char *commands;

	/*
	 * The name that an abbreviation means although others begin with it
	 * too: keeps abbreviations of old command lines alive.
	 */
	int preferred;

	/* A row of only this: another, hidden spelling of that long name. */
	const char *alias;

	/* A row of only this: a heading in --help. */
	const char *group;
};

/*
 * Set every value to its default; no two rows share one. config may hold
 * anything but values that opt_free() should have freed.
 */
void opt_defaults(const struct opt *table, void *config);

/*
 * Parse the words from argv[from] on (1: all) up to the first that is no
 * option. Returns the index of that word, argc when there is none, or after an
 * OPT_STOP the index behind it; -1 with e set to one line for the user. argv[0]
 * is the program's name in messages. Uses getopt_long(3): one thread only.
 */
int opt_parse(const struct opt *table, void *config, int argc, char **argv,
	int from, struct err *e) __attribute__((warn_unused_result));

/* -1 with e set when a flag was given that this command does not have. */
int opt_check_command(const struct opt *table, const void *config,
	const char *command, struct err *e) __attribute__((warn_unused_result));

/*
 * Append the part of --help that lists the options, at most 80 columns; with
 * command only the flags of that one, and an empty line behind them.
 */
void opt_help(const struct opt *table, const char *command, struct buf *out);

/*
 * Append text in lines of at most 80 columns, each but the first indented;
 * column is where the first one stands.
 */
void opt_wrap(struct buf *out, const char *text, size_t column,
	size_t indent);

/* Free what the values hold and zero them. */
void opt_free(const struct opt *table, void *config);

/* [A-Za-z0-9._-]{1,64}, not beginning with a dot. */
int opt_is_name(const char *s);

/* The last component of argv[0], or "program" when there is none. */
const char *opt_program(int argc, char **argv);

#endif
