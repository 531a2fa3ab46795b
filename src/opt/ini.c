/* SPDX-License-Identifier: BSD-2-Clause */
#include "opt/ini.h"

#include <string.h>

static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
static const char in_key[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
static const char in_section[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int is_comment(char c)
{
	return c == ';' || c == '#';
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && is_blank(*s))
		s++;
	return s;
}

/* Nothing more, or a comment. */
static int is_over(const char *s, const char *end)
{
	const char *next = skip_blanks(s, end);

	return next == end || (next > s && is_comment(*next));
}

/*
 * Bytes of these at *s, INI_NAME_MAX at most, into out and passed over. -1: none,
 * or more.
 */
static int take_name(char *out, const char **s,
	const char *end, const char *bytes)
{
	size_t n = 0;

	while (*s + n < end && (*s)[n] != '\0' &&
		strchr(bytes, (*s)[n]) != NULL)
		n++;
	if (n == 0 || n > INI_NAME_MAX)
		return -1;
	memcpy(out, *s, n);
	out[n] = '\0';
	*s += n;
	return 0;
}

static int read_section(struct ini_line *l, const char *s, const char *end,
	struct err *e)
{
	size_t len = 0, n = 0;

	s = skip_blanks(s + 1, end);
	do {
		if (len > 0)
			l->name[len++] = ' ';
		if (take_name(l->name + len, &s, end, in_section) == -1)
			return err_set(e, "is no [SECTION]: a name in it has letters, digits, '.', '_' and '-', at most %d",
				INI_NAME_MAX);
		len += strlen(l->name + len);
		s = skip_blanks(s, end);
	} while (++n < INI_WORDS_MAX && s < end &&
		strchr(in_section, *s) != NULL);
	if (s == end || *s != ']' || !is_over(s + 1, end))
		return err_set(e, "is no [SECTION]: it ends with ']', and a comment may follow");
	l->kind = INI_SECTION;
	return 0;
}

static int read_quoted(struct ini_line *l, const char *s, const char *end,
	struct err *e)
{
	const char *close = memchr(s + 1, '"', (size_t)(end - s) - 1);

	if (close == NULL || !is_over(close + 1, end))
		return err_set(e, "%s: a value that begins with '\"' ends with the next, and only a comment may follow",
			l->name);
	memcpy(l->value, s + 1, (size_t)(close - s) - 1);
	l->value[close - s - 1] = '\0';
	return 0;
}

static void read_plain(struct ini_line *l, const char *s, const char *end)
{
	const char *at = s;

	while (at < end && !(is_comment(*at) && at > s && is_blank(at[-1])))
		at++;
	while (at > s && is_blank(at[-1]))
		at--;
	memcpy(l->value, s, (size_t)(at - s));
	l->value[at - s] = '\0';
}

static int read_pair(struct ini_line *l, const char *s, const char *end,
	struct err *e)
{
	if (strchr(lower, *s) == NULL ||
		take_name(l->name, &s, end, in_key) == -1)
		return err_set(e, "is neither KEY = VALUE nor [SECTION]; a key has small letters, digits and '-'");
	s = skip_blanks(s, end);
	if (s == end || *s != '=')
		return err_set(e, "is neither KEY = VALUE nor [SECTION]; behind '%s' comes no '='",
			l->name);
	/* A comment may follow at once: then there is no value. */
	s = skip_blanks(s + 1, end);
	if (s < end && *s == '"') {
		if (read_quoted(l, s, end, e) == -1)
			return -1;
	} else if (s < end && !is_comment(*s)) {
		read_plain(l, s, end);
	}
	if (l->value[0] == '\0')
		return err_set(e, "%s: has no value; leave the line out, or put one that begins with ';' or '#' between '\"'",
			l->name);
	l->kind = INI_PAIR;
	return 0;
}

int ini_read_line(struct ini_line *l, const char *text, size_t len,
	struct err *e)
{
	const char *end, *s;

	l->kind = INI_NOTHING;
	l->name[0] = l->value[0] = '\0';
	if (len > 0 && text[len - 1] == '\r')
		len--;
	if (len > INI_LINE_MAX)
		return err_set(e, "is longer than %d bytes", INI_LINE_MAX);
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') ||
			text[i] == 0x7f)
			return err_set(e, "has a control character, byte %zu",
				i + 1);
	end = text + len;
	s = skip_blanks(text, end);
	if (s == end || is_comment(*s))
		return 0;
	return *s == '[' ? read_section(l, s, end, e) :
		read_pair(l, s, end, e);
}

int ini_read(const char *text, size_t len,
	int (*take)(const struct ini_line *, void *, struct err *),
	void *arg, size_t *number, struct err *e)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t at = len >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
	struct ini_line l;

	for (*number = 1; at < len; ++*number) {
		const char *nl = memchr(text + at, '\n', len - at);
		size_t n = nl != NULL ? (size_t)(nl - text) - at : len - at;

		if (ini_read_line(&l, text + at, n, e) == -1 ||
			(l.kind != INI_NOTHING && take(&l, arg, e) == -1))
			return -1;
		at += n + (nl != NULL);
	}
	return 0;
}
