/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "reaper/kind.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/tag.h"

#define PATTERN_MAX 256

/* Directory names as of 2025; a site adds more with --kind. */
static const struct kind_row builtin[] = {
	{ "vscode", ".vscode-server" },
	{ "vscode", ".vscode-server-*" },	/* -insiders, -oss */
	{ "vscode", ".vscode-remote" },
	{ "tunnel", ".vscode/cli/servers" },
	{ "tunnel", ".vscode-insiders/cli/servers" },
	{ "cursor", ".cursor-server" },
	{ "cursor", ".cursor-server-*" },
	{ "vscodium", ".vscodium-server" },
	{ "vscodium", ".vscodium-server-*" },
	{ "windsurf", ".windsurf-server" },
	{ "windsurf", ".windsurf-server-*" },
	{ "positron", ".positron-server" },
	{ "positron", ".positron-server-*" },
	{ "trae", ".trae-server" },
	{ "kiro", ".kiro-server" },
	{ "antigravity", ".antigravity-server" },
	{ "code-server", "code-server" },
	{ "code-server", "code-server-[0-9]*" },
	{ "zed", ".zed_server" },
	{ "zed", ".zed_server-*" },
	{ "jetbrains", ".cache/JetBrains/RemoteDev" },
};

static const char *const interpreters[] = {
	"sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh", "busybox",
	"node", "nodejs", "bun", "deno", "python", "python[23]",
	"python[23].[0-9]*", "perl",
};

static void add_row(struct kind *k, const char *name, const char *pattern)
{
	size_t i;

	k->row = mem_realloc(k->row, (k->n + 1) * sizeof *k->row);
	for (i = 0; i < k->names && strcmp(k->name[i], name) != 0; i++)
		;
	if (i == k->names) {
		k->name = mem_realloc(k->name,
			(k->names + 1) * sizeof *k->name);
		k->name[k->names++] = mem_strdup(name);
	}
	k->row[k->n++] = (struct kind_row){ k->name[i],
		mem_strdup(pattern) };
}

void kind_init(struct kind *k)
{
	*k = (struct kind){ 0 };
	for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
		add_row(k, builtin[i].name, builtin[i].pattern);
}

void kind_fini(struct kind *k)
{
	for (size_t i = 0; i < k->n; i++)
		free((char *)k->row[i].pattern);
	for (size_t i = 0; i < k->names; i++)
		free(k->name[i]);
	free(k->row);
	free(k->name);
	*k = (struct kind){ 0 };
}

/* A pattern that would match every path makes everybody a victim. */
int kind_add(struct kind *k, const char *word, struct err *e)
{
	const char *equals = strchr(word, '='), *pattern = equals + 1;
	char *name;

	if (equals == NULL)
		return err_set(e, "'%.80s' is not NAME=PATTERN, such as other=.other-server",
			word);
	if (strlen(pattern) >= PATTERN_MAX || pattern[0] == '/' ||
		pattern[0] == '\0' || pattern[strlen(pattern) - 1] == '/' ||
		strstr(pattern, "//") != NULL)
		return err_set(e, "'%.80s' is not a pattern of directory names, such as .other-server",
			pattern);
	for (const char *at = pattern; at != NULL; at = strchr(at, '/')) {
		at += *at == '/';
		if (strcspn(at, "/") == strspn(at, "*?"))
			return err_set(e, "'%.80s' would match any directory",
				pattern);
	}
	name = mem_strndup(word, (size_t)(equals - word));
	if (!tag_is_name(name)) {
		err_set(e, "'%.80s' is not a name: letters, digits, '.', '_' and '-'",
			name);
		free(name);
		return -1;
	}
	add_row(k, name, pattern);
	free(name);
	return 0;
}

static size_t components(const char *pattern)
{
	size_t n = 1;

	for (; *pattern != '\0'; pattern++)
		n += *pattern == '/';
	return n;
}

/*
 * Does pattern match as many components at the start of path, with something
 * of the path behind them?
 */
static int matches_here(const char *pattern, const char *path)
{
	size_t n = components(pattern), len = 0;
	char head[PATTERN_MAX * 2];

	for (; n > 0; n--) {
		len += strcspn(path + len, "/");
		if (path[len] == '\0')
			return 0;
		len++;
	}
	if (len > sizeof head)
		return 0;
	memcpy(head, path, len - 1);
	head[len - 1] = '\0';
	return fnmatch(pattern, head, FNM_PATHNAME) == 0;
}

int kind_path(const struct kind *k, const char *path)
{
	if (path[0] != '/')
		return -1;
	for (size_t i = 0; i < k->n; i++) {
		for (const char *at = path; at != NULL;
			at = strchr(at + 1, '/')) {
			if (!matches_here(k->row[i].pattern, at + 1))
				continue;
			for (size_t j = 0; j < k->names; j++)
				if (k->name[j] == k->row[i].name)
					return (int)j;
		}
	}
	return -1;
}

int kind_is_interpreter(const char *exe)
{
	const char *slash = strrchr(exe, '/');
	const char *base = slash ? slash + 1 : exe;
	char name[64];
	size_t len = strlen(base);

	/* of a program that was replaced by a newer one */
	if (len > 10 && strcmp(base + len - 10, " (deleted)") == 0)
		len -= 10;
	if (len >= sizeof name)
		return 0;
	memcpy(name, base, len);
	name[len] = '\0';
	for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++)
		if (fnmatch(interpreters[i], name, 0) == 0)
			return 1;
	return 0;
}

int kind_process(const struct kind *k, const char *exe,
	const char *script)
{
	int kind = exe ? kind_path(k, exe) : -1;

	if (kind == -1 && exe != NULL && script != NULL &&
		kind_is_interpreter(exe))
		kind = kind_path(k, script);
	return kind;
}
