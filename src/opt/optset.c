/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values with their sources. A row's state says who gave its value and what a
 * source allows to the later ones; it changes only here. A set has its own copy
 * of the rows of its program, so that whoever walks them sees no others.
 */
#include "opt/optset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "opt/allowed.h"
#include "opt/optval.h"
#include "salloc/salloc.h"

struct opt_state {
	enum opt_source source;
	char *where;		/* NULL: it gave none */
	char *locked;		/* by whom; NULL: it is not */
	char *narrowed;		/* the same of the bounds, or the list */
	int lowers;		/* what is beyond is brought within */
	long min, max;
	struct opt_list lists;	/* of a text, which is in each of them */
	int since_mark;
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
		/* The agent is given what a site has said. */
		if (program == OPT_AGENT)
			rows[*n].of_site = 0;
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
	s->notes = (struct opt_list){ 0 };
	s->refused = 0;
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
		free(state_of(s, row)->where);
		free(state_of(s, row)->locked);
		free(state_of(s, row)->narrowed);
		optlist_free(&state_of(s, row)->lists);
	}
	free((void *)s->row);
	free(s->state);
	optlist_free(&s->notes);
	*s = (struct opt_set){ 0 };
}

const struct opt *optset_next(const struct opt_set *s, const struct opt *row)
{
	for (row = row != NULL ? row + 1 : s->row; !is_end(row); row++)
		if (row->name != NULL && row->alias == NULL &&
			row->means == NULL)
			return row;
	return NULL;
}

