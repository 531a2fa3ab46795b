/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths as they are found, and lines about them. Nothing is opened but
 * directories, and nothing is changed.
 */
#include "front/audit/findings.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vis.h"

void findings_fini(struct findings *f)
{
	buf_fini(&f->text);
	optlist_free(&f->seen);
}

void findings_add(struct findings *f, const char *fmt, ...)
{
	char seen[2048], *line;
	va_list ap;

	va_start(ap, fmt);
	line = mem_vprintf(fmt, ap);
	va_end(ap);
	buf_printf(&f->text, "%.*s\n", (int)vis_encode(seen, sizeof seen, line,
		strlen(line)), seen);
	f->n++;
	free(line);
}

/* Whether it was looked at before, which it is from now on. */
static int was_seen(struct findings *f, const char *path)
{
	if (optlist_has(&f->seen, path))
		return 1;
	optlist_add(&f->seen, mem_strdup(path));
	return 0;
}

/* One component, as it is: no link is followed. */
static void findings_one(struct findings *f, enum auditmode mode, const char *path,
	uid_t owner)
{
	struct stat st;
	struct err e;

	/* Of what is private there may be a hundred thousand, which are found once. */
	if (mode != AUDITMODE_PRIVATE && was_seen(f, path))
		return;
	if (lstat(path, &st) == -1 || S_ISLNK(st.st_mode))
		return;
	if (auditmode_look(mode, &st, owner, &e) == -1)
		findings_add(f, "%s: %s", path, e.text);
}

/* Each directory above the last component, from / on. */
static void look_above(struct findings *f, const char *path)
{
	char *copy = mem_strdup(path);

	findings_one(f, AUDITMODE_ABOVE, "/", f->owner);
	for (char *at = strchr(copy + 1, '/'); at != NULL;
		at = strchr(at + 1, '/')) {
		*at = '\0';
		findings_one(f, AUDITMODE_ABOVE, copy, f->owner);
		*at = '/';
	}
	free(copy);
}

int findings_path(struct findings *f, enum auditmode mode, const char *path,
	int must)
{
	char *real = path[0] == '/' ? realpath(path, NULL) : NULL;

	if (real == NULL) {
		if (must && !was_seen(f, path))
			findings_add(f, "%s: %s; it is needed", path,
				path[0] == '/' ? strerror(errno) :
				"that is no full path");
		return 0;
	}
	look_above(f, path);	/* where links to it are */
	look_above(f, real);
	findings_one(f, mode, real, f->owner);
	free(real);
	return 1;
}

static int is_entry(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* The entries, by their names; -1: none can be seen. */
static int entries(const char *path, struct dirent ***entry)
{
	return scandir(path, entry, is_entry, alphasort);
}

void findings_directory(struct findings *f, const char *path)
{
	struct dirent **entry;
	int n;

	if (!findings_path(f, AUDITMODE_OURS, path, 0))
		return;
	n = entries(path, &entry);
	for (int i = 0; i < n; i++) {
		char *at = mem_printf("%s/%s", path, entry[i]->d_name);

		findings_path(f, AUDITMODE_OURS, at, 0);
		free(at);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
}

/* No link below the state directory is followed: the user can make what he likes. */
static int is_directory(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Folders of jobs, and what is in them; no deeper. */
static void findings_below(struct findings *f, const char *path, uid_t owner, int depth)
{
	struct dirent **entry;
	int n;

	findings_one(f, AUDITMODE_PRIVATE, path, owner);
	n = depth > 0 ? entries(path, &entry) : -1;
	for (int i = 0; i < n; i++) {
		char *at = mem_printf("%s/%s", path, entry[i]->d_name);

		findings_below(f, at, owner, is_directory(at) ? depth - 1 : 0);
		free(at);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
}

void findings_state(struct findings *f, const char *path, uid_t owner)
{
	if (!was_seen(f, path))
		findings_below(f, path, owner, 2);
}
