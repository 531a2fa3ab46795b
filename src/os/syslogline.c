/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each line by a connection of its own: they are few, and the daemon may have been
 * started anew meanwhile. What is sent is RFC 3164's form, which every daemon
 * takes.
 */
#include "os/syslogline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/fd.h"
#include "os/timetext.h"

/* -1 and errno */
static int connect_to(const char *path, int type)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	if (fd == -1 || connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	fd_close(fd);
	return -1;
}

static void put_head(struct buf *line, int priority, const char *tag)
{
	buf_printf(line, "<%d>%s %s[%ld]: ", priority,
		timetext(TIMETEXT_SYSLOG, time(NULL)).s, tag, (long)getpid());
}

int syslogline_send(const char *path, int priority, const char *tag,
	const char *text)
{
	struct buf line = { 0 };
	int fd, ret;

	/* The time of day may read a file and set errno: before, not behind. */
	put_head(&line, priority, tag);
	buf_puts(&line, text);
	fd = connect_to(path, SOCK_DGRAM);
	if (fd == -1 && errno == EPROTOTYPE) {
		/* There a NUL ends a line. */
		fd = connect_to(path, SOCK_STREAM);
		buf_append(&line, "", 1);
	}
	ret = fd != -1 && send(fd, buf_data(&line), line.len,
		MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)line.len ? 0 : -1;
	buf_fini(&line);
	if (fd != -1)
		fd_close(fd);
	return ret;
}
