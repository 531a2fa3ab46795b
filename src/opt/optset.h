/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OPTSET_H
#define OPT_OPTSET_H

#include "base/err.h"
#include "opt/optrow.h"

/*
 * The options of a program with their values, and who gave each of them. An
 * option may be given by several sources; of these the later one counts, in
 * this order, unless an earlier one has locked it. What can be repeated adds up
 * instead: lists and counts hold all that was given, in the same order.
 */
enum opt_source {
	OPT_BY_DEFAULT,		/* nobody gave it */
	OPT_BY_SITE,
	OPT_BY_USER,		/* in a file of his */
	OPT_BY_SLURM,		/* in a variable of salloc or sbatch */
	OPT_BY_ENVIRONMENT,	/* in one of ours: opt/optenv.h */
	OPT_BY_PROFILE,		/* which was chosen by its name */
	OPT_BY_COMMAND_LINE,
};

struct opt_origin {
	enum opt_source source;
	const char *where;	/* "FILE:LINE" for messages, or NULL */
};

struct opt_set {
	const struct opt *row;	/* of this program; the last is empty */
	struct opt_state *state;
	struct opt_list notes;	/* what was brought within bounds, for the user */
	int refused;		/* a site's lock or bounds forbade something */
	void *values;		/* what the rows' offsets count from */
};

/*
 * The rows of table that this program has, each with its default. values may
 * hold anything, and must stay where it is until optset_fini().
 */
void optset_init(struct opt_set *s, const struct opt *table,
	enum opt_program program, void *values);

/* Free what the values hold and zero them. Also of a set that is all zero. */
void optset_fini(struct opt_set *s);

/* The row behind this one (NULL: the first) that has a value, or NULL. */
const struct opt *optset_next(const struct opt_set *s, const struct opt *row);

/*
 * The row of that long name, or hidden spelling of one; NULL: there is none. An
 * option of salloc that ours has the name of is not found.
 */
const struct opt *optset_find(const struct opt_set *s, const char *name);

/* The row of a value, given by its address in values. */
const struct opt *optset_row(const struct opt_set *s, const void *value);

/*
 * A source in a word for people: "site", "command line". Of the two kinds of
 * variables it is the same; their names, which are .where, say which it is.
 */
const char *optset_source_name(enum opt_source source);

/* Who gave its value. */
enum opt_source optset_source(const struct opt_set *s, const struct opt *row);

/* Where he did, if that is known: "FILE:LINE", or NULL. */
const char *optset_where(const struct opt_set *s, const struct opt *row);

/* Who has locked it or set its bounds or list, for people; NULL: nobody. */
const char *optset_locked(const struct opt_set *s, const struct opt *row);
const char *optset_narrowed(const struct opt_set *s, const struct opt *row);

/*
 * Put before e's text which option it is of, and where it was given, NULL on a
 * command line: "--linger: ", or "FILE:LINE: linger: ". Returns -1.
 */
int optset_say_which(const struct opt *row, const char *where, struct err *e);

/* Whether anybody gave a value: optset_given(&o->set, &o->session.name). */
int optset_given(const struct opt_set *s, const void *value);

/*
 * A source gives a value, as one would type it; for a flag or a count NULL, or in
 * a file yes or no (true, false, on, off, 1, 0), or a digit, which is added.
 * Sources come in their order. -1 with e set when the text is bad, out of
 * bounds, or the option is locked; the value is then as it was.
 */
int optset_set(struct opt_set *s, const struct opt *row, const char *text,
	const struct opt_origin *by, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The same of a text as a file has it, where an option of salloc that may stand
 * without a value has yes or no for that; no takes back what a source before gave.
 */
int optset_set_text(struct opt_set *s, const struct opt *row, const char *text,
	const struct opt_origin *by, struct err *e)
	__attribute__((warn_unused_result));

/*
 * A source takes back what one before it gave. -1 with e set when the option is
 * locked.
 */
int optset_drop(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
	__attribute__((warn_unused_result));

/*
 * What a site has made of an option of salloc that was beyond its limits; NULL:
 * it is not asked for any more.
 */
void optset_correct(struct opt_set *s, const struct opt *row, const char *text);

/*
 * What is given from now on is told apart from what was given before: whether
 * the row has been since.
 */
void optset_mark(struct opt_set *s);
int optset_is_since_mark(const struct opt_set *s, const struct opt *row);

/*
 * The option stays as it is: nobody who comes later can give it. -1 with e set
 * for what is every user's own (.of_user).
 */
int optset_lock(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
	__attribute__((warn_unused_result));

/* Whether its values are numbers or times, which have bounds. */
int optset_has_bounds(const struct opt *row);

/*
 * Later sources can give a number or a duration within these bounds only, and
 * what it is now is brought within them. What a later one gives is refused when it
 * is beyond, or with lowers brought within, which is noted. Several such bounds, or
 * lists, hold together. -1 with e set when that cannot be.
 */
int optset_narrow(struct opt_set *s, const struct opt *row, long min, long max,
	int lowers, const struct opt_origin *by, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The same of a text: what it is must be in the list (opt/allowed.h). One that is
 * not, and with lowers one that comes later, becomes the first word of it.
 */
int optset_restrict(struct opt_set *s, const struct opt *row, const char *list,
	int lowers, const struct opt_origin *by, struct err *e)
	__attribute__((warn_unused_result));

/* The option that names a site's page of help. */
#define OPTSET_HELP "help-url"

/* Append "; see URL" where the site names a page (help-url). Returns -1. */
int optset_refer(const struct opt_set *s, struct err *e);

/* What was given to one program is given to the agent, where it is passed on. */
void optset_pass(struct opt_set *agent, const struct opt_set *from);

/*
 * Append what was typed as words of a command line, for this program again: all but
 * what is of one command, says who the session is, or where the log goes.
 */
void optset_typed(const struct opt_set *s, struct opt_list *words);

/* Append what was given as words of a command line. */
void optset_words(const struct opt_set *s, struct opt_list *words);

#endif
