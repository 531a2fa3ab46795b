/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/jsonmerge.h"

#include <string.h>

#define DEPTH_MAX 64

/* A piece of a text, not terminated. */
struct piece {
	const char *at;
	size_t len;
};

struct member {
	struct piece key, value;	/* the key with its quotes */
	int present;			/* in the other object, too */
};

struct reader {
	const char *text, *at, *end;
	const char *solid;	/* behind the last byte that is not blank */
	int in_line_comment;	/* solid is the end of one, which the line's ends */
	struct err *e;
};

/* Where the members of an object are. */
struct body {
	const char *first;	/* the first key; NULL: there are no members */
	const char *last;	/* behind the last value, or behind the brace */
	int comma;		/* one is behind that */
	const char *tail;	/* behind the last that is not blank in it */
	int line_comment;	/* that is a comment which the line's end ends */
	const char *close;	/* its closing brace */
};

static int fail_at(const struct reader *r, const char *at, const char *what)
{
	size_t line = 1;

	for (const char *p = r->text; p < at; p++)
		line += *p == '\n';
	return err_set(r->e, "line %zu: %s", line, what);
}

static int is_json_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static int jsonmerge_begins(const struct reader *r, const char *word)
{
	const size_t n = strlen(word);

	return (size_t)(r->end - r->at) >= n && memcmp(r->at, word, n) == 0;
}

/* -1 with e set: a comment has no end. */
static int skip_comment(struct reader *r)
{
	const char *from = r->at;

	r->in_line_comment = r->at[1] == '/';
	for (r->at += 2; r->at < r->end; r->at++)
		if (r->in_line_comment ? is_line_end(*r->at) :
			jsonmerge_begins(r, "*/"))
			break;
	if (!r->in_line_comment) {
		if (r->at == r->end)
			return fail_at(r, from, "a comment has no end");
		r->at += 2;
	}
	r->solid = r->at;
	return 0;
}

static int skip_space(struct reader *r)
{
	for (; r->at < r->end; ) {
		if (is_json_blank(*r->at))
			r->at++;
		else if (!jsonmerge_begins(r, "//") && !jsonmerge_begins(r, "/*"))
			break;
		else if (skip_comment(r) == -1)
			return -1;
	}
	return 0;
}

static void pass_over(struct reader *r, size_t n)
{
	r->at += n;
	r->solid = r->at;
	r->in_line_comment = 0;
}

/* 1: c was next, and is passed over; what is behind it is, too. */
static int jsonmerge_take(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return 0;
	pass_over(r, 1);
	return skip_space(r) == -1 ? -1 : 1;
}

/* How long the escape is that stands there; 0: it is none. */
static size_t escape_len(const struct reader *r)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (r->end - r->at < 2)
		return 0;
	if (r->at[1] != 'u')
		return memchr("\"\\/bfnrt", r->at[1], 8) != NULL ? 2 : 0;
	for (int i = 2; i < 6; i++)
		if (r->end - r->at <= i || memchr(hex, r->at[i], sizeof hex - 1) == NULL)
			return 0;
	return 6;
}

static int read_string(struct reader *r)
{
	const char *from = r->at;
	size_t n = 1;

	do {
		r->at += n;
		if (r->at == r->end || (unsigned char)*r->at < 0x20)
			return fail_at(r, from, "a string has no end");
		n = *r->at == '\\' ? escape_len(r) : 1;
		if (n == 0)
			return fail_at(r, r->at, "a backslash begins nothing that is known");
	} while (*r->at != '"');
	pass_over(r, 1);
	return 0;
}

static void pass_digits(struct reader *r)
{
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
}

/* At a sign or a digit. */
static int read_number(struct reader *r)
{
	const char *from = r->at, *part;

	r->at += *r->at == '-';
	part = r->at;
	pass_digits(r);
	if (r->at == part || (*part == '0' && r->at > part + 1))
		return fail_at(r, from, "this is no number");
	if (r->at < r->end && *r->at == '.') {
		part = ++r->at;
		pass_digits(r);
		if (r->at == part)
			return fail_at(r, from, "this is no number");
	}
	if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
		r->at++;
		r->at += r->at < r->end && (*r->at == '+' || *r->at == '-');
		part = r->at;
		pass_digits(r);
		if (r->at == part)
			return fail_at(r, from, "this is no number");
	}
	pass_over(r, 0);
	return 0;
}

