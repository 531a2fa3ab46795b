/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_FOLDERS_H
#define FRONT_JOB_FOLDERS_H

#include <stddef.h>

#include "front/job/about.h"
#include "front/job/invocation.h"

/* The folders of the state directory in which an agent has said where it is. */

struct folders_row {
	char tag[17];
	struct about about;
	long long made_ns;	/* by the clock of the file system */
};

struct folders {
	size_t n;
	struct folders_row *row;	/* the newest first */
};

/*
 * Those of a session, or with NULL of all, that were made for the launcher of
 * this front. The scheduler is not asked: a job may be dead. It takes at most
 * FOLDERS_MS, however many there are, and then some may be missing.
 */
#define FOLDERS_MS 300
void folders_find(struct folders *all, const struct invocation *inv,
	const char *session);

/* Leave out those of another scope, see scope_may_be(). */
void folders_of_scope(struct folders *all, const char *scope);

void folders_fini(struct folders *all);

#endif
