/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/terminals.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "os/log.h"
#include "os/proc.h"

#define PTS_MAJOR 136		/* to 143, each with 256 terminals */
#define PTS_MAJORS 8
#define SEEN_MAX 256

/* Terminals that are told already. */
struct seen {
	int tty[SEEN_MAX];
	unsigned n;
};

static int is_new(struct seen *s, int tty)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->tty[i] == tty)
			return 0;
	if (s->n == SEEN_MAX)
		return 0;
	s->tty[s->n++] = tty;
	return 1;
}

/* The number of a pseudo terminal as /proc/PID/stat tells the device. */
static int pts_number(int tty)
{
	unsigned major = (unsigned)tty >> 8 & 0xfff;
	unsigned minor = (tty & 0xff) | ((unsigned)tty >> 12 & 0xfff00);

	if (major < PTS_MAJOR || major >= PTS_MAJOR + PTS_MAJORS)
		return -1;
	return (int)((major - PTS_MAJOR) * 256 + minor);
}

/* Ours, and writable for others: that is what mesg(1) changes. */
static void tell(int number, const char *text, size_t len)
{
	char path[32];
	struct stat st;
	int fd;

	snprintf(path, sizeof path, "/dev/pts/%d", number);
	fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return;
	if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
		st.st_uid == geteuid() && (st.st_mode & S_IWGRP) != 0 &&
		write(fd, text, len) == -1)
		log_debug("%s takes nothing", path);
	close(fd);
}

void terminals_tell(const char *line)
{
	struct seen seen = { .n = 0 };
	struct procmember *all;
	char text[640];
	size_t n;
	int len = snprintf(text, sizeof text,
		"\a\r\nvscode-remote-shell: %s\r\n", line);

	if (len >= (int)sizeof text || proc_family(getpid(), &all, &n) == -1)
		return;
	for (size_t i = 0; i < n; i++) {
		int number = pts_number(all[i].use.tty);

		if (number != -1 && is_new(&seen, number))
			tell(number, text, (size_t)len);
	}
	free(all);
}