const struct opt *optset_find(const struct opt_set *s, const char *name)
{
	const struct opt *row = s->row;

	while (!is_end(row) && (row->name == NULL || row->behind_arg ||
		strcmp(row->name, name) != 0))
		row++;
	if (is_end(row))
		return NULL;
	return row->alias != NULL ? optset_find(s, row->alias) : row;
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

const char *optset_where(const struct opt_set *s, const struct opt *row)
{
	return state_of(s, row)->where;
}

const char *optset_locked(const struct opt_set *s, const struct opt *row)
{
	return state_of(s, row)->locked;
}

const char *optset_narrowed(const struct opt_set *s, const struct opt *row)
{
	return state_of(s, row)->narrowed;
}

int optset_given(const struct opt_set *s, const void *value)
{
	return optset_source(s, optset_row(s, value)) != OPT_BY_DEFAULT;
}

int optset_say_which(const struct opt *row, const char *where, struct err *e)
{
	const char *before = row->behind_arg ? "salloc-arg=--" : "";

	if (where == NULL)
		return err_prefix(e, "--%s%s: ", before, row->name);
	return err_prefix(e, "%s: %s%s: ", where, before, row->name);
}

const char *optset_source_name(enum opt_source source)
{
	static const char *const names[] = {
		"default", "site", "user", "variable", "variable", "profile",
		"command line",
	};

	return names[source];
}

static char *name_of(const struct opt_origin *by)
{
	return by->where ? mem_strdup(by->where) :
		mem_printf("the %s", optset_source_name(by->source));
}

/* Numbers, which have bounds. */

int optset_has_bounds(const struct opt *row)
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

/* "10m to 2h" */
static void put_bounds(const struct opt *row, const struct opt_state *st,
	struct buf *out)
{
	put_number(row, st->min, out);
	buf_puts(out, " to ");
	put_number(row, st->max, out);
}

/* The list in which a text is not; NULL: it is in each. */
static const char *list_without(const struct opt_state *st, const char *text)
{
	for (size_t i = 0; i < st->lists.n; i++)
		if (!allowed_has(st->lists.word[i], text, strlen(text)))
			return st->lists.word[i];
	return NULL;
}

static int is_within(const struct opt *row, const struct opt_state *st,
	const void *values)
{
	const void *value = (const char *)values + row->at;
	const char *text;

	if (optset_has_bounds(row))
		return number_of(row, value) >= st->min &&
			number_of(row, value) <= st->max;
	text = row->type == OPT_ENUM ? row->words[*(const int *)value] :
		*(char *const *)value;
	return text == NULL || list_without(st, text) == NULL;
}

/* Whether a text would be within, without giving it; -1 with e set: it is bad. */
static int check_bounds(const struct opt *row, const struct opt_state *st,
	const char *text, struct err *e)
{
	union { union number n; char *text; } value = { 0 };
	struct opt alone = *row;
	struct buf all = { 0 };
	int ret;

	alone.at = 0;
	if (optval_set(&alone, &value, text, e) == -1)
		return -1;
	ret = is_within(&alone, st, &value);
	optval_clear(&alone, &value, 1);
	if (ret || st->lowers)
		return 0;
	if (!optset_has_bounds(row))
		return err_set(e, "'%.80s' is not one of those that %s allows (%.200s)",
			text, st->narrowed, list_without(st, text));
	put_bounds(row, st, &all);
	err_set(e, "'%.80s' is out of the bounds that %s sets (%.*s)", text,
		st->narrowed, (int)all.len, buf_data(&all));
	buf_fini(&all);
	return -1;
}

/* An option of salloc is locked with --salloc-arg, too. */
static int check_lock(const struct opt_set *s, const struct opt *row,
	struct err *e)
{
	const struct opt_state *st = state_of(s, row);
	const struct opt *arg = row->type == OPT_SALLOC ?
		optset_find(s, "salloc-arg") : NULL;
	struct buf now = { 0 };

	if (st->locked == NULL && arg != NULL)
		st = state_of(s, arg);
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

/* The first word that is in all lists, to be freed; NULL: there is none. */
static char *first_of_all(const struct opt_state *st)
{
	for (size_t i = 0; i < st->lists.n; i++) {
		const char *at = st->lists.word[i];
		char *w;

		for (; (w = allowed_next(&at)) != NULL; free(w))
			if (list_without(st, w) == NULL)
				return w;
	}
	return NULL;
}

/* A value that is beyond becomes the nearest one within. Returns whether it was. */
static int bring_within(struct opt_set *s, const struct opt *row,
	enum opt_source source)
{
	struct opt_state *st = state_of(s, row);
	void *value = (char *)s->values + row->at;
	long now;
	char *first;

	if (is_within(row, st, s->values))
		return 0;
	/* Given, or the agent would take its default. */
	st->source = source;
	if (!optset_has_bounds(row)) {
		first = first_of_all(st);
		if (first == NULL ||
			optval_set(row, s->values, first, NULL) == -1)
			optval_clear(row, s->values, 1);
		free(first);
		return 1;
	}
	now = number_of(row, value);
	now = now < st->min ? st->min : st->max;
	if (row->type == OPT_DURATION)
		*(long *)value = now;
	else
		*(int *)value = (int)now;
	return 1;
}

/* What was given has become another value, which the user is to know. */
static void note_change(struct opt_set *s, const struct opt *row,
	const char *text)
{
	struct buf now = { 0 };
	struct err note;

	optval_put(row, s->values, &now);
	err_set(&note, "%s: '%.80s' is beyond what %s allows: it is made '%.*s'",
		row->name, text, state_of(s, row)->narrowed,
		now.len < 80 ? (int)now.len : 80, buf_data(&now));
	buf_fini(&now);
	optset_refer(s, &note);
	optlist_add(&s->notes, mem_strdup(note.text));
}

static int check_source(const struct opt *row, const struct opt_origin *by,
	struct err *e)
{
	return row->of_site && by->source != OPT_BY_SITE ?
		err_set(e, "is for the site's files only") : 0;
}

static void given_by(struct opt_state *st, const struct opt_origin *by)
{
	st->source = by->source;
	free(st->where);
	st->where = by->where ? mem_strdup(by->where) : NULL;
	st->since_mark = 1;
}

int optset_drop(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	if (check_lock(s, row, e) == -1)
		return optset_say_which(row, by->where, e);
	optval_clear(row, s->values, 1);
	given_by(state_of(s, row), by);
	return 0;
}

/*
 * Of two options of which salloc takes only one, that of the later source counts;
 * unless the site has locked the other, which is not got round so.
 */
static int drop_others(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	for (const struct opt *r = NULL; (r = optset_next(s, r));) {
		struct opt_state *st = state_of(s, r);

		if (r == row || r->type != OPT_SALLOC ||
			r->salloc->one_of != row->salloc->one_of)
			continue;
		/* One that is locked to "no" is not there. */
		if (st->locked != NULL &&
			*(char **)(void *)((char *)s->values + r->at) != NULL)
			return err_set(e, "excludes --%s, which is locked by %s: leave it out",
				r->name, st->locked);
		if (st->locked != NULL || st->source == OPT_BY_DEFAULT ||
			st->source >= by->source)
			continue;
		optval_clear(r, s->values, 1);
		st->source = OPT_BY_DEFAULT;
	}
	return 0;
}

/* Of a value of salloc's e has the option's name already. */
static int say_bad(struct err *e, const struct opt *row,
	const struct opt_origin *by)
{
	if (row->type != OPT_SALLOC)
		return optset_say_which(row, by->where, e);
	return by->where != NULL ? err_prefix(e, "%s: ", by->where) : -1;
}

/* What a front makes of it may be a path that another program finds elsewhere. */
static int check_path(const struct opt *row, const char *text, struct err *e)
{
	if (row->path < OPT_PATH_OR_NAME || text[0] == '/' ||
		(text[0] == '~' && (text[1] == '/' || text[1] == '\0')) ||
		(row->path == OPT_PATH_OR_NAME &&
		(strcmp(text, "none") == 0 || strstr(text, "://") != NULL)))
		return 0;
	return err_set(e, "'%.200s' is not an absolute path", text);
}

int optset_set(struct opt_set *s, const struct opt *row, const char *text,
	const struct opt_origin *by, struct err *e)
{
	struct opt_state *st = state_of(s, row);

	if (by->source < st->source)
		abort(); /* they come in their order */
	if (row->means != NULL) {
		given_by(st, by);
		return row->means(s, text, by, e);
	}
	if (row->type == OPT_SALLOC && salloc_check(row->salloc, text, e) == -1)
		return say_bad(e, row, by);
	if (check_lock(s, row, e) == -1 || (st->narrowed != NULL &&
		check_bounds(row, st, text, e) == -1)) {
		optset_say_which(row, by->where, e);
		s->refused = 1;
		return optset_refer(s, e);
	}
	if (check_source(row, by, e) == -1 || check_path(row, text, e) == -1 ||
		(row->type == OPT_SALLOC && row->salloc->one_of != 0 &&
			drop_others(s, row, by, e) == -1) ||
		optval_set(row, s->values, text, e) == -1)
		return optset_say_which(row, by->where, e);
	given_by(st, by);
	if (st->narrowed != NULL && bring_within(s, row, by->source))
		note_change(s, row, text);
	return row->take != NULL ? row->take(s, row, by, e) : 0;
}

static int is_one_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(text, *words) == 0)
			return 1;
	return 0;
}

