/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Versions beside each other, and the link. What is put there has its name when it is
 * whole and never changes, so a session that runs keeps its programs, and whoever is
 * killed leaves a directory of another name, which the next one removes.
 */
#include "front/update/installation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/update/release.h"
#include "os/conffile.h"
#include "os/log.h"
#include "os/owngroup.h"
#include "os/replace.h"
#include "os/safepath.h"
#include "os/tmpdir.h"

#define PROGRAMS "libexec/vscode-remote-shell"
#define STAGE ".vscode-remote-shell.update."

/* Whether path is in dir, both without symlinks. */
static int lies_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/';
}

static int is_in_home(const char *path, const char *home)
{
	char *real = realpath(home, NULL);
	int is = real != NULL && lies_below(path, real);

	free(real);
	return is;
}

/* Whose it is, by owner and place. */
static enum installation_whose whose(const char *libexec, const char *home,
	struct err *e)
{
	struct stat st;

	if (stat(libexec, &st) == -1) {
		err_set(e, "%s: %s", libexec, strerror(errno));
		return INSTALLATION_FIXED;
	}
	if (st.st_uid == geteuid() && is_in_home(libexec, home))
		return INSTALLATION_OURS;
	err_set(e, "%s is not %s: your site updates it, or whoever installed it",
		libexec, st.st_uid == geteuid() ? "in your home directory" :
		"yours");
	return INSTALLATION_SITES;
}

static int read_origin_file(struct installation *in, const char *libexec,
	struct err *e)
{
	char *path = mem_printf("%s/" ORIGIN_FILE, libexec);
	struct buf text = { 0 };
	int ret = conffile_read(path, &text, e);

	if (ret == 0)
		ret = err_set(e, "%s is not there, which says where this installation came from: install a newer version as you did this one, or by `make install-current`, which an update can replace",
			path);
	else if (ret == 1 && (ret = origin_parse(&in->origin, buf_data(&text),
		text.len, e)) == -1)
		err_prefix(e, "%s: ", path);
	buf_fini(&text);
	free(path);
	return ret;
}

/* The parts of its path. */
static int split_path(struct installation *in, const char *libexec,
	struct err *e)
{
	size_t len = strlen(libexec), tail = strlen("/" PROGRAMS);
	const char *version = in->origin.version, *name, *at;

	if (len <= tail || strcmp(libexec + len - tail, "/" PROGRAMS) != 0)
		return err_set(e, "%s is not below a prefix, like PREFIX/" PROGRAMS,
			libexec);
	in->dir = mem_strndup(libexec, len - tail);
	name = strrchr(in->dir, '/') + 1;
	in->parent = mem_strndup(in->dir, (size_t)(name - in->dir) - 1);
	in->name = mem_strdup(name);
	at = strstr(name, version);
	if (at == NULL || in->parent[0] == '\0')
		return err_set(e, "%s has not the version %s in its name, so no other can stand beside it: `make install-current` or a bundle makes such names",
			in->dir, version);
	in->before = mem_strndup(name, (size_t)(at - name));
	in->behind = mem_strdup(at + strlen(version));
	in->link = mem_printf("%s/%scurrent", in->parent, in->before);
	return 0;
}

/* The link, if there is one, leads to us. */
static int check_link(const struct installation *in, struct err *e)
{
	struct stat st;
	char *real;
	int ret = 0;

	if (lstat(in->link, &st) == -1)
		return errno == ENOENT ? 0 :
			err_set(e, "%s: %s", in->link, strerror(errno));
	real = realpath(in->link, NULL);
	if (!S_ISLNK(st.st_mode))
		ret = err_set(e, "%s should be a link to a version, and is none: move it away",
			in->link);
	else if (real == NULL)
		ret = err_set(e, "%s leads to nothing: remove it", in->link);
	else if (strcmp(real, in->dir) != 0)
		ret = err_set(e, "%s is not the version that %s leads to: call %s/bin/vscode-remote-shell",
			in->name, in->link, in->link);
	free(real);
	return ret;
}

