/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The waiter reads from a pipe: a byte is the status to end with, an end of file
 * says that the child has ended, with its own. It has let go of stdin, stdout and
 * stderr, which the child alone may hold open.
 */
#include "front/forced_waiter.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/log.h"

/* Does not return. */
static void wait_for_word(int from, pid_t child)
{
	unsigned char said;
	int status;
	ssize_t n;

	fd_drop_standard();
	do
		n = read(from, &said, 1);
	while (n == -1 && errno == EINTR);
	if (n == 1)
		_exit(said);
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) :
		128 + WTERMSIG(status));
}

void forced_waiter_start(struct options *o)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return;
	pid = fork();
	if (pid > 0) {
		close(fds[1]);
		wait_for_word(fds[0], pid);
	}
	close(fds[0]);
	if (pid == 0)
		o->line.waiter = fds[1];
	else
		close(fds[1]);
}

int forced_waiter_is_there(const struct options *o)
{
	return o->line.waiter > 0;
}

void forced_waiter_tell(const struct options *o, int status)
{
	unsigned char said = status;

	if (fd_write_all(o->line.waiter, &said, 1) == -1)
		log_info("who waited for the status is gone: %s",
			strerror(errno));
	close(o->line.waiter);
}
