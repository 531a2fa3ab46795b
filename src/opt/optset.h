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
	OPT_BY_ENVIRONMENT,
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

/* The row of a value, given by its address in values. */
const struct opt *optset_row(const struct opt_set *s, const void *value);

/* Who gave its value. */
enum opt_source optset_source(const struct opt_set *s, const struct opt *row);

/* Whether anybody gave a value: optset_given(&o->set, &o->session.name). */
int optset_given(const struct opt_set *s, const void *value);

/*
 * A source gives a value, as one would type it; NULL for a flag or a count.
 * Sources come in their order. -1 with e set when the text is bad, out of
 * bounds, or the option is locked; the value is then as it was.
 */
int optset_set(struct opt_set *s, const struct opt *row, const char *text,
	const struct opt_origin *by, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The option stays as it is: nobody who comes later can give it. -1 with e set
 * for what is every user's own (.of_user).
 */
int optset_lock(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Later sources can give a number or a duration within these bounds only, and
 * what it is now is brought within them. -1 with e set when that cannot be.
 */
int optset_narrow(struct opt_set *s, const struct opt *row, long min, long max,
	const struct opt_origin *by, struct err *e)
	__attribute__((warn_unused_result));

/* What was given to one program is given to the agent, where it is passed on. */
void optset_pass(struct opt_set *agent, const struct opt_set *from);

/* Append what was given as words of a command line. */
void optset_words(const struct opt_set *s, struct opt_list *words);

#endif
