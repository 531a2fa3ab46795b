/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls for which older C libraries have no functions. */
#include "os/pidfd.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/proc.h"

int pidfd_open_exact(pid_t pid, unsigned long long start)
{
	unsigned long long now;
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd == -1)
		return -1;
	/*
	 * After the open: if the pid is that process's now, it was before, and
	 * so the descriptor is that process's.
	 */
	if (proc_starttime(pid, &now) == 0 && now == start)
		return fd;
	close(fd);
	errno = ESRCH;
	return -1;
}

int pidfd_signal(int fd, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0);
}
