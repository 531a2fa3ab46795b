/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values with their sources. A row's state says who gave its value and what a
 * source allows to the later ones; it changes only here. A set has its own copy
 * of the rows of its program, so that whoever walks them sees no others.
 */
#include "opt/optset.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "opt/optval.h"

struct opt_state {
	enum opt_source source;
	char *locked;		/* by whom; NULL: it is not */
	char *narrowed;		/* the same of the bounds */
	long min, max;
};

static int is_end(const struct opt *row)
{
	return row->name == NULL && row->group == NULL;
}

static int is_in(const struct opt *row, enum opt_program program)
{
	return program == OPT_AGENT ? row->agent != OPT_NOT_AGENT :
		row->agent != OPT_AGENT_ONLY;
}

static const struct opt *rows_of(const struct opt *table,
	enum opt_program program, size_t *n)
{
	struct opt *rows;
	size_t all = 0;

	while (!is_end(&table[all]))
		all++;
	rows = mem_alloc((all + 1) * sizeof *rows);
	*n = 0;
	for (size_t i = 0; i < all; i++) {
		if (!is_in(&table[i], program))
			continue;
		rows[*n] = table[i];
		if (program == OPT_AGENT && table[i].agent_help != NULL)
			rows[*n].help = table[i].agent_help;
		++*n;
	}
	return rows;
}

static struct opt_state *state_of(const struct opt_set *s,
	const struct opt *row)
{
	return &s->state[row - s->row];
}

void optset_init(struct opt_set *s, const struct opt *table,
	enum opt_program program, void *values)
{
	size_t n;

	s->row = rows_of(table, program, &n);
	s->state = mem_alloc((n + 1) * sizeof *s->state);
	s->values = values;
	for (const struct opt *row = NULL; (row = optset_next(s, row));) {
		struct opt_state *st = state_of(s, row);

		st->min = row->min;
		st->max = row->max;
		optval_clear(row, values, 0);
		if (row->value != NULL &&
			optval_set(row, values, row->value, NULL) == -1)
			abort(); /* a bug of the table */
	}
}

void optset_fini(struct opt_set *s)
{
	if (s->row == NULL)
		return;
	for (const struct opt *row = NULL; (row = optset_next(s, row));) {
		optval_clear(row, s->values, 1);
		free(state_of(s, row)->locked);
		free(state_of(s, row)->narrowed);
	}
	free((void *)s->row);
	free(s->state);
	*s = (struct opt_set){ 0 };
}

const struct opt *optset_next(const struct opt_set *s, const struct opt *row)
{
	for (row = row != NULL ? row + 1 : s->row; !is_end(row); row++)
		if (row->name != NULL && row->alias == NULL)
			return row;
	return NULL;
}

const struct opt *optset_row(const struct opt_set *s, const void *value)
{
	for (const struct opt *row = NULL; (row = optset_next(s, row));)
		if ((const char *)s->values + row->at == value)
			return row;
	abort(); /* no option's value */
}

enum opt_source optset_source(const struct opt_set *s, const struct opt *row)
{
	return state_of(s, row)->source;
}

int optset_given(const struct opt_set *s, const void *value)
{
	return optset_source(s, optset_row(s, value)) != OPT_BY_DEFAULT;
}

/* "--linger: ", or of a file "FILE:LINE: linger: ". Returns -1. */
static int say_which(struct err *e, const struct opt *row,
	const struct opt_origin *by)
{
	if (by->where == NULL)
		return err_prefix(e, "--%s: ", row->name);
	return err_prefix(e, "%s: %s: ", by->where, row->name);
}

static char *name_of(const struct opt_origin *by)
{
	static const char *const names[] = {
		"the default", "the site", "the user's file", "the environment",
		"the profile", "the command line",
	};

	return mem_strdup(by->where ? by->where : names[by->source]);
}

/* Numbers, which have bounds. */

static int has_bounds(const struct opt *row)
{
	return row->type == OPT_INT || row->type == OPT_DURATION;
}

union number {
	int n;
	long seconds;
};

static long number_of(const struct opt *row, const void *value)
{
	return row->type == OPT_DURATION ? *(const long *)value :
		*(const int *)value;
}

static void put_number(const struct opt *row, long n, struct buf *out)
{
	union number value = { 0 };
	struct opt alone = *row;

	alone.at = 0;
	if (row->type == OPT_DURATION)
		value.seconds = n;
	else
		value.n = (int)n;
	optval_put(&alone, &value, out);
}

static int check_bounds(const struct opt *row, const struct opt_state *st,
	const char *text, struct err *e)
{
	union number value = { 0 };
	struct opt alone = *row;
	struct buf all = { 0 };
	long n;

	alone.at = 0;
	if (optval_set(&alone, &value, text, e) == -1)
		return -1;
	n = number_of(row, &value);
	if (n >= st->min && n <= st->max)
		return 0;
	put_number(row, st->min, &all);
	buf_puts(&all, " to ");
	put_number(row, st->max, &all);
	err_set(e, "'%.80s' is out of the bounds that %s sets (%.*s)", text,
		st->narrowed, (int)all.len, buf_data(&all));
	buf_fini(&all);
	return -1;
}

