/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_FD_H
#define OS_FD_H

#include <dirent.h>
#include <stddef.h>
#include <time.h>

/* What is done with one descriptor by who may wait for it: not by a loop. */

#define FD_FOREVER (-1LL)

/*
 * Wait for events (POLLIN, ...; 0: only for an error or its other end's death)
 * until that time of clock_ms(), or FD_FOREVER. What is past looks once. 1: they
 * are there, 0: they are not, -1 and errno. No signal ends it.
 */
int fd_wait(int fd, short events, long long until);

/* Whether nobody has the other end any more, or it is no descriptor. */
int fd_is_dead(int fd);

/* All of it, waiting where fd would not; -1 and errno. */
int fd_write_all(int fd, const void *data, size_t len)
	__attribute__((warn_unused_result));

/*
 * The entries of a directory from the first on, by a descriptor of their own: the
 * offset of dirfd stays where it is. For closedir(); NULL and errno.
 */
DIR *fd_opendir(int dirfd) __attribute__((warn_unused_result));

/*
 * The time of the file system that a directory of ours is on, by stamping it: that
 * of a server may differ from this host's. 0: not known.
 */
time_t fd_now(int dirfd);

/*
 * Stdin, stdout and stderr become /dev/null, or are closed: who waits for their
 * other ends, as sshd does, need not wait for this process.
 */
void fd_drop_standard(void);

/* Close without losing the errno that is being reported. -1 is ignored. */
void fd_close(int fd);

#endif
