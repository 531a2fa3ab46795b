/* SPDX-License-Identifier: BSD-2-Clause */
#include "pure/folderline.h"

#include <string.h>

/* Behind word if the text begins with it, else NULL. */
static const char *behind(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) == 0 ? text + len : NULL;
}

static int is_folder_line(const char *p)
{
	const char *name;

	p += strspn(p, " \t");
	if ((name = behind(p, "export ")) != NULL)
		p = name + strspn(name, " \t");
	if ((p = behind(p, "VSCODE_AGENT_FOLDER=\"")) == NULL)
		return 0;
	if ((name = behind(p, "$HOME/.")) == NULL &&
		(name = behind(p, "${HOME}/.")) == NULL)
		return 0;
	p = name + strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
	if (p == name || *p != '"')
		return 0;
	p++;
	return p[strspn(p, "; \t\r")] == '\0';
}

size_t folderline_scan(struct folderline *f, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t at = f->len;

		if (data[i] == '\n') {
			f->head[at < sizeof f->head ? at : 0] = '\0';
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
