/* SPDX-License-Identifier: BSD-2-Clause */
#include "editor/scriptline.h"

#include <string.h>

#define BLANKS SCRIPTLINE_BLANKS
#define DIGITS "0123456789"

const char *scriptline_behind(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) == 0 ? text + len : NULL;
}

/* Is this the end of a word, and not only of a part of it? */
static int ends_word(const char *p)
{
	return *p == '\0' || strchr(BLANKS ";\r", *p) != NULL;
}

/*
 * Behind a value in which nothing is run and that ends in this line, or NULL.
 * What else a shell knows has no place in a line of assignments.
 */
static const char *behind_value(const char *p)
{
	char quote = '\0';

	for (; *p != '\0' && (quote != '\0' || !ends_word(p)); p++) {
		if (quote == '\'') {
			quote = *p == '\'' ? '\0' : quote;
		} else if (*p == '`' || (*p == '$' && p[1] == '(')) {
			return NULL;
		} else if (*p == '\\' && quote == '"' && p[1] != '\0') {
			p++;
		} else if (*p == '"') {
			quote = quote == '"' ? '\0' : '"';
		} else if (*p == '\'' && quote == '\0') {
			quote = '\'';
		} else if (quote == '\0' && strchr(SCRIPTLINE_NAME
			"-./:=+,@%~^${}", *p) == NULL) {
			return NULL;
		}
	}
	return quote == '\0' ? p : NULL;
}

const char *scriptline_next(const char *p, struct scriptline_word *w)
{
	const char *name;

	*w = (struct scriptline_word){ 0 };
	p += strspn(p, BLANKS);
	if (*p == '\0')
		return p;
	name = scriptline_behind(p, "export ");
	name = name != NULL ? name + strspn(name, BLANKS) : p;
	w->name_len = strspn(name, SCRIPTLINE_NAME);
	w->value = name + w->name_len + 1;
	if (w->name_len == 0 || name[w->name_len] != '=' ||
		strchr(DIGITS, *name) != NULL)
		return NULL;
	w->name = name;
	p = behind_value(w->value);
	if (p == NULL)
		return NULL;
	w->value_len = p - w->value;
	return p + strspn(p, BLANKS ";\r");
}

/* Does the next line continue this one? None continues a comment. */
static int goes_on(const char *line, size_t len)
{
	size_t slashes = 0;

	while (slashes < len && line[len - 1 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 1 && line[strspn(line, BLANKS)] != '#';
}

size_t scriptline_take(struct scriptline *l, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t at = l->len;

		if (data[i] == '\n') {
			l->head[at < sizeof l->head ? at : 0] = '\0';
			if (at < sizeof l->head && goes_on(l->head, at)) {
				l->head[at - 1] = ' ';
				continue;
			}
			l->len = 0;
			return i + 1;
		}
		if (data[i] == '\0') {
			l->len = sizeof l->head;	/* as if too long */
		} else if (at < sizeof l->head) {
			l->head[at] = data[i];
			l->len++;
		}
	}
	return 0;
}