int optset_set_text(struct opt_set *s, const struct opt *row, const char *text,
	const struct opt_origin *by, struct err *e)
{
	static const char *const yes[] = { "yes", "true", "on", NULL };
	static const char *const no[] = { "no", "false", "off", NULL };
	int alone = row->type == OPT_SALLOC &&
		row->salloc->arg != SALLOC_NEEDS_VALUE;

	if (alone && is_one_of(text, no))
		return optset_drop(s, row, by, e);
	if (alone && is_one_of(text, yes))
		return optset_set(s, row, NULL, by, e);
	if (alone && row->salloc->arg == SALLOC_NO_VALUE) {
		err_set(e, "'%.80s' is not yes or no", text);
		return optset_say_which(row, by->where, e);
	}
	return optset_set(s, row, text, by, e);
}

void optset_mark(struct opt_set *s)
{
	for (const struct opt *row = NULL; (row = optset_next(s, row));)
		state_of(s, row)->since_mark = 0;
}

int optset_is_since_mark(const struct opt_set *s, const struct opt *row)
{
	return state_of(s, row)->since_mark;
}

void optset_correct(struct opt_set *s, const struct opt *row, const char *text)
{
	struct opt_state *st = state_of(s, row);
	char **value = (void *)((char *)s->values + row->at);

	if (text == NULL ? *value == NULL :
		*value != NULL && strcmp(*value, text) == 0)
		return;
	free(*value);
	*value = text != NULL ? mem_strdup(text) : NULL;
	st->source = text != NULL ? OPT_BY_SITE : OPT_BY_DEFAULT;
	free(st->where);
	st->where = NULL;
}

