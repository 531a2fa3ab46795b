/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads files of /proc, and joins what they tell of several processes. No
 * process is held while it is read: each may end between two reads, which is an
 * answer (ESRCH) and no failure.
 */
#include "os/proc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"

#define STAT_MAX 1024
#define STATUS_MAX 4096
#define PAGE 4096
#define CMDLINE_MAX 131072	/* longer ones are cut */

/* At most max bytes of a file of /proc; their number, or -1. */
static ssize_t slurp(const char *path, char *out, size_t max)
{
	size_t n = 0;
	ssize_t got = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;

	if (fd == -1)
		return -1;
	while (n < max && got != 0) {
		got = read(fd, out + n, max - n);
		if (got == -1 && errno != EINTR)
			break;
		n += got > 0 ? (size_t)got : 0;
		/* Less than a page at once was all of it. */
		if (got > 0 && n < PAGE)
			break;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return got == -1 ? -1 : (ssize_t)n;
}

int proc_stat_use(pid_t pid, struct procstat *out, struct procuse *use)
{
	char text[STAT_MAX];
	ssize_t n = proc_file(pid, "stat", text, sizeof text);

	if (n == -1)
		return -1;
	if (procstat_parse_use(text, (size_t)n, out, use) == -1) {
		errno = EPROTO;
		return -1;
	}
	return 0;
}

int proc_stat(pid_t pid, struct procstat *out)
{
	struct procuse unused;

	return proc_stat_use(pid, out, &unused);
}

int proc_starttime(pid_t pid, unsigned long long *ticks)
{
	struct procstat st;

	if (proc_stat(pid, &st) == -1)
		return -1;
	*ticks = st.starttime;
	return 0;
}

int proc_boot_id(char id[37])
{
	ssize_t n = slurp("/proc/sys/kernel/random/boot_id", id, 36);

	if (n == -1)
		return -1;
	id[n] = '\0';
	if (n != 36) {
		errno = EPROTO;
		return -1;
	}
	return 0;
}

struct family {
	struct procmember *all;
	size_t n, room;
};

static int read_family(struct family *f)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;

	if (dir == NULL)
		return -1;
	while ((d = readdir(dir)) != NULL) {
		struct procmember m;
		long pid;

		if (number_read(d->d_name, 1, NUMBER_PID_MAX, &pid) == -1 ||
			proc_stat_use((pid_t)pid, &m.st, &m.use) == -1)
			continue;
		if (f->n == f->room) {
			f->room = f->room ? 2 * f->room : 256;
			f->all = mem_realloc(f->all,
				f->room * sizeof *f->all);
		}
		f->all[f->n++] = m;
	}
	closedir(dir);
	return 0;
}

/*
 * Move the children of parent from the rest (those behind *done) to the ranks
 * of the found. Whoever is found is never looked at again, so that pids that
 * were reused while we read cannot make a circle.
 */
static void take_children(struct family *f, size_t *done, pid_t parent)
{
	for (size_t i = *done; i < f->n; i++) {
		struct procmember child = f->all[i];

		if (child.st.ppid != parent)
			continue;
		f->all[i] = f->all[*done];
		f->all[(*done)++] = child;
	}
}

int proc_family(pid_t root, struct procmember **members, size_t *n)
{
	struct family f = { 0 };
	size_t done = 0;

	*members = NULL;
	*n = 0;
	if (read_family(&f) == -1)
		return -1;
	for (size_t i = 0; i < f.n; i++) {
		if (f.all[i].st.pid == root) {
			f.all[i] = f.all[--f.n];
			break;
		}
	}
	take_children(&f, &done, root);
	for (size_t i = 0; i < done; i++)
		take_children(&f, &done, f.all[i].st.pid);
	if (done > 0)
		*members = f.all;
	else
		free(f.all);
	*n = done;
	return 0;
}

int proc_descendants(pid_t root, pid_t **pids, size_t *n)
{
	struct procmember *members;

	*pids = NULL;
	if (proc_family(root, &members, n) == -1)
		return -1;
	if (*n > 0)
		*pids = mem_alloc(*n * sizeof **pids);
	for (size_t i = 0; i < *n; i++)
		(*pids)[i] = members[*n - 1 - i].st.pid;
	free(members);
	return 0;
}

int proc_catches(pid_t pid, int sig)
{
	char text[STATUS_MAX + 1];
	ssize_t n = proc_file(pid, "status", text, STATUS_MAX);
	const char *caught;

	if (n == -1)
		return 0;
	text[n] = '\0';
	caught = strstr(text, "\nSigCgt:");
	return caught != NULL && (strtoull(caught + strlen("\nSigCgt:"), NULL,
		16) >> (sig - 1) & 1);
}

size_t proc_children(pid_t *pids, size_t max)
{
	char path[64], text[PAGE + 1];
	const char *at = text;
	unsigned long long pid;
	ssize_t len;
	size_t n = 0;

	snprintf(path, sizeof path, "/proc/self/task/%d/children",
		(int)getpid());
	len = slurp(path, text, PAGE);
	if (len <= 0)
		return 0;
	/* A number that was cut in two is not one. */
	while (n < max && number_take(&at, text + len, NUMBER_PID_MAX, &pid) ==
		0 && at < text + len) {
		pids[n++] = (pid_t)pid;
		at++;
	}
	return n;
}

void proc_hide(void)
{
#ifndef SANITIZED
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

int proc_cmdline(pid_t pid, struct buf *out)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
	n = slurp(path, buf_reserve(out, CMDLINE_MAX), CMDLINE_MAX);
	if (n == -1)
		return -1;
	buf_commit(out, (size_t)n);
	return 0;
}

ssize_t proc_file(pid_t pid, const char *name, char *out, size_t max)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	return slurp(path, out, max);
}

ssize_t proc_link(pid_t pid, const char *name, char *out, size_t max)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	n = readlink(path, out, max - 1);
	if (n != -1)
		out[n] = '\0';
	return n;
}
