/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_FDPASS_H
#define OS_FDPASS_H

#include <sys/types.h>

/* Descriptors from one process to another, over sockets that keep messages apart. */

#define FDPASS_MAX 3

/* n of them, at most FDPASS_MAX, with len bytes of data, at least one. -1 and errno. */
int fdpass_send(int to, const void *data, size_t len, const int *fds, unsigned n);

/*
 * The next message, without waiting: how long it is; 0: there will be none; -1 and
 * errno, EAGAIN when it is not there yet. fds gets what came with it, close-on-exec,
 * the caller's; -1: no more. What could not be opened here, as when all are open that
 * may be, has all of them closed, and *is_cut set.
 */
ssize_t fdpass_receive(int from, void *data, size_t size, int fds[FDPASS_MAX],
	int *is_cut);

#endif
