/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_DIALER_H
#define NET_DIALER_H

#include <event2/event.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * A connection to a host that has several addresses, some of which may not answer:
 * one after the other is dialed, each a little later than the one before, or as
 * soon as that has failed; the first that is there wins.
 */
struct dialer;

/* How many of them are tried. */
#define DIALER_MAX 8

/*
 * n addresses, at least one, with their ports; the best first, but the families
 * take turns. done() is called once, later: with the connection, which is the
 * owner's, or with -1 and the error of the first address. The dialer is gone then.
 * It waits as long as the kernel does: who has less time frees it.
 */
struct dialer *dialer_new(struct event_base *base,
	const struct sockaddr_storage *addrs, size_t n,
	void (*done)(int fd, int error, void *arg), void *arg);

/* No callback any more. NULL is ignored. */
void dialer_free(struct dialer *d);

#endif
