/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_PROBE_H
#define NET_PROBE_H

#include <event2/event.h>

#include "base/err.h"

/* A look at a Unix socket of the user's own, and a connection to it. */
struct probe;

/*
 * done() is called once, later: with why NULL if the socket is ours, then fd is
 * the connection, and the owner's, or -1 without dial; else with the reason. It
 * must not free the probe, which is gone then. dial: see os/pathdial.h.
 */
struct probe *probe_new(struct event_base *base, const char *path, int dial,
	void (*done)(int fd, const struct err *why, void *arg), void *arg);

/* No callback any more. NULL is ignored. */
void probe_free(struct probe *p);

#endif
