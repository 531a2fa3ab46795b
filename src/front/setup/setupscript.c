/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The scripts are files of their own, whole, so that they can be read and checked by
 * themselves; the Makefile makes C strings of them. Between two lines of each are
 * example data, which are left out here.
 */
#include "front/setup/setupscript.h"

#include <string.h>

#include "base/shellword.h"
#include "front/setup/setuptext.h"

#define DATA "# ---- data: setup has written these lines for you\n"
#define END_OF_DATA "# ---- end of data\n"

static const char *const scripts[] = {
	[SETUPSCRIPT_SH] =
#include "front/setup/laptop.sh.inc"
		,
	[SETUPSCRIPT_POWERSHELL] =
#include "front/setup/laptop.ps1.inc"
		,
};

/* How each language writes a value, and lines that are taken as they are. */

static void put_sh(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s=", name);
	shellword_put(out, value);
	buf_puts(out, "\n");
}

static void put_powershell(struct buf *out, const char *name,
	const char *value)
{
	buf_printf(out, "$%s = '", name);
	for (; *value != '\0'; value++)
		buf_printf(out, *value == '\'' ? "''" : "%c", *value);
	buf_puts(out, "'\n");
}

static const struct language {
	void (*put)(struct buf *out, const char *name, const char *value);
	const char *entries, *settings, *host_key;	/* names */
	const char *begin, *end;	/* of lines */
} languages[] = {
	[SETUPSCRIPT_SH] = { put_sh, "entries", "settings", "host_key",
		"() {\n	cat <<'END'\n", "END\n}\n" },
	[SETUPSCRIPT_POWERSHELL] = { put_powershell, "$entries",
		"$settings", "$hostKey", " = @'\n", "'@\n" },
};

static void put_as_is(const struct language *l, const char *name,
	const struct buf *lines, struct buf *out)
{
	buf_puts(out, name);
	buf_puts(out, l->begin);
	buf_append(out, buf_data(lines), lines->len);
	/* An empty one needs an end of line all the same. */
	if (lines->len == 0)
		buf_puts(out, "\n");
	buf_puts(out, l->end);
}

static void put_entries(const struct setup *s, enum desktop_way way,
	const struct language *l, struct buf *out)
{
	struct buf lines = { 0 }, identity = { 0 }, known = { 0 };
	struct sshentry_files files;

	buf_printf(&identity, "~/.ssh/vscode-remote-shell-%s.key", s->name);
	buf_append(&identity, "", 1);
	buf_printf(&known, "~/.ssh/vscode-remote-shell-%s.known_hosts", s->name);
	buf_append(&known, "", 1);
	files = (struct sshentry_files){ buf_data(&identity), buf_data(&known) };
	sshentry_put(s, way, &files, "", &lines);
	put_as_is(l, l->entries, &lines, out);
	buf_fini(&lines);
	buf_fini(&identity);
	buf_fini(&known);
}

static void put_data(const struct setup *s, enum desktop_way way,
	const struct language *l, struct buf *out)
{
	struct buf lines = { 0 }, text = { 0 };

	buf_printf(&text, "%s@%s", s->user, s->login);
	buf_append(&text, "", 1);
	l->put(out, "name", s->name);
	l->put(out, "login", buf_data(&text));
	l->put(out, "program", s->program);
	l->put(out, "way", way == DESKTOP_PROXY ? "proxy" : "remote");
	l->put(out, "editor", s->editor->name);
	l->put(out, "folder", s->editor->folder != NULL ?
		s->editor->folder : "");
	buf_fini(&text);
	setuptext_hosts(s, &text);
	l->put(out, "hosts", buf_data(&text));
	buf_fini(&text);
	setuptext_click(s, &text);
	buf_append(&text, "", 1);
	l->put(out, "click", buf_data(&text));
	put_entries(s, way, l, out);
	for (const struct desktop_setting *row = desktop_settings;
		row->key != NULL; row++)
		if (desktop_wants(s->editor, way, row))
			buf_printf(&lines, "%s %s\n", row->key, row->value);
	put_as_is(l, l->settings, &lines, out);
	buf_fini(&lines);
	sshentry_put_host_key(s, &lines);
	put_as_is(l, l->host_key, &lines, out);
	buf_fini(&lines);
	buf_fini(&text);
}

void setupscript_put(const struct setup *s, enum desktop_way way,
	enum setupscript_kind kind, struct buf *out)
{
	const char *script = scripts[kind];
	const char *data = strstr(script, DATA), *end = strstr(data, END_OF_DATA);
	struct setup of_kind = *s;

	/* Windows' ssh has no ControlMaster. */
	if (kind == SETUPSCRIPT_POWERSHELL)
		of_kind.second_factor = 0;
	buf_append(out, script, (size_t)(data - script) + strlen(DATA));
	put_data(&of_kind, way, &languages[kind], out);
	buf_puts(out, end);
}
