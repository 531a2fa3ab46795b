/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server folder of --server-dir: a directory with folders of the same names
 * as in the home directory, of links to what all sessions share. Records are not
 * linked: each is of one node or session, which is what the option is for.
 */
#include "agent/servers/serverdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "editor/serverrec.h"
#include "os/safepath.h"

#define ENTRIES_MAX 10000

char *serverdir_path(const struct agent_job *job, struct err *e)
{
	char *run, *path;

	e->text[0] = '\0';
	switch (job->opt->servers.dir) {
	case OPTIONS_SERVER_DIR_SESSION:
		return mem_printf("%s/%s/server", job->opt->session.state_dir,
			job->opt->agent.tag);
	case OPTIONS_SERVER_DIR_NODE:
		if ((run = userdir_runtime(1, e)) == NULL)
			return NULL;
		path = mem_printf("%s/server", run);
		free(run);
		return path;
	}
	return NULL;
}

/* A link whose target was removed would be in the way of who makes it anew. */
static void drop_dead_link(int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, 0) == -1 && errno == ENOENT)
		unlinkat(dir, name, 0);
}

/* What is there already stays, link or not. */
static int link_to(const char *target, int dir, const char *name,
	struct err *e)
{
	drop_dead_link(dir, name);
	if (symlinkat(target, dir, name) == 0 || errno == EEXIST)
		return 0;
	return err_set(e, "%s: %s", name, safepath_strerror(errno));
}

static int open_sub(int dir, const char *name, struct err *e)
{
	int fd = -1;

	if (mkdirat(dir, name, 0700) == 0 || errno == EEXIST)
		fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			O_CLOEXEC);
	if (fd == -1)
		err_set(e, "%s: %s", name, safepath_strerror(errno));
	return fd;
}

/* Programs of the exec server lie beside its records: code-COMMIT. */
static int link_programs(const char *from, int dir, struct err *e)
{
	DIR *d = opendir(from);
	struct dirent *entry;
	int ret = 0;

	for (int n = 0; d != NULL && ret == 0 && n < ENTRIES_MAX &&
		(entry = readdir(d)) != NULL; n++) {
		char *target;

		if (strncmp(entry->d_name, "code-", 5) != 0)
			continue;
		target = mem_printf("%s/%s", from, entry->d_name);
		ret = link_to(target, dir, entry->d_name, e);
		free(target);
	}
	if (d != NULL)
		closedir(d);
	return ret;
}

/* cli/servers/NAME/server, where NAME is to have a record of its own. */
static int link_server(const char *servers, const char *name, int to,
	struct err *e)
{
	char record[SERVERREC_NAME_MAX];
	char *target = mem_printf("%s/%s/server", servers, name);
	struct stat st;
	int dir, ret = 0;

	if (serverrec_of_dir(name, record) == 0 && stat(target, &st) == 0) {
		dir = open_sub(to, name, e);
		ret = dir == -1 ? -1 : link_to(target, dir, "server", e);
		if (dir != -1)
			close(dir);
	}
	free(target);
	return ret;
}

static int link_servers(const char *from, int dir, struct err *e)
{
	char *servers = mem_printf("%s/cli/servers", from);
	DIR *d = opendir(servers);
	int cli = -1, to = -1, ret = 0;
	struct dirent *entry;

	if (d != NULL) {
		cli = open_sub(dir, "cli", e);
		to = cli == -1 ? -1 : open_sub(cli, "servers", e);
		ret = to == -1 ? -1 : 0;
	}
	for (int n = 0; d != NULL && ret == 0 && n < ENTRIES_MAX &&
		(entry = readdir(d)) != NULL; n++)
		ret = link_server(servers, entry->d_name, to, e);
	if (to != -1)
		close(to);
	if (cli != -1)
		close(cli);
	if (d != NULL)
		closedir(d);
	free(servers);
	return ret;
}

/*
 * Whether a file can be made and filled in that directory. Neither stat() nor
 * access() knows: a file system may be read-only by its server, or full.
 */
