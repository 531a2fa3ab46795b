/* SPDX-License-Identifier: BSD-2-Clause */
#include "editor/folderline.h"

#include <string.h>

/* Behind word if the text begins with it, else NULL. */
static const char *behind(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) == 0 ? text + len : NULL;
}

#define BLANKS " \t"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define NAME "VSCODE_AGENT_FOLDER"

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
		} else if (quote == '\0' && strchr(LETTERS DIGITS
			"_-./:=+,@%~^${}", *p) == NULL) {
			return NULL;
		}
	}
	return quote == '\0' ? p : NULL;
}

/* Does this value, from its first byte, name a folder of the home directory? */
static int is_home_folder(const char *p)
{
	const char *name = behind(p, "\"$HOME/.");

	if (name == NULL && (name = behind(p, "\"${HOME}/.")) == NULL)
		return 0;
	p = name + strspn(name, LETTERS DIGITS "-_");
	return p > name && *p == '"' && ends_word(p + 1);
}

/*
 * Assignments and nothing else, one of them that of the folder. Those behind it
 * must not use it: they would still have the other one.
 */
static int is_folder_line(const char *p)
{
	int found = 0;

	for (p += strspn(p, BLANKS); *p != '\0'; p += strspn(p, BLANKS ";\r")) {
		const char *value = behind(p, "export ");

		p = value != NULL ? value + strspn(value, BLANKS) : p;
		value = p + strspn(p, LETTERS DIGITS "_");
		if (value == p || *value != '=' || strchr(DIGITS, *p) != NULL)
			return 0;
		if (behind(p, NAME "=") != NULL && is_home_folder(value + 1))
			found = strstr(value, NAME) == NULL;
		p = behind_value(value + 1);
		if (p == NULL)
			return 0;
	}
	return found;
}

/* Does the next line continue this one? None continues a comment. */
static int goes_on(const char *line, size_t len)
{
	size_t slashes = 0;

	while (slashes < len && line[len - 1 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 1 && line[strspn(line, BLANKS)] != '#';
}

size_t folderline_scan(struct folderline *f, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t at = f->len;

		if (data[i] == '\n') {
			f->head[at < sizeof f->head ? at : 0] = '\0';
			if (at < sizeof f->head && goes_on(f->head, at)) {
				f->head[at - 1] = ' ';
				continue;
			}
			f->len = 0;
			if (is_folder_line(f->head))
				return i + 1;
		} else if (data[i] == '\0') {
			f->len = sizeof f->head;	/* as if too long */
		} else if (at < sizeof f->head) {
			f->head[at] = data[i];
			f->len++;
		}
	}
	return 0;
}

void folderline_put(struct buf *out, const char *dir)
{
	buf_puts(out, "VSCODE_AGENT_FOLDER='");
	for (; *dir != '\0'; dir++) {
		if (*dir == '\'')
			buf_puts(out, "'\\''");
		else
			buf_append(out, dir, 1);
	}
	buf_puts(out, "'/\"${VSCODE_AGENT_FOLDER##*/}\"\n");
}
