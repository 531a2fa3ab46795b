/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_SSHAGENT_H
#define FRONT_FRONT_SSHAGENT_H

#include <event2/event.h>

struct front_service;

/* The ssh-agent that ssh has brought, as a service (--forward-agent). */
struct front_sshagent;

/*
 * Look for it, and offer it; settled() is called once that is done, or was in vain,
 * which was told: not before this returns, and never if it returns NULL, where there
 * is none.
 */
struct front_sshagent *front_sshagent_new(struct event_base *base,
	struct front_service *service, void (*settled)(void *arg), void *arg);
void front_sshagent_free(struct front_sshagent *a);	/* NULL is ignored */

#endif