static int read_word(struct reader *r)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (jsonmerge_begins(r, words[i])) {
			pass_over(r, strlen(words[i]));
			return 0;
		}
	return fail_at(r, r->at, "there is no value");
}

static int read_value(struct reader *r, int depth);

/* A key, its colon and its value, up to the end of that. */
static int read_member(struct reader *r, struct member *m, int depth)
{
	m->key.at = r->at;
	if (r->at == r->end || *r->at != '"')
		return fail_at(r, r->at, "there is no name in quotes");
	if (read_string(r) == -1)
		return -1;
	m->key.len = (size_t)(r->at - m->key.at);
	if (skip_space(r) == -1)
		return -1;
	if (r->at == r->end || *r->at != ':')
		return fail_at(r, r->at, "there is no colon behind a name");
	if (jsonmerge_take(r, ':') == -1)
		return -1;
	m->value.at = r->at;
	if (read_value(r, depth) == -1)
		return -1;
	m->value.len = (size_t)(r->at - m->value.at);
	return 0;
}

/*
 * The members of an object, its closing brace not yet passed over; each is given to
 * seen(), whose -1 ends it.
 */
static int read_members(struct reader *r, struct body *b, int depth,
	int (*seen)(struct reader *r, const struct member *m, void *arg), void *arg)
{
	int more = 1;

	*b = (struct body){ .last = r->at };
	if (jsonmerge_take(r, '{') == -1)
		return -1;
	b->last++;
	while (more && (r->at == r->end || *r->at != '}')) {
		struct member m = { .present = 0 };

		if (read_member(r, &m, depth + 1) == -1 ||
			(seen != NULL && seen(r, &m, arg) == -1))
			return -1;
		b->first = b->first != NULL ? b->first : m.key.at;
		b->last = r->at;
		if (skip_space(r) == -1 || (more = jsonmerge_take(r, ',')) == -1)
			return -1;
		b->comma = more;
	}
	if (r->at == r->end || *r->at != '}')
		return fail_at(r, r->at, "there is neither a comma nor a closing brace");
	b->tail = r->solid;
	b->line_comment = r->in_line_comment;
	b->close = r->at;
	return 0;
}

static int read_elements(struct reader *r, int depth)
{
	int more = 1;

	if (jsonmerge_take(r, '[') == -1)
		return -1;
	while (more && (r->at == r->end || *r->at != ']'))
		if (read_value(r, depth + 1) == -1 || skip_space(r) == -1 ||
			(more = jsonmerge_take(r, ',')) == -1)
			return -1;
	if (r->at == r->end || *r->at != ']')
		return fail_at(r, r->at, "there is neither a comma nor a closing bracket");
	pass_over(r, 1);
	return 0;
}

/* Up to the end of it: what is behind may be the place for something. */
static int read_value(struct reader *r, int depth)
{
	struct body b;

	if (depth > DEPTH_MAX)
		return fail_at(r, r->at, "it is nested too deep");
	if (r->at == r->end)
		return fail_at(r, r->at, "there is no value");
	if (*r->at == '[')
		return read_elements(r, depth);
	if (*r->at == '"')
		return read_string(r);
	if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
		return read_number(r);
	if (*r->at != '{')
		return read_word(r);
	if (read_members(r, &b, depth, NULL, NULL) == -1)
		return -1;
	pass_over(r, 1);
	return 0;
}

/* All of a text, which is one object. */
static int read_object(const char *text, size_t len, struct body *b,
	int (*seen)(struct reader *r, const struct member *m, void *arg), void *arg,
	struct err *e)
{
	struct reader r = { .text = text, .at = text, .end = text + len,
		.solid = text, .e = e };

	if (len == 0)
		return err_set(e, "it is empty");
	if (skip_space(&r) == -1)
		return -1;
	if (r.at == r.end || *r.at != '{')
		return fail_at(&r, r.at, "it is no object");
	if (read_members(&r, b, 0, seen, arg) == -1)
		return -1;
	pass_over(&r, 1);
	if (skip_space(&r) == -1)
		return -1;
	return r.at == r.end ? 0 : fail_at(&r, r.at, "something is behind the object");
}

