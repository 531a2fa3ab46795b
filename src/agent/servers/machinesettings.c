/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Only what is surely the user's own file is changed, in one step: nothing that a
 * link leads to, from the server folder on, and no folder that is not in the home
 * directory. Each way on is opened by itself, so nothing can change below it.
 */
#include "agent/servers/machinesettings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/jsonmerge.h"
#include "base/mem.h"
#include "editor/serverrec.h"
#include "os/conffile.h"
#include "os/fd.h"
#include "os/safepath.h"

#define SETTINGS "settings.json"
#define TEMP "." SETTINGS "."	/* and a pid */
#define LEFT_SECONDS 60
#define SETTINGS_BYTES (1 << 20)

struct machine {
	const char *home;	/* or what takes its place, without links */
	int is_own;		/* its data may be a link to that at home */
	const struct buf *site;	/* what is put in */
	int out;
};

/* A directory below dir, which is made if need be; -1 with e set. */
static int machine_enter(int dir, const char *name, struct err *e)
{
	int fd = -1;

	if (mkdirat(dir, name, 0777) == 0 || errno == EEXIST)
		fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			O_CLOEXEC);
	return fd != -1 ? fd : err_set(e, "%s: %s", name, safepath_strerror(errno));
}

/* The server folder, if there is one: its descriptor; -1 with e set, or empty. */
static int open_folder(const struct machine *m, const char *name, struct err *e)
{
	const size_t len = strlen(m->home);
	char *path = mem_printf("%s/%s", m->home, name);
	char *real = realpath(path, NULL);
	struct stat st;
	int fd = -1;

	e->text[0] = '\0';
	if (real == NULL && errno != ENOENT)
		err_set(e, "%s", strerror(errno));
	else if (real != NULL && (strncmp(real, m->home, len) != 0 ||
		real[len] != '/'))
		err_set(e, "it is a link that leads elsewhere");
	else if (real != NULL && ((fd = open(real, O_RDONLY | O_DIRECTORY |
		O_NOFOLLOW | O_CLOEXEC)) == -1 || fstat(fd, &st) == -1))
		err_set(e, "%s", strerror(errno));
	else if (real != NULL && st.st_uid != geteuid())
		err_set(e, "it belongs to uid %u", (unsigned)st.st_uid);
	if (e->text[0] != '\0' && fd != -1) {
		close(fd);
		fd = -1;
	}
	free(path);
	free(real);
	return fd;
}

/* All of the file, and what it is. 0: there is none. -1 with e set. */
static int read_settings(int dir, struct buf *text, struct stat *st, struct err *e)
{
	int fd = openat(dir, SETTINGS, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		O_CLOEXEC);
	ssize_t n = -1;

	if (fd == -1)
		return errno == ENOENT ? 0 : err_set(e, "%s", errno == ELOOP ?
			"it is a link" : strerror(errno));
	if (fstat(fd, st) == -1)
		err_set(e, "%s", strerror(errno));
	else if (!S_ISREG(st->st_mode) || st->st_uid != geteuid() ||
		st->st_nlink != 1 || st->st_size > SETTINGS_BYTES)
		err_set(e, "it is not a file of yours with one name, of at most %d bytes",
			SETTINGS_BYTES);
	else
		while ((n = read(fd, buf_reserve(text, 65536), 65536)) > 0 &&
			text->len <= SETTINGS_BYTES)
			buf_commit(text, (size_t)n);
	if (n == -1 && e->text[0] == '\0')
		err_set(e, "%s", strerror(errno));
	else if (n > 0)
		err_set(e, "it grows while it is read");
	close(fd);
	return n == 0 ? 1 : -1;
}

/* The editor may have written it meanwhile. */
static int is_as_it_was(int dir, int found, const struct stat *was)
{
	struct stat now;

	if (fstatat(dir, SETTINGS, &now, AT_SYMLINK_NOFOLLOW) == -1)
		return !found && errno == ENOENT;
	return found && now.st_ino == was->st_ino && now.st_dev == was->st_dev &&
		now.st_size == was->st_size &&
		now.st_mtim.tv_sec == was->st_mtim.tv_sec &&
		now.st_mtim.tv_nsec == was->st_mtim.tv_nsec;
}

