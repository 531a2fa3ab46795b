/* SPDX-License-Identifier: BSD-2-Clause */
/* Units by their names, in all places where systemd looks for a system's. */
#include "front/audit/auditunit.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/conffile.h"

static const char *const places[] = {
	"/etc/systemd/system", "/run/systemd/system",
	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system",
};

static int auditunit_is_entry(const struct dirent *d)
{
	return strncmp(d->d_name, "vscode-", 7) == 0;
}

static int is_reapers(const char *name)
{
	return strcmp(name, "vscode-grim-reaper.service") == 0 ||
		strcmp(name, "vscode-grim-reaper.timer") == 0;
}

/* What it runs: the path behind each ExecStart= and its like. */
static void look_commands(struct findings *f, struct buf *text)
{
	static const char key[] = "\nExec";
	char *at, *end;

	buf_append(text, "", 1);
	for (at = buf_data(text); (at = strstr(at, key)) != NULL;) {
		at += strlen(key);
		end = at + strcspn(at, "\n");
		at += strcspn(at, "=\n");
		/* systemd's own marks before the path */
		at += strspn(at, "=-@:+! ");
		if (at < end && *at == '/') {
			char *path = mem_strndup(at, strcspn(at, " \t\n"));

			findings_path(f, AUDITMODE_OURS, path, 1);
			free(path);
		}
		at = end;
	}
}

static void look_unit(struct findings *f, const char *path, const char *name)
{
	struct buf text = { 0 };
	struct err e;

	if (!is_reapers(name)) {
		findings_add(f, "%s: it is no unit of this program, which has no daemon; see who made it",
			path);
		return;
	}
	if (!findings_path(f, AUDITMODE_OURS, path, 0))
		return;
	buf_puts(&text, "\n");
	if (conffile_read(path, &text, &e) == 1)
		look_commands(f, &text);
	buf_fini(&text);
}

void auditunit_look(struct findings *f)
{
	struct dirent **entry;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *real = realpath(places[i], NULL);
		int n = real != NULL && (i == 0 || strcmp(real, places[i]) == 0) ?
			scandir(real, &entry, auditunit_is_entry, alphasort) : -1;

		for (int k = 0; k < n; k++) {
			char *path = mem_printf("%s/%s", real, entry[k]->d_name);

			look_unit(f, path, entry[k]->d_name);
			free(path);
			free(entry[k]);
		}
		if (n >= 0)
			free(entry);
		free(real);
	}
}