enum installation_whose installation_find(struct installation *in,
	const char *libexec, const char *home, struct err *e)
{
	enum installation_whose is;

	*in = (struct installation){ 0 };
	is = whose(libexec, home, e);
	if (is != INSTALLATION_OURS)
		return is;
	if (read_origin_file(in, libexec, e) == 0 &&
		split_path(in, libexec, e) == 0 && check_link(in, e) == 0)
		return INSTALLATION_OURS;
	installation_fini(in);
	return INSTALLATION_FIXED;
}

void installation_fini(struct installation *in)
{
	origin_fini(&in->origin);
	free(in->dir);
	free(in->parent);
	free(in->name);
	free(in->before);
	free(in->behind);
	free(in->link);
	*in = (struct installation){ 0 };
}

/* Who may write there could put programs, or a link, of his own in place of ours. */
static int check_writers(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = 0;
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		ret = err_set(e, "%s: %s", dir, strerror(errno));
	else if (st.st_uid != geteuid())
		ret = err_set(e, "%s belongs to uid %u, who could replace what is in it: move the installation into a directory of your own",
			dir, (unsigned)st.st_uid);
	else if ((st.st_mode & 002) != 0 ||
		((st.st_mode & 020) != 0 && !owngroup_only(fd, &st)))
		ret = err_set(e, "others may write to %s (mode %04o), and replace what is in it: run: chmod go-w %s",
			dir, (unsigned)st.st_mode & 07777, dir);
	if (fd != -1)
		close(fd);
	return ret;
}

int installation_check_writers(const struct installation *in, const char *home,
	struct err *e)
{
	char *dir = mem_strdup(in->parent);
	int ret = check_writers(dir, e);

	while (ret == 0) {
		*strrchr(dir, '/') = '\0';
		if (!is_in_home(dir, home))
			break;
		ret = check_writers(dir, e);
	}
	free(dir);
	return ret;
}

int installation_lock(const struct installation *in, struct err *e)
{
	char *path = mem_printf("%s/" PROGRAMS "/" ORIGIN_FILE, in->dir);
	int flags = O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, ret = 0, fd;

	/* NFS locks what is open for writing, and mode 0444 is no reason to fail. */
	fd = open(path, O_RDWR | flags);
	if (fd == -1 && errno == EACCES)
		fd = open(path, O_RDONLY | flags);
	if (fd == -1 || flock(fd, LOCK_EX | LOCK_NB) == -1)
		ret = errno == EWOULDBLOCK ?
			err_set(e, "another update is at work: wait for its end") :
			err_set(e, "%s cannot be locked: %s", path,
				safepath_strerror(errno));
	if (ret == -1 && fd != -1)
		close(fd);
	free(path);
	return ret;
}

char *installation_name(const struct installation *in, const char *version)
{
	return mem_printf("%s%s%s", in->before, version, in->behind);
}

/* What who was killed has left. */
static void remove_stages(const struct installation *in)
{
	DIR *dir = opendir(in->parent);
	struct dirent *d;
	struct err e;

	while (dir != NULL && (d = readdir(dir)) != NULL)
		if (strncmp(d->d_name, STAGE, strlen(STAGE)) == 0 &&
			tmpdir_remove_at(dirfd(dir), d->d_name, ULONG_MAX, &e) == -1)
			log_warning("update: %s", e.text);
	if (dir != NULL)
		closedir(dir);
}

char *installation_stage(const struct installation *in, struct err *e)
{
	char *path = mem_printf("%s/" STAGE "XXXXXX", in->parent);

	remove_stages(in);
	if (mkdtemp(path) != NULL)
		return path;
	err_set(e, "cannot make a directory in %s: %s", in->parent,
		safepath_strerror(errno));
	free(path);
	return NULL;
}

static int write_origin(const struct installation *in, const char *dir,
	const char *version, const char *key, struct err *e)
{
	char *path = mem_printf("%s/" PROGRAMS "/" ORIGIN_FILE, dir);
	struct buf text = { 0 };
	int ret;

	origin_put(&in->origin, version, key, &text);
	ret = replace_file(path, 0644, buf_data(&text), text.len, e);
	buf_fini(&text);
	free(path);
	return ret;
}

