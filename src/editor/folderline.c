/* SPDX-License-Identifier: BSD-2-Clause */
#include "editor/folderline.h"

#include <string.h>

#define NAME "VSCODE_AGENT_FOLDER"

/* Does this value name a folder of the home directory? */
static int is_home_folder(const struct scriptline_word *w)
{
	const char *p = scriptline_behind(w->value, "\"$HOME/."), *name = p;

	if (name == NULL)
		name = p = scriptline_behind(w->value, "\"${HOME}/.");
	if (name == NULL)
		return 0;
	p += strspn(name, SCRIPTLINE_NAME "-");
	return p > name && *p == '"' && p + 1 == w->value + w->value_len;
}

/*
 * Assignments and nothing else, one of them that of the folder. Those behind it
 * must not use it: they would still have the other one.
 */
static int is_folder_line(const char *p)
{
	struct scriptline_word w;
	int found = 0;

	while ((p = scriptline_next(p, &w)) != NULL && w.name != NULL)
		if (scriptline_behind(w.name, NAME "=") != NULL &&
			is_home_folder(&w))
			found = strstr(w.value, NAME) == NULL;
	return p != NULL && found;
}

size_t folderline_scan(struct folderline *f, const char *data, size_t len)
{
	size_t at = 0, n;

	while ((n = scriptline_take(&f->line, data + at, len - at)) > 0) {
		at += n;
		if (is_folder_line(f->line.head))
			return at;
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
