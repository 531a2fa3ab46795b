/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * munged as any of its clients sees it: by its socket. Nothing is said to it.
 */
#include "launch/munge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int munge_look(const char *path, struct err *e)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, rc;

	snprintf(sun.sun_path, sizeof sun.sun_path, "%s",
		path ? path : MUNGE_SOCKET);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return 0;
	rc = connect(fd, (struct sockaddr *)&sun, sizeof sun);
	/*
	 * EAGAIN: it has much to do. A socket that is not there proves
	 * nothing if its place was only guessed.
	 */
	if (rc == -1 && (errno == ECONNREFUSED || (errno == ENOENT && path)))
		err_set(e, "munged does not run on this host (%s: %s); its administrator has to start it",
			sun.sun_path, strerror(errno));
	else
		rc = 0;
	close(fd);
	return rc;
}