static int same(const struct piece *a, const struct piece *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

static int has_backslash(const struct piece *p)
{
	return memchr(p->at, '\\', p->len) != NULL;
}

/* What is put in. */
struct members {
	size_t n;
	struct member member[JSONMERGE_KEYS];
};

static int add_member(struct reader *r, const struct member *m, void *arg)
{
	struct members *all = arg;

	if (has_backslash(&m->key))
		return fail_at(r, m->key.at, "a name has a backslash");
	if (all->n == JSONMERGE_KEYS)
		return fail_at(r, m->key.at, "there are too many names");
	for (size_t i = 0; i < all->n; i++)
		if (same(&all->member[i].key, &m->key))
			return fail_at(r, m->key.at, "a name is there twice");
	all->member[all->n++] = *m;
	return 0;
}

static int find_member(struct reader *r, const struct member *m, void *arg)
{
	struct members *all = arg;

	if (has_backslash(&m->key))
		return fail_at(r, m->key.at, "a name has a backslash, and may be any");
	for (size_t i = 0; i < all->n; i++)
		all->member[i].present |= same(&all->member[i].key, &m->key);
	return 0;
}

static int read_from(struct members *all, const char *from, size_t len,
	struct err *e)
{
	struct body b;

	all->n = 0;
	return read_object(from, len, &b, add_member, all, e);
}

int jsonmerge_check(const char *from, size_t len, struct err *e)
{
	struct members all;

	return read_from(&all, from, len, e);
}

/* What stands before the first member: the end of a line and its indent, or blanks. */
static struct piece separator(const char *text, const struct body *b)
{
	static const char tab[] = "\n\t";
	const char *at = b->first;

	if (at == NULL)
		return (struct piece){ tab, sizeof tab - 1 };
	while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	if (at > text && is_line_end(at[-1])) {
		at--;
		at -= *at == '\n' && at > text && at[-1] == '\r';
	} else if (b->line_comment) {
		return (struct piece){ tab, sizeof tab - 1 };
	}
	return (struct piece){ at, (size_t)(b->first - at) };
}

static int has_line_end(const char *at, size_t len)
{
	while (len > 0 && !is_line_end(*at)) {
		at++;
		len--;
	}
	return len > 0;
}

static void put_members(struct buf *out, const struct members *all,
	const struct piece *sep)
{
	int any = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct member *m = &all->member[i];

		if (m->present)
			continue;
		buf_puts(out, any ? "," : "");
		buf_append(out, sep->at, sep->len);
		buf_append(out, m->key.at, m->key.len);
		buf_puts(out, ": ");
		buf_append(out, m->value.at, m->value.len);
		any = 1;
	}
}

/*
 * A comma goes right behind the last value, the members behind the comment that may
 * follow it.
 */
static void put_merged(struct buf *out, const char *text, size_t len,
	const struct body *b, const struct members *all)
{
	const struct piece sep = separator(text, b);
	const size_t rest = (size_t)(b->close - b->tail);

	buf_append(out, text, (size_t)(b->last - text));
	if (b->first != NULL && !b->comma)
		buf_puts(out, ",");
	buf_append(out, b->last, (size_t)(b->tail - b->last));
	put_members(out, all, &sep);
	if (has_line_end(sep.at, sep.len) && !has_line_end(b->tail, rest))
		buf_puts(out, "\n");
	buf_append(out, b->tail, (size_t)(text + len - b->tail));
}

int jsonmerge(const char *text, size_t len, const char *from, size_t from_len,
	struct buf *out, struct err *e)
{
	static const char none[] = "{}\n";
	struct members all;
	struct body b;
	size_t blanks = 0, lacks = 0;

	while (blanks < len && is_json_blank(text[blanks]))
		blanks++;
	if (blanks == len) {
		text = none;
		len = sizeof none - 1;
	}
	if (read_from(&all, from, from_len, e) == -1)
		return err_prefix(e, "what is to be put in: ");
	if (read_object(text, len, &b, find_member, &all, e) == -1)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		lacks += !all.member[i].present;
	if (lacks > 0)
		put_merged(out, text, len, &b, &all);
	return lacks > 0;
}
