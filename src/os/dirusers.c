/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/dirusers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "os/proc.h"

#define READ_SIZE 65536
#define NAME_LONGEST 255

/*
 * Does the name occur in the file? /proc gives a file in pieces of any size, so
 * the end of each is looked at again with the next.
 */
static int file_has(int at, const char *file, const char *name)
{
	static char text[NAME_LONGEST + READ_SIZE];
	size_t len = strlen(name), kept = 0;
	int fd = openat(at, file, O_RDONLY | O_CLOEXEC), found = 0;
	ssize_t n;

	while (fd != -1 && !found &&
		(n = read(fd, text + kept, READ_SIZE)) > 0) {
		size_t have = kept + (size_t)n;

		found = memmem(text, have, name, len) != NULL;
		kept = have < len - 1 ? have : len - 1;
		memmove(text, text + have - kept, kept);
	}
	if (fd != -1)
		close(fd);
	return found;
}

static int link_has(int at, const char *file, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(at, file, target, sizeof target);

	return n > 0 && memmem(target, (size_t)n, name, strlen(name)) != NULL;
}

static int has_it_open(int at, const char *name)
{
	int fd = openat(at, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int found = 0;
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *d;

	while (dir != NULL && !found && (d = readdir(dir)) != NULL)
		found = link_has(fd, d->d_name, name);
	if (dir != NULL)
		closedir(dir);
	else if (fd != -1)
		close(fd);
	return found;
}

/* How the process whose /proc/PID is at uses it; NULL: it does not. */
static const char *use(int at, const char *name)
{
	if (link_has(at, "cwd", name) || link_has(at, "root", name))
		return "is in it";
	if (has_it_open(at, name))
		return "has it open";
	if (link_has(at, "exe", name) || file_has(at, "maps", name))
		return "has a file of it mapped";
	if (file_has(at, "environ", name))
		return "has it in its environment";
	if (file_has(at, "mountinfo", name))
		return "has it mounted";
	return NULL;
}

int dirusers_find(const char *part, struct dirusers *user)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = proc == -1 ? NULL : fdopendir(proc);
	struct dirent *d;

	*user = (struct dirusers){ 0 };
	if (dir == NULL) {
		if (proc != -1)
			close(proc);
		return -1;
	}
	while (user->how == NULL && (d = readdir(dir)) != NULL) {
		long pid;
		int at = number_read(d->d_name, 1, NUMBER_PID_MAX, &pid) ==
			-1 || pid == getpid() ? -1 :
			openat(proc, d->d_name, O_PATH | O_DIRECTORY |
				O_CLOEXEC);
		ssize_t n;

		if (at == -1)
			continue;
		user->how = use(at, part);
		close(at);
		if (user->how == NULL)
			continue;
		user->pid = (pid_t)pid;
		n = proc_file((pid_t)pid, "comm", user->comm, sizeof user->comm - 1);
		user->comm[n > 0 ? n - 1 : 0] = '\0';
	}
	closedir(dir);
	if (user->how == NULL && file_has(AT_FDCWD, "/proc/net/unix", part))
		user->how = "is a socket in it";
	return user->how != NULL;
}
