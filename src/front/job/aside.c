/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child for work that may hang. sshd waits until the last descriptor of a
 * connection is closed: so the child lets go of the three that it has from its
 * front first, or a file system that hangs would keep the connection open after
 * its front has ended.
 */
#include "front/job/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/spawn.h"

#define SECONDS_MAX 600		/* one that hangs for good ends */
#define WAIT_MS 300

pid_t aside_run(const struct invocation *inv, void (*work)(const void *arg),
	const void *arg)
{
	pid_t pid = spawn_branch(inv->state_fd);

	if (pid == -1)
		log_info("%s is not tidied: %s", inv->state_dir, strerror(errno));
	if (pid != 0)
		return pid;	/* who has it as a child reaps it */
	fd_drop_standard();
	alarm(SECONDS_MAX);
	work(arg);
	_exit(0);
}

void aside_wait(pid_t child)
{
	int fd = child == -1 ? -1 : (int)syscall(SYS_pidfd_open, child, 0);

	if (fd == -1)
		return;
	(void)fd_wait(fd, POLLIN, clock_ms() + WAIT_MS);
	close(fd);
}
