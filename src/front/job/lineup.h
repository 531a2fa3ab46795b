/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_LINEUP_H
#define FRONT_JOB_LINEUP_H

#include "front/job/jobs.h"
#include "front/job/role.h"

/* The live jobs of one session, in the order in which they run, each with its role. */
struct lineup {
	size_t n;
	struct lineup_row {
		const struct job *job;	/* of all, which must stay as it is */
		enum role role;
	} *row;
};

/*
 * Those of a session. answers: the tag of the one whose agent has answered, which
 * is the session, whoever is older; NULL: nobody was asked, the oldest counts.
 */
void lineup_init(struct lineup *l, const struct jobs *all, const char *session,
	const char *answers);
void lineup_fini(struct lineup *l);

/* The one that counts, or NULL. */
const struct job *lineup_current(const struct lineup *l);

/* The one with this tag, or NULL. */
const struct job *lineup_tagged(const struct lineup *l, const char *tag);

/* The youngest of those that lost a race and are left over, or NULL. */
const struct job *lineup_left_over(const struct lineup *l);

#endif
