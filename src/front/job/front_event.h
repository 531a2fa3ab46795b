/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_FRONT_EVENT_H
#define FRONT_JOB_FRONT_EVENT_H

#include "front/job/invocation.h"

/*
 * Tell the site's log (os/eventlog.h) what has happened to a session on the login
 * node: submit, refused, cancel. session is NULL: this one. job may be "", reason
 * NULL.
 */
void front_event(const struct invocation *inv, const char *event,
	const char *session, const char *job, const char *reason);

#endif
