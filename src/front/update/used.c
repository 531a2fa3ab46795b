/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who needs the programs of a version. Processes of compute nodes are not seen from
 * here, so the folder of each session says which directory its agent is of.
 */
#include "front/update/used.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/tag.h"
#include "front/job/about.h"
#include "os/fd.h"
#include "os/proc.h"

static int lies_in(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/';
}

static int runs_here(const char *dir)
{
	DIR *all = opendir("/proc");
	struct dirent *d;
	char exe[PATH_MAX];
	int runs = 0;
	long pid;

	while (all != NULL && !runs && (d = readdir(all)) != NULL)
		runs = number_read(d->d_name, 1, NUMBER_PID_MAX, &pid) == 0 &&
			proc_link((pid_t)pid, "exe", exe, sizeof exe) > 0 &&
			lies_in(exe, dir);
	if (all != NULL)
		closedir(all);
	return runs;
}

/*
 * The name of the directory is enough: another login node may have another path to
 * the same home.
 */
static int are_of(const char *programs, const char *dir)
{
	char *part = mem_printf("%s/", strrchr(dir, '/'));
	int are = strstr(programs, part) != NULL;

	free(part);
	return are;
}

/* Whether the session of that folder may need it. */
static int session_may_need(const char *dir, int state_fd, const char *tag)
{
	int fd = openat(state_fd, tag, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		O_CLOEXEC);
	struct about about;
	struct err e;
	int is;

	if (fd == -1)
		return 0;
	is = about_read(fd, &about, &e) == -1 || about.programs[0] == '\0' ||
		are_of(about.programs, dir);
	close(fd);
	return is;
}

int used_is(const char *dir, void *arg)
{
	const struct invocation *inv = arg;
	DIR *all = fd_opendir(inv->state_fd);
	struct dirent *d;
	int is = all == NULL;

	while (!is && (d = readdir(all)) != NULL)
		is = tag_is_valid(d->d_name) &&
			session_may_need(dir, inv->state_fd, d->d_name);
	if (all != NULL)
		closedir(all);
	return is || runs_here(dir);
}