/* What is old was left by a child that was ended while it wrote. */
static void sweep_temps(int dir)
{
	static const char temp[] = TEMP;
	DIR *d = fd_opendir(dir);
	const time_t now = fd_now(dir);
	const struct dirent *at;
	struct stat st;

	while (d != NULL && (at = readdir(d)) != NULL) {
		const char *pid = at->d_name + sizeof temp - 1;

		if (strncmp(at->d_name, temp, sizeof temp - 1) == 0 &&
			pid[strspn(pid, "0123456789")] == '\0' &&
			fstatat(dir, at->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			now - st.st_mtime > LEFT_SECONDS)
			(void)unlinkat(dir, at->d_name, 0);
	}
	if (d != NULL)
		closedir(d);
}

static int write_settings(int dir, const struct buf *text, int found,
	const struct stat *was, struct err *e)
{
	char *temp = mem_printf(TEMP "%d", (int)getpid());
	int fd, bad;

	sweep_temps(dir);
	fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		O_CLOEXEC, 0600);
	bad = fd == -1;
	if (!bad)
		bad = fd_write_all(fd, buf_data(text), text->len) == -1 ||
			(found && fchmod(fd, was->st_mode & 0777) == -1);
	if (fd != -1 && close(fd) == -1)
		bad = 1;
	if (!bad && !is_as_it_was(dir, found, was)) {
		errno = EBUSY;
		bad = 1;
	}
	if (!bad)
		bad = renameat(dir, temp, dir, SETTINGS) == -1;
	if (bad) {
		err_set(e, "%s", safepath_strerror(errno));
		if (fd != -1)
			unlinkat(dir, temp, 0);
	}
	free(temp);
	return bad ? -1 : 0;
}

/* 1: it was changed; 0: it has all. -1 with e set: it is left as it is. */
static int merge_settings(const struct machine *m, int dir, struct err *e)
{
	struct buf text = { 0 }, merged = { 0 };
	struct stat st;
	int found, ret;

	e->text[0] = '\0';
	ret = found = read_settings(dir, &text, &st, e);
	if (ret != -1)
		ret = jsonmerge(buf_data(&text), text.len, buf_data(m->site),
			m->site->len, &merged, e);
	if (ret == 1 && write_settings(dir, &merged, found, &st, e) == -1)
		ret = -1;
	buf_fini(&text);
	buf_fini(&merged);
	return ret;
}

static int is_link(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISLNK(st.st_mode);
}

static void machine_folder(const struct machine *m, const char *name)
{
	struct err e;
	int data = -1, dir = -1, ret = -1;
	int folder = open_folder(m, name, &e);

	if (folder == -1 && e.text[0] == '\0')
		return;
	if (folder != -1 && m->is_own && is_link(folder, "data")) {
		close(folder);
		return;
	}
	if (folder != -1)
		data = machine_enter(folder, "data", &e);
	if (data != -1)
		dir = machine_enter(data, "Machine", &e);
	if (dir != -1)
		ret = merge_settings(m, dir, &e);
	if (ret == 1)
		dprintf(m->out, "I%s/%s/data/Machine/" SETTINGS ": defaults of the site were put in\n",
			m->home, name);
	else if (ret == -1)
		dprintf(m->out, "I%s/%s/data/Machine/" SETTINGS ": left as it is: %s\n",
			m->home, name, e.text);
	if (dir != -1)
		close(dir);
	if (data != -1)
		close(data);
	if (folder != -1)
		close(folder);
}

/* Each folder below home, or what takes its place. */
static void machine_home(struct machine *m, const char *home, int is_own)
{
	char *real = realpath(home, NULL);

	m->home = real;
	m->is_own = is_own;
	for (size_t i = 0; real != NULL && serverrec_folders[i] != NULL; i++)
		machine_folder(m, serverrec_folders[i]);
	free(real);
}

void machinesettings_run(const char *file, const char *home,
	const char *own_folder, int out)
{
	struct buf site = { 0 };
	struct machine m = { .site = &site, .out = out };
	struct err e;
	int ret;

	if (file == NULL || strcmp(file, "none") == 0)
		return;
	ret = conffile_read(file, &site, &e);
	if (ret == 0)
		ret = err_set(&e, "%s: there is no such file", file);
	else if (ret == 1 && (ret = jsonmerge_check(buf_data(&site), site.len,
		&e)) == -1)
		err_prefix(&e, "%s: ", file);
	if (ret == -1) {
		dprintf(out, "I--machine-settings: %s\n", e.text);
	} else {
		machine_home(&m, home, 0);
		if (own_folder != NULL)
			machine_home(&m, own_folder, 1);
	}
	buf_fini(&site);
}