int optset_lock(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	struct opt_state *st = state_of(s, row);

	if (row->of_user) {
		err_set(e, "is every user's own, and cannot be locked");
		return optset_say_which(row, by->where, e);
	}
	if (st->locked == NULL)
		st->locked = name_of(by);
	return 0;
}

static void narrowed_by(struct opt_set *s, const struct opt *row, int lowers,
	const struct opt_origin *by)
{
	struct opt_state *st = state_of(s, row);

	/* Where one refuses, another does not lower. */
	st->lowers = lowers && (st->narrowed == NULL || st->lowers);
	free(st->narrowed);
	st->narrowed = name_of(by);
	if (st->locked == NULL)
		bring_within(s, row, by->source);
}

int optset_narrow(struct opt_set *s, const struct opt *row, long min, long max,
	int lowers, const struct opt_origin *by, struct err *e)
{
	struct opt_state *st = state_of(s, row);

	if (!optset_has_bounds(row))
		err_set(e, "has no bounds to narrow");
	else if (row->of_user)
		err_set(e, "is every user's own, and cannot be limited");
	else if (min > max || min < row->min || max > row->max)
		err_set(e, "the bounds are not within those that it has");
	else if (min > st->max || max < st->min)
		err_set(e, "the bounds and those of %s exclude each other",
			st->narrowed);
	else
		goto good;
	return optset_say_which(row, by->where, e);
good:
	if (st->narrowed != NULL && min <= st->min && max >= st->max) {
		st->lowers &= lowers;	/* wider on both sides */
		return 0;
	}
	st->min = min > st->min ? min : st->min;
	st->max = max < st->max ? max : st->max;
	narrowed_by(s, row, lowers, by);
	return 0;
}

int optset_restrict(struct opt_set *s, const struct opt *row, const char *list,
	int lowers, const struct opt_origin *by, struct err *e)
{
	struct opt_state *st = state_of(s, row);

	if (row->type != OPT_STRING && row->type != OPT_NAME &&
		row->type != OPT_ENUM) {
		err_set(e, "has neither bounds nor words to choose from");
		return optset_say_which(row, by->where, e);
	}
	if (row->of_user) {
		err_set(e, "is every user's own, and cannot be limited");
		return optset_say_which(row, by->where, e);
	}
	optlist_add(&st->lists, mem_strdup(list));
	narrowed_by(s, row, lowers, by);
	return 0;
}

int optset_refer(const struct opt_set *s, struct err *e)
{
	const struct opt *row = optset_find(s, OPTSET_HELP);
	const char *url = row == NULL ? NULL :
		*(char *const *)(void *)((char *)s->values + row->at);
	size_t len = strlen(e->text);

	if (url != NULL)
		snprintf(e->text + len, sizeof e->text - len, "; see %s", url);
	return -1;
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
	case OPT_SALLOC:
		/* No such row is passed on. */
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

/* What another command would be given, too. */
static int is_for_others(const struct opt *row)
{
	return row->commands == NULL && row->type != OPT_STOP &&
		strcmp(row->name, "session") != 0 &&
		strcmp(row->name, "log-file") != 0;
}

void optset_typed(const struct opt_set *s, struct opt_list *words)
{
	for (const struct opt *row = NULL; (row = optset_next(s, row));) {
		const char *const *text = (const void *)((const char *)s->values +
			row->at);

		if (optset_source(s, row) != OPT_BY_COMMAND_LINE ||
			!is_for_others(row))
			continue;
		if (row->type != OPT_SALLOC)
			each_text(s, row, add_text, words);
		else if (*text != NULL)
			optlist_add(words, mem_printf("--salloc-arg=--%s%s%s",
				row->name, (*text)[0] != '\0' ? "=" : "", *text));
	}
}

void optset_words(const struct opt_set *s, struct opt_list *words)
{
	for (const struct opt *row = NULL; (row = optset_next(s, row));)
		if (optset_source(s, row) != OPT_BY_DEFAULT)
			each_text(s, row, add_text, words);
}
