/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/serverdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/log.h"
#include "os/safepath.h"
#include "pure/mem.h"
#include "pure/serverrec.h"

#define ENTRIES_MAX 10000

char *serverdir_path(const struct agent *a)
{
	struct err e;
	char *run, *path;

	switch (a->opt->server_dir) {
	case OPTIONS_SERVER_DIR_SESSION:
		return mem_printf("%s/%s/server", a->opt->state_dir,
			a->opt->tag);
	case OPTIONS_SERVER_DIR_NODE:
		if ((run = userdir_runtime(&e)) == NULL) {
			log_error("--server-dir=node: %s", e.text);
			return NULL;
		}
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

static int make_folder(int dir, const char *name, const char *home,
	struct err *e)
{
	static const char *const shared[] = { "extensions", "data", "bin" };
	char *from = mem_printf("%s/%s", home, name);
	struct stat st;
	int to = -1, ret = 0;

	if (stat(from, &st) == -1) {
		free(from);
		return errno == ENOENT ? 0 :
			err_set(e, "%s: %s", name, strerror(errno));
	}
	to = open_sub(dir, name, e);
	if (to == -1)
		ret = -1;
	for (unsigned i = 0; ret == 0 && i < sizeof shared / sizeof shared[0];
		i++) {
		char *target = mem_printf("%s/%s", from, shared[i]);

		if (stat(target, &st) == 0)
			ret = link_to(target, to, shared[i], e);
		else
			drop_dead_link(to, shared[i]);
		free(target);
	}
	if (ret == 0)
		ret = link_programs(from, to, e);
	if (ret == 0)
		ret = link_servers(from, to, e);
	if (to != -1)
		close(to);
	free(from);
	return ret;
}

int serverdir_make(const char *path, const char *home, struct err *e)
{
	int dir = safepath_dir(path, 1, NULL, e), ret = 0;

	if (dir == -1)
		return -1;
	for (unsigned i = 0; ret == 0 && serverrec_folders[i] != NULL; i++)
		ret = make_folder(dir, serverrec_folders[i], home, e);
	close(dir);
	if (ret == -1)
		err_prefix(e, "%s: ", path);
	return ret;
}