/* All of it is on the disk before it has its name. */
static void sync_all(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1) {
		(void)syncfs(fd);
		close(fd);
	}
}

int installation_put(const struct installation *in, const char *stage,
	const char *version, const char *key, struct err *e)
{
	char *name = installation_name(in, version);
	char *from = mem_printf("%s/new/%s", stage, name);
	char *to = mem_printf("%s/%s", in->parent, name);
	int ret = write_origin(in, from, version, key, e);

	sync_all(stage);
	if (ret == 0 && rename(from, to) == -1)
		ret = err_set(e, "%s: %s", to, safepath_strerror(errno));
	free(name);
	free(from);
	free(to);
	return ret;
}

/* Of ours, with an origin, so that nothing else of that name is taken for one. */
static int is_version_dir(const struct installation *in, const char *name)
{
	char *path = mem_printf("%s/%s/" PROGRAMS "/" ORIGIN_FILE, in->parent, name);
	struct stat st;
	int is = lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		st.st_uid == geteuid();

	free(path);
	return is;
}

int installation_has(const struct installation *in, const char *version)
{
	char *name = installation_name(in, version);
	int has = is_version_dir(in, name);

	free(name);
	return has;
}

int installation_switch(const struct installation *in, const char *stage,
	const char *version, struct err *e)
{
	char *name = installation_name(in, version);
	char *link = mem_printf("%s/link", stage);
	int ret = 0;

	(void)unlink(link);
	if (symlink(name, link) == -1 || rename(link, in->link) == -1)
		ret = err_set(e, "%s: %s", in->link, safepath_strerror(errno));
	free(name);
	free(link);
	return ret;
}

/* The version in the name of an entry, or NULL. */
static const char *version_of(const struct installation *in, const char *entry,
	char version[VERSION_MAX])
{
	size_t before = strlen(in->before), behind = strlen(in->behind);
	size_t len = strlen(entry);

	if (len <= before + behind ||
		len - before - behind >= VERSION_MAX ||
		strncmp(entry, in->before, before) != 0 ||
		strcmp(entry + len - behind, in->behind) != 0)
		return NULL;
	snprintf(version, VERSION_MAX, "%.*s",
		(int)(len - before - behind), entry + before);
	return version_is(version, strlen(version)) && is_version_dir(in, entry) ?
		version : NULL;
}

char *installation_before(const struct installation *in)
{
	char version[VERSION_MAX], *found = NULL;
	DIR *dir = opendir(in->parent);
	struct dirent *d;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (version_of(in, d->d_name, version) == NULL ||
			version_compare(version, in->origin.version) >= 0 ||
			(found != NULL && version_compare(version, found) <= 0))
			continue;
		free(found);
		found = mem_strdup(version);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* Its name first, so that it is never half of a version. */
static int remove_version(const struct installation *in, const char *name)
{
	char *from = mem_printf("%s/%s", in->parent, name);
	char *to = mem_printf("%s/" STAGE "old.%s", in->parent, name);
	struct err e;
	int ret = rename(from, to) == -1 ?
		err_set(&e, "%s: %s", from, strerror(errno)) : tmpdir_remove(to, &e);

	if (ret == -1)
		log_warning("update: %s", e.text);
	free(from);
	free(to);
	return ret;
}

int installation_prune(const struct installation *in, const char *version,
	int (*is_used)(const char *dir, void *arg), void *arg)
{
	char other[VERSION_MAX];
	DIR *dir = opendir(in->parent);
	struct dirent *d;
	int stayed = 0;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		char *path;

		if (version_of(in, d->d_name, other) == NULL ||
			strcmp(other, version) == 0 ||
			strcmp(d->d_name, in->name) == 0)
			continue;
		path = mem_printf("%s/%s", in->parent, d->d_name);
		if (is_used(path, arg) || remove_version(in, d->d_name) == -1)
			stayed++;
		free(path);
	}
	if (dir != NULL)
		closedir(dir);
	return stayed;
}
