/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_CONTAINERHEALTH_H
#define AGENT_CONTAINERHEALTH_H

#include <sys/types.h>

#include "agent/agent_job.h"
#include "agent/fronts.h"

/*
 * Whether a container that was good still is: its image, and the room that its
 * programs have to write. Fronts are told each time that something goes wrong, by a
 * line, within a minute; nobody looks while no front is attached.
 */
struct containerhealth;

/* What is looked at. */
struct containerhealth_of {
	const char *image;	/* a file or directory, or NULL */
	int is_copy;		/* which is made anew when it is missed */
	pid_t instance;		/* or 0 */
	const char *scratch;	/* a directory for temporary files, or NULL */
};

/*
 * of() says what there is to be looked at, and returns 0 when there is nothing; it
 * tells itself of an instance that is gone. All outlive it.
 */
struct containerhealth *containerhealth_new(const struct agent_job *job,
	struct fronts *fronts,
	int (*of)(struct containerhealth_of *out, void *arg), void *arg);
void containerhealth_free(struct containerhealth *h);

/* A program begins, whose front will be there. */
void containerhealth_begin(struct containerhealth *h);

/* Of a file system, as statvfs(3) has it: -1: full, 1: not at all, 0: neither. */
struct containerhealth_room {
	unsigned long long bytes, blocks, files, files_left;
};
int containerhealth_judge(const struct containerhealth_room *r);

#endif
