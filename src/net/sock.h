/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_SOCK_H
#define NET_SOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

/* Sockets of this program: all are non-blocking and close-on-exec. */

/* Longest text of sock_addr_text(). */
#define SOCK_ADDR_MAX 128

/* Begin to connect: a descriptor that becomes writable, or -1 and errno. */
int sock_dial(const struct sockaddr *addr, socklen_t len);

/* The outcome of a connect that became writable: 0 or an errno value. */
int sock_error(int fd);

/*
 * Bind and listen on addr; a port of 0 lets the kernel choose. reuse sets
 * SO_REUSEADDR, which a port chosen by the user needs after a restart. -1 and
 * errno.
 */
int sock_listen(const struct sockaddr *addr, socklen_t len, int backlog,
	int reuse);

/* accept4(); -1 and errno, EAGAIN when nobody waits. */
int sock_accept(int fd);

/* NODELAY: without it two small writes wait 40 ms for each other. */
void sock_tune_stream(int fd);

/*
 * The same, and a limit on how long a silent peer is believed in. It is not
 * TCP_USER_TIMEOUT: that also ends a connection whose peer is well but does not
 * read, as behind a laptop that sleeps.
 */
void sock_tune_link(int fd);

/* Bytes of a socket that the peer's kernel has not confirmed yet. */
size_t sock_unsent(int fd);

/* Closing sends a reset instead of a clean end. */
void sock_reset_on_close(int fd);

uint16_t sock_port(int fd);
void sock_set_port(struct sockaddr_storage *addr, uint16_t port);

/* Numeric only: no name service. -1 with e set. */
int sock_parse_addr(const char *text, uint16_t port,
	struct sockaddr_storage *addr, socklen_t *len, struct err *e);

/* "10.0.0.1:22", "[::1]:22". out has SOCK_ADDR_MAX bytes. Returns out. */
char *sock_addr_text(const struct sockaddr *addr, char *out);

/* The address without the port, as sock_parse_addr() takes it. */
char *sock_host_text(const struct sockaddr *addr, char *out);

#endif
