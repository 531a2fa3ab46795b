/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/userdir.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/stall.h"
#include "pure/mem.h"

#define NAME "vscode-remote-shell"

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

/*
 * Its parent is ours or sticky, so what is there and ours stays ours; lstat()
 * after mkdir(), as somebody may have been faster with a name in /tmp.
 */
static int make_private(const char *path, struct err *e)
{
	struct stat st;

	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return err_set(e, "cannot make %s: %s", path, strerror(errno));
	if (lstat(path, &st) == -1)
		return err_set(e, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(e, "%s: not a directory; remove it", path);
	if (st.st_uid != geteuid())
		return err_set(e, "%s: owned by uid %u, expected uid %u; set XDG_RUNTIME_DIR to a private directory",
			path, st.st_uid, geteuid());
	if ((st.st_mode & 077) != 0)
		return err_set(e, "%s: mode %04o lets others in, expected 0700; run: chmod 700 %s",
			path, st.st_mode & 07777, path);
	return 0;
}

char *userdir_runtime(struct err *e)
{
	const char *base = path_from_env("XDG_RUNTIME_DIR");
	struct stat st;
	char *path;

	if (base != NULL && stat(base, &st) == 0 && S_ISDIR(st.st_mode) &&
		st.st_uid == geteuid() && (st.st_mode & 077) == 0)
		path = mem_printf("%s/" NAME, base);
	else
		path = mem_printf("/tmp/" NAME "-%u", geteuid());
	if (make_private(path, e) == -1) {
		free(path);
		return NULL;
	}
	return path;
}
