/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_NODELOOK_H
#define FRONT_JOB_NODELOOK_H

#include <sys/socket.h>

#include "front/job/invocation.h"
#include "front/job/place.h"

/* Where the agent of another node of a session's job is. */
struct nodelook;

struct nodelook_ops {
	/* One of the two is called, once; it may free the look. */
	void (*found)(const struct endpoint *at, void *arg);
	void (*failed)(int status, const struct err *why, void *arg);
};

/*
 * Ask the session's agent, which is at addr and speaks NODE_VERSION or more. An
 * agent is started on that node if there is none. p outlives it.
 */
struct nodelook *nodelook_new(const struct invocation *inv,
	const struct place *p, const struct sockaddr *addr, socklen_t len,
	const struct nodelook_ops *ops, void *arg);
void nodelook_free(struct nodelook *n);

#endif
