/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_ROLE_H
#define FRONT_JOB_ROLE_H

/*
 * What a live job is to its session. A session may have several: two fronts
 * submitted at once, or one job was queued behind another on purpose. Only a
 * rival is ever ended for being there.
 */
enum role {
	ROLE_CURRENT,		/* the one that counts */
	ROLE_SUCCESSOR,		/* queued behind it, by who wants it there */
	ROLE_RIVAL,		/* lost a race, and would run when that has ended */
	ROLE_UNKNOWN,		/* any of them */
};

/* What its launcher says of it: role= in a record of find. */
enum role_said {
	ROLE_SAID_NOTHING,
	ROLE_SAID_SUCCESSOR,
	ROLE_SAID_OTHER,	/* a word of a later version */
};
enum role_said role_said(const char *word);	/* NULL: it has none */

/* Where it stands in the order of its session. */
enum role_place {
	ROLE_FIRST,		/* it is the oldest, or its agent answers */
	ROLE_BESIDE,		/* another is */
	ROLE_ALONE,		/* the one that is to be first is not listed */
};

struct role_facts {
	enum role_place place;
	enum role_said said;
	int named;		/* the launcher says of which session it is */
};

enum role role_of(const struct role_facts *f);

/*
 * Whether its front should have ended it by now, and has died instead: a front
 * that lives ends the rival it made within seconds. age in seconds, 0: unknown.
 */
#define ROLE_YOUNG 60
int role_is_left_over(enum role role, long age);

const char *role_name(enum role role);

#endif
