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

/* Also the directory of what an administrator has changed (systemctl edit). */
static int is_known_unit(const char *name)
{
	static const char *const units[] = {
		"vscode-grim-reaper", "vscode-remote-shell-events",
		"vscode-remote-shell-metrics",
	};
	static const char *const kinds[] = {
		".service", ".service.d", ".timer", ".timer.d",
	};
	const char *kind = name + strcspn(name, ".");
	int unit = 0, known = 0;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		unit |= strlen(units[i]) == (size_t)(kind - name) &&
			strncmp(name, units[i], (size_t)(kind - name)) == 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		known |= strcmp(kind, kinds[i]) == 0;
	return unit && known;
}

static int is_drop_in(const struct dirent *d)
{
	const size_t len = strlen(d->d_name);

	return len > 5 && strcmp(d->d_name + len - 5, ".conf") == 0;
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

/* By their names; what cannot be seen has none. */
static void look_entries(struct findings *f, const char *dir,
	int (*is_entry)(const struct dirent *),
	void (*look)(struct findings *f, const char *path, const char *name))
{
	struct dirent **entry;
	int n = scandir(dir, &entry, is_entry, alphasort);

	for (int i = 0; i < n; i++) {
		char *path = mem_printf("%s/%s", dir, entry[i]->d_name);

		look(f, path, entry[i]->d_name);
		free(path);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
}

/* A unit, a part of one, or a directory of parts. */
static void look_file(struct findings *f, const char *path, const char *name)
{
	struct buf text = { 0 };
	struct err e;

	(void)name;
	if (!findings_path(f, AUDITMODE_OURS, path, 0))
		return;
	buf_puts(&text, "\n");
	if (conffile_read(path, &text, &e) == 1)
		look_commands(f, &text);
	buf_fini(&text);
	look_entries(f, path, is_drop_in, look_file);
}

/* systemctl mask has made it a link to /dev/null, which all may write to. */
static int is_masked(const char *path)
{
	char *real = realpath(path, NULL);
	const int masked = real != NULL && strcmp(real, "/dev/null") == 0;

	free(real);
	return masked;
}

static void look_unit(struct findings *f, const char *path, const char *name)
{
	if (!is_known_unit(name))
		findings_add(f, "%s: it is no unit of this program, which has no daemon; see who made it",
			path);
	else if (!is_masked(path))
		look_file(f, path, name);
}

void auditunit_look(struct findings *f)
{
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *real = realpath(places[i], NULL);

		/* One that is a link to another is looked at there. */
		if (real != NULL && (i == 0 || strcmp(real, places[i]) == 0))
			look_entries(f, real, auditunit_is_entry, look_unit);
		free(real);
	}
}
