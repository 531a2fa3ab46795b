/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which folders may have an agent that answers, the newest first.
 *
 * One pass over the state directory, the cheapest question first: most folders
 * are of dead jobs, whose agents have removed their endpoint. Which one is newer
 * tells the time of its secret, which is made with the folder.
 */
#include "front/job/folders.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tag.h"
#include "front/job/scope.h"
#include "front/job/standin.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/stall.h"

/* One look for each folder of a dead job, of which there may be many. */
static int has_endpoint(const struct invocation *inv, const char *tag)
{
	char name[32];
	struct stat st;

	snprintf(name, sizeof name, "%s/endpoint", tag);
	return fstatat(inv->state_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int read_row(struct folders_row *row, const struct invocation *inv,
	const char *tag)
{
	char *path = mem_printf("%s/%s", inv->state_dir, tag);
	struct stat st;
	struct err e;
	int fd = safepath_child(inv->state_fd, tag, 0, path, &e), ret = -1;

	if (fd != -1)
		ret = about_read(fd, &row->about, &e);
	if (ret == 0)
		ret = fstatat(fd, "secret", &st, AT_SYMLINK_NOFOLLOW);
	else
		log_info("%s: %s", path, e.text);
	if (ret == 0) {
		snprintf(row->tag, sizeof row->tag, "%s", tag);
		row->made_ns = st.st_mtim.tv_sec * 1000000000LL +
			st.st_mtim.tv_nsec;
	}
	if (fd != -1)
		close(fd);
	free(path);
	return ret;
}

static void consider(struct folders *all, const struct invocation *inv,
	const char *session, const char *name)
{
	struct folders_row row;

	if (!tag_is_valid(name) || !has_endpoint(inv, name) ||
		read_row(&row, inv, name) == -1 ||
		strcmp(row.about.launcher, standin_scheduler(inv)) != 0 ||
		(session != NULL && strcmp(row.about.session, session) != 0))
		return;
	all->row = mem_realloc(all->row, (all->n + 1) * sizeof row);
	all->row[all->n++] = row;
}

static int newest_first(const void *a, const void *b)
{
	const struct folders_row *x = a, *y = b;

	return (x->made_ns < y->made_ns) - (x->made_ns > y->made_ns);
}

void folders_find(struct folders *all, const struct invocation *inv,
	const char *session)
{
	STALL_WATCH(inv->state_dir);
	DIR *dir = fd_opendir(inv->state_fd);
	long long end = clock_ms() + FOLDERS_MS;
	struct dirent *d;

	*all = (struct folders){ 0 };
	while (dir != NULL && clock_ms() < end && (d = readdir(dir)) != NULL)
		consider(all, inv, session, d->d_name);
	if (dir != NULL)
		closedir(dir);
	if (all->n > 0)
		qsort(all->row, all->n, sizeof *all->row, newest_first);
}

void folders_of_scope(struct folders *all, const char *scope)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (scope_may_be(all->row[i].about.scope, scope))
			all->row[n++] = all->row[i];
	all->n = n;
}

void folders_fini(struct folders *all)
{
	free(all->row);
	*all = (struct folders){ 0 };
}
