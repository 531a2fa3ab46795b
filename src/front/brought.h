/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_BROUGHT_H
#define FRONT_BROUGHT_H

#include "front/job/invocation.h"

/*
 * What the ssh has brought to this host, and the user wants in the job: it is
 * offered as services (--forward-agent, --forward-x11).
 */
struct brought;
struct front_service;

/* What is wanted is looked at from now on; service outlives it. */
struct brought *brought_new(const struct invocation *inv,
	struct front_service *service);
void brought_free(struct brought *b);	/* NULL is ignored */

/*
 * Call done() once it is known what there is, or seconds later: a shell that is
 * started then has it. Perhaps before this returns.
 */
void brought_await(struct brought *b, void (*done)(void *arg), void *arg);

#endif
