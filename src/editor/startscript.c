/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that is wanted stands in assignments at the top of the script, which says
 * (0.65 to 0.128):
 *	COMMIT_ID="HEX40"
 *	QUALITY="stable"		newer ones only
 *	VSCODE_AGENT_FOLDER="$HOME/.vscode-server"
 *	CLI_NAME_IN_ARCHIVE="code"	with an exec server
 *	VSCH_DIR="$VSCODE_AGENT_FOLDER/bin/$COMMIT_ID"	without, whatever its name is
 * The folder's own name tells the quality, and editors that came of VS Code apart.
 */
#include "editor/startscript.h"

#include <string.h>

/* More than stands before the last of these, and than what is asked before them. */
#define SEEN_MAX (64 << 10)

static const struct quality {
	const char *folder, *quality, *cli;
} qualities[] = {
	{ ".vscode-server", "stable", "code" },
	{ ".vscode-server-insiders", "insider", "code-insiders" },
	{ ".vscode-server-exploration", "exploration", "code-exploration" },
};
#define N_QUALITIES (sizeof qualities / sizeof *qualities)

static const struct quality *quality_of_folder(const char *folder)
{
	const char *name = strrchr(folder, '/');

	for (size_t i = 0; name != NULL && i < N_QUALITIES; i++)
		if (strcmp(name + 1, qualities[i].folder) == 0)
			return &qualities[i];
	return NULL;
}

/* The value without quotes. -1: it has some inside, or no room. */
static int plain_value(const struct scriptline_word *w, char *out, size_t size)
{
	const char *p = w->value;
	size_t len = w->value_len;

	if (len >= 2 && strchr("\"'", *p) != NULL && p[len - 1] == *p) {
		/* In which no variable is one. */
		if (*p == '\'' && memchr(p, '$', len) != NULL)
			return -1;
		p++;
		len -= 2;
	}
	if (len >= size || memchr(p, '"', len) != NULL ||
		memchr(p, '\'', len) != NULL || memchr(p, '\\', len) != NULL)
		return -1;
	memcpy(out, p, len);
	out[len] = '\0';
	return 0;
}

static int take_commit(struct startscript_wants *w, const char *value)
{
	if (strlen(value) != STARTSCRIPT_COMMIT ||
		value[strspn(value, "0123456789abcdef")] != '\0')
		return -1;
	memcpy(w->commit, value, STARTSCRIPT_COMMIT + 1);
	return 0;
}

static int take_quality(struct startscript_wants *w, const char *value)
{
	for (size_t i = 0; i < N_QUALITIES; i++) {
		if (strcmp(value, qualities[i].quality) != 0)
			continue;
		if (w->quality != NULL && w->quality != qualities[i].quality)
			return -1;
		w->quality = qualities[i].quality;
		return 0;
	}
	return -1;
}

/* "", "." or "..", of a path from here to its next slash. */
static int is_no_name(const char *p)
{
	size_t len = strcspn(p, "/");

	return len <= 2 && strspn(p, ".") >= len;
}

/* No variable in it, no sign that steers a terminal, no way up. */
static int is_good_path(const char *path)
{
	for (const char *p = path; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || strchr("$`\177", *p) != NULL ||
			(*p == '/' && is_no_name(p + 1)))
			return 0;
	return *path == '/';
}

static int take_folder(struct startscript_wants *w, const char *value)
{
	const char *path = scriptline_behind(value, "$HOME");

	if (path == NULL)
		path = scriptline_behind(value, "${HOME}");
	w->in_home = path != NULL;
	path = path != NULL ? path : value;
	if (!is_good_path(path) || quality_of_folder(path) == NULL ||
		strlen(path) >= sizeof w->folder)
		return -1;
	strcpy(w->folder, path);
	return take_quality(w, quality_of_folder(path)->quality);
}

static int take_cli(struct startscript_wants *w, const char *value)
{
	for (size_t i = 0; i < N_QUALITIES; i++) {
		if (strcmp(value, qualities[i].cli) != 0)
			continue;
		w->kind = STARTSCRIPT_CLI;
		return take_quality(w, qualities[i].quality);
	}
	return -1;
}

static const struct assignment {
	const char *name;
	int (*take)(struct startscript_wants *, const char *value);
} assignments[] = {
	{ "COMMIT_ID", take_commit },
	{ "QUALITY", take_quality },
	{ "VSCODE_AGENT_FOLDER", take_folder },
	{ "CLI_NAME_IN_ARCHIVE", take_cli },
};

static int is_bin_folder(const char *value)
{
	static const char *const forms[] = {
		"$VSCODE_AGENT_FOLDER/bin/$COMMIT_ID",
		"${VSCODE_AGENT_FOLDER}/bin/${COMMIT_ID}",
	};

	return strcmp(value, forms[0]) == 0 || strcmp(value, forms[1]) == 0;
}

static void take_assignment(struct startscript *s, const struct scriptline_word *w)
{
	char value[STARTSCRIPT_FOLDER_MAX];
	int is_plain = plain_value(w, value, sizeof value) == 0;

	for (size_t i = 0; i < sizeof assignments / sizeof *assignments; i++) {
		const struct assignment *a = &assignments[i];

		if (strlen(a->name) == w->name_len &&
			memcmp(a->name, w->name, w->name_len) == 0) {
			if (!is_plain || a->take(&s->wants, value) == -1)
				s->is_other = 1;
			return;
		}
	}
	/* The first of both says which kind it is. */
	if (is_plain && is_bin_folder(value) &&
		s->wants.kind == STARTSCRIPT_NO_KIND)
		s->wants.kind = STARTSCRIPT_BIN;
}

/* A line of assignments only; in front of a command they would be that's. */
static void assignments_of_line(struct startscript *s)
{
	struct scriptline_word w;
	const char *p = s->line.head;

	while ((p = scriptline_next(p, &w)) != NULL && w.name != NULL)
		;
	if (p == NULL)
		return;
	for (p = s->line.head; (p = scriptline_next(p, &w)) != NULL &&
		w.name != NULL;)
		take_assignment(s, &w);
}

static int is_whole(const struct startscript_wants *w)
{
	return w->kind != STARTSCRIPT_NO_KIND && w->commit[0] != '\0' &&
		w->folder[0] != '\0' && w->quality != NULL;
}

static enum startscript_state startscript_state(const struct startscript *s)
{
	if (s->is_other)
		return STARTSCRIPT_NEVER;
	if (is_whole(&s->wants))
		return STARTSCRIPT_KNOWN;
	return s->seen == SEEN_MAX ? STARTSCRIPT_NEVER : STARTSCRIPT_MORE;
}

enum startscript_state startscript_feed(struct startscript *s, const char *data,
	size_t len)
{
	size_t n;

	if (startscript_state(s) != STARTSCRIPT_MORE)
		return startscript_state(s);
	if (len > SEEN_MAX - s->seen)
		len = SEEN_MAX - s->seen;
	s->seen += len;
	while (!s->is_other && !is_whole(&s->wants) &&
		(n = scriptline_take(&s->line, data, len)) > 0) {
		assignments_of_line(s);
		data += n;
		len -= n;
	}
	return startscript_state(s);
}
