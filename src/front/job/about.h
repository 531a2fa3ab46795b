/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_ABOUT_H
#define FRONT_JOB_ABOUT_H

#include "base/err.h"
#include "front/job/invocation.h"

/*
 * What the file "about" in the folder of a job says: whose it is, and who would
 * know whether it lives.
 */
struct about {
	char session[65];
	char launcher[256];	/* as in --launcher, never auto */
	char scope[128];	/* of its answers; "": unknown */
	char asked[17];		/* asked_name() of its options; "": unknown */
	char profile[65];	/* by which it was asked for; "": none */
	char programs[1024];	/* the directory of its agent; "": unknown */
};

/* Both -1 with e set; dirfd is of the folder. */
int about_write(int dirfd, const struct about *a, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The same for a job of this front, among those that its launcher tells of.
 * asked: what it is asked for, which is kept, too; NULL: not known.
 */
int about_label(int dirfd, const struct invocation *inv, const char *scope,
	const struct opt_list *asked, struct err *e)
	__attribute__((warn_unused_result));

int about_read(int dirfd, struct about *a, struct err *e)
	__attribute__((warn_unused_result));

#endif