static int check_lock(const struct opt_set *s, const struct opt *row,
	struct err *e)
{
	const struct opt_state *st = state_of(s, row);
	struct buf now = { 0 };

	if (st->locked == NULL)
		return 0;
	if (row->type != OPT_LIST)
		optval_put(row, s->values, &now);
	if (now.len > 0)
		err_set(e, "is locked to '%.*s' by %s: leave it out",
			(int)now.len, buf_data(&now), st->locked);
	else
		err_set(e, "is locked by %s: leave it out", st->locked);
	buf_fini(&now);
	return -1;
}

int optset_set(struct opt_set *s, const struct opt *row, const char *text,
	const struct opt_origin *by, struct err *e)
{
	struct opt_state *st = state_of(s, row);

	if (by->source < st->source)
		abort(); /* they come in their order */
	if (check_lock(s, row, e) == -1 ||
		(st->narrowed != NULL && check_bounds(row, st, text, e) == -1) ||
		optval_set(row, s->values, text, e) == -1)
		return say_which(e, row, by);
	st->source = by->source;
	return 0;
}

int optset_lock(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	struct opt_state *st = state_of(s, row);

	if (row->of_user) {
		err_set(e, "is every user's own, and cannot be locked");
		return say_which(e, row, by);
	}
	if (st->locked == NULL)
		st->locked = name_of(by);
	return 0;
}

/* A value that is beyond its bounds becomes the nearest one within. */
static void bring_within(struct opt_set *s, const struct opt *row,
	enum opt_source source)
{
	struct opt_state *st = state_of(s, row);
	void *value = (char *)s->values + row->at;
	long now = number_of(row, value);
	long n = now < st->min ? st->min : now > st->max ? st->max : now;

	if (n == now)
		return;
	if (row->type == OPT_DURATION)
		*(long *)value = n;
	else
		*(int *)value = (int)n;
	/* Given, or the agent would take its default. */
	st->source = source;
}

int optset_narrow(struct opt_set *s, const struct opt *row, long min, long max,
	const struct opt_origin *by, struct err *e)
{
	struct opt_state *st = state_of(s, row);

	if (!has_bounds(row))
		err_set(e, "has no bounds to narrow");
	else if (row->of_user)
		err_set(e, "is every user's own, and cannot be limited");
	else if (min > max || min < st->min || max > st->max)
		err_set(e, "the bounds are not within those that it has");
	else
		goto good;
	return say_which(e, row, by);
good:
	st->min = min;
	st->max = max;
	free(st->narrowed);
	st->narrowed = name_of(by);
	bring_within(s, row, by->source);
	return 0;
}

/* Calls take() with each text that one would type to give this value. */
static void each_text(const struct opt_set *s, const struct opt *row,
	void (*take)(const struct opt *row, const char *text, void *arg),
	void *arg)
{
	const void *value = (const char *)s->values + row->at;
	const struct opt_list *list = value;
	struct buf text = { 0 };

	switch (row->type) {
	case OPT_FLAG:
	case OPT_STOP:
	case OPT_COUNT:
		for (int i = 0; i < *(const int *)value; i++)
			take(row, NULL, arg);
		break;
	case OPT_LIST:
		for (size_t i = 0; i < list->n; i++)
			take(row, list->word[i], arg);
		break;
	default:
		optval_put(row, s->values, &text);
		buf_append(&text, "", 1);
		take(row, buf_data(&text), arg);
		buf_fini(&text);
	}
}

struct optset_pass {
	struct opt_set *agent;
	enum opt_source source;
};

static void pass_text(const struct opt *row, const char *text, void *arg)
{
	const struct optset_pass *p = arg;
	const struct opt *to = optset_row(p->agent,
		(char *)p->agent->values + row->at);
	struct err e;

	if (optset_set(p->agent, to, text,
		&(struct opt_origin){ .source = p->source }, &e) == -1)
		abort(); /* it is the same row */
}

void optset_pass(struct opt_set *agent, const struct opt_set *from)
{
	for (const struct opt *row = NULL; (row = optset_next(from, row));) {
		struct optset_pass p = { agent, state_of(from, row)->source };

		if (row->agent == OPT_AGENT_PASSED && p.source != OPT_BY_DEFAULT)
			each_text(from, row, pass_text, &p);
	}
}

static void add_text(const struct opt *row, const char *text, void *arg)
{
	optlist_add(arg, text == NULL ? mem_printf("--%s", row->name) :
		mem_printf("--%s=%s", row->name, text));
}

void optset_words(const struct opt_set *s, struct opt_list *words)
{
	for (const struct opt *row = NULL; (row = optset_next(s, row));)
		if (optset_source(s, row) != OPT_BY_DEFAULT)
			each_text(s, row, add_text, words);
}