static int takes_files(const char *path)
{
	static const char block[4096];
	char *probe = mem_printf("%s/.vscode-remote-shell.XXXXXX", path);
	int fd = mkostemp(probe, O_CLOEXEC), error = errno;

	if (fd != -1) {
		ssize_t n = write(fd, block, sizeof block);

		error = n == -1 ? errno : n < (ssize_t)sizeof block ? ENOSPC :
			0;
		if (close(fd) == -1 && error == 0)
			error = errno;
		unlink(probe);
	}
	free(probe);
	errno = error;
	return error == 0;
}

/* An earlier link to what cannot be written now is none to keep. */
static int make_afresh(const char *target, int dir, const char *name,
	struct err *e)
{
	size_t len = strlen(target);
	char *at = mem_alloc(len + 1);
	int fd;

	if (readlinkat(dir, name, at, len + 1) == (ssize_t)len &&
		memcmp(at, target, len) == 0)
		unlinkat(dir, name, 0);
	free(at);
	fd = open_sub(dir, name, e);
	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

/* What VS Code writes in: that of the home directory, if it can be written. */
static int share(const char *from, int dir, const char *name, int make,
	struct err *e)
{
	char *target = mem_printf("%s/%s", from, name);
	struct stat st;
	int ret = 0;

	if (make)
		(void)mkdir(target, 0777);
	if (takes_files(target))
		ret = link_to(target, dir, name, e);
	else if (make || stat(target, &st) == 0)
		ret = make_afresh(target, dir, name, e);
	else
		drop_dead_link(dir, name);
	free(target);
	return ret;
}

/*
 * The folder of VS Code itself is made at home, or what the first session
 * installs would be lost with it.
 */
static int make_folder(int dir, const char *name, const char *home,
	struct err *e)
{
	static const char *const shared[] = { "extensions", "data", "bin" };
	const int make = strcmp(name, SERVERREC_FOLDER) == 0;
	char *from = mem_printf("%s/%s", home, name);
	struct stat st;
	int to = -1, ret = 0;

	if (make)
		(void)mkdir(from, 0777);
	if (!make && stat(from, &st) == -1) {
		free(from);
		return errno == ENOENT ? 0 :
			err_set(e, "%s: %s", name, strerror(errno));
	}
	to = open_sub(dir, name, e);
	if (to == -1)
		ret = -1;
	for (unsigned i = 0; ret == 0 && i < sizeof shared / sizeof shared[0];
		i++)
		ret = share(from, to, shared[i], make, e);
	if (ret == 0)
		ret = link_programs(from, to, e);
	if (ret == 0)
		ret = link_servers(from, to, e);
	if (to != -1)
		close(to);
	free(from);
	return ret;
}

int serverdir_room(const char *dir, const char *home, struct err *e)
{
	const char *const top = dir != NULL ? dir : home;
	char *folder = mem_printf("%s/%s", top, SERVERREC_FOLDER);
	int ret = 0;

	if (!takes_files(folder) && (errno != ENOENT || !takes_files(top)) &&
		(errno == ENOSPC || errno == EDQUOT || errno == EROFS))
		ret = err_set(e, "%s: %s", folder, safepath_strerror(errno));
	free(folder);
	return ret;
}

static void identify(int dir, struct serverdir_id *id)
{
	struct stat st;

	*id = (struct serverdir_id){ 0 };
	if (fstat(dir, &st) == 0)
		*id = (struct serverdir_id){ .dev = st.st_dev,
			.ino = st.st_ino };
}

int serverdir_is(const char *path, const struct serverdir_id *id,
	struct err *e)
{
	int dir = safepath_dir(path, 0, NULL, e);
	struct serverdir_id now;

	if (dir == -1)
		return 0;
	identify(dir, &now);
	close(dir);
	err_set(e, "%s was removed", path);
	return now.ino == id->ino && now.dev == id->dev;
}

int serverdir_make(const char *path, const char *home, struct serverdir_id *id,
	struct err *e)
{
	int dir = safepath_dir(path, 1, NULL, e), ret = 0;

	if (dir == -1)
		return -1;
	identify(dir, id);
	for (unsigned i = 0; ret == 0 && serverrec_folders[i] != NULL; i++)
		ret = make_folder(dir, serverrec_folders[i], home, e);
	close(dir);
	if (ret == -1)
		err_prefix(e, "%s: ", path);
	return ret;
}
