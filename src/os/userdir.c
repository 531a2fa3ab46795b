/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/userdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/nodefs.h"
#include "os/safepath.h"
#include "os/stall.h"

#define NAME "vscode-remote-shell"
#define SHARED "/tmp"
#define ENTRIES_MAX 100000	/* of it, that are looked at */

/* The value of an absolute path in the environment, or NULL. */
static const char *path_from_env(const char *name)
{
	const char *path = getenv(name);

	return path != NULL && path[0] == '/' ? path : NULL;
}

/* It may be the first thing that is asked of a file system that hangs. */
static int is_our_dir(const char *path)
{
	STALL_WATCH(path);
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
		st.st_uid == geteuid();
}

static const char *or_else(const char *value, const char *fallback)
{
	return value != NULL && value[0] != '\0' ? value : fallback;
}

int userdir_init(struct userdir *u, struct err *e)
{
	const struct passwd *pw = getpwuid(geteuid());
	const char *home = path_from_env("HOME");

	*u = (struct userdir){ 0 };
	if (home == NULL || !is_our_dir(home))
		home = or_else(pw ? pw->pw_dir : NULL, home);
	if (home == NULL)
		return err_set(e, "no home directory: uid %u has no passwd entry and $HOME is not set",
			geteuid());
	u->name = pw ? mem_strdup(pw->pw_name) :
		mem_printf("uid%u", geteuid());
	u->home = mem_strdup(home);
	u->shell = mem_strdup(or_else(pw ? pw->pw_shell : NULL, "/bin/sh"));
	return 0;
}

int userdir_of_job(struct userdir *u, struct err *e)
{
	const struct passwd *pw = getpwuid(geteuid());
	const char *name = or_else(getenv("USER"), getenv("LOGNAME"));
	const char *home = or_else(path_from_env("HOME"),
		pw ? pw->pw_dir : NULL);
	const char *shell = or_else(path_from_env("SHELL"),
		or_else(pw ? pw->pw_shell : NULL, "/bin/sh"));

	*u = (struct userdir){ 0 };
	if (home == NULL)
		return err_set(e, "no home directory: uid %u has no passwd entry and $HOME is not set",
			geteuid());
	name = or_else(name, pw ? pw->pw_name : NULL);
	u->name = name ? mem_strdup(name) : mem_printf("uid%u", geteuid());
	u->home = mem_strdup(home);
	u->shell = mem_strdup(shell);
	u->passwd_shell = mem_strdup(or_else(pw ? pw->pw_shell : NULL, ""));
	return 0;
}

void userdir_fini(struct userdir *u)
{
	free(u->name);
	free(u->home);
	free(u->shell);
	free(u->passwd_shell);
	*u = (struct userdir){ 0 };
}

char *userdir_state(const struct userdir *u)
{
	const char *base = path_from_env("XDG_STATE_HOME");

	if (base != NULL)
		return mem_printf("%s/" NAME, base);
	return mem_printf("%s/.local/state/" NAME, u->home);
}

char *userdir_config(void)
{
	const char *base = path_from_env("XDG_CONFIG_HOME");
	const char *home = path_from_env("HOME");

	if (base != NULL)
		return mem_printf("%s/" NAME, base);
	return home != NULL ? mem_printf("%s/.config/" NAME, home) : NULL;
}

/*
 * All above it is root's or ours, and not for others to write, or sticky: what
 * is there and ours stays ours until it is removed.
 */
static int make_private(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return err_set(e, "cannot make %s: %s", path, strerror(errno));
	if (lstat(path, &st) == -1)
		return err_set(e, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(e, "%s: not a directory; remove it", path);
	if (st.st_uid != geteuid())
		return err_set(e, "%s: owned by uid %u, expected uid %u",
			path, st.st_uid, geteuid());
	fd = safepath_dir(path, 0, NULL, e);
	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

/*
 * A directory with a suffix, since somebody else has the short name: the one
 * that was made earlier, or a new one.
 */
static char *another_name(const char *name, struct err *e)
{
	size_t len = strlen(name);
	DIR *dir = opendir(SHARED);
	struct dirent *d;
	char *path = NULL;
	struct err no;

	for (int n = 0; dir != NULL && path == NULL && n < ENTRIES_MAX &&
		(d = readdir(dir)) != NULL; n++) {
		struct stat st;

		if (strncmp(d->d_name, name, len) != 0 ||
			d->d_name[len] != '.' || fstatat(dirfd(dir), d->d_name,
			&st, AT_SYMLINK_NOFOLLOW) == -1 ||
			st.st_uid != geteuid())
			continue;
		path = mem_printf(SHARED "/%s", d->d_name);
		if (make_private(path, &no) == 0)
			continue;
		free(path);
		path = NULL;
	}
	if (dir != NULL)
		closedir(dir);
	if (path != NULL)
		return path;
	path = mem_printf(SHARED "/%s.XXXXXX", name);
	if (mkdtemp(path) != NULL && make_private(path, e) == 0)
		return path;
	free(path);
	return NULL;
}

char *userdir_runtime(int on_node, struct err *e)
{
	const char *base = path_from_env("XDG_RUNTIME_DIR");
	struct stat st;
	char *path, *name;

	e->text[0] = '\0';
	if (base != NULL && (stat(base, &st) == -1 || !S_ISDIR(st.st_mode) ||
		st.st_uid != geteuid() || (st.st_mode & 077) != 0 ||
		(on_node && !nodefs_has(base))))
		base = NULL;
	name = mem_printf(NAME "-%u", geteuid());
	path = base != NULL ? mem_printf("%s/" NAME, base) :
		mem_printf(SHARED "/%s", name);
	if (make_private(path, e) == -1) {
		free(path);
		path = base != NULL ? NULL : another_name(name, e);
	}
	free(name);
	return path;
}
