/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_POLICY_H
#define OPT_POLICY_H

#include "opt/config.h"

/*
 * What a site's [limit] and [lower] say of things that are no option of ours: of
 * the job that is asked for, of commands, and of how many sessions there may be.
 */

/* How many may live at once, of all and of the profile; where is NULL: any number. */
struct policy_sessions {
	struct policy_limit {
		long max;
		char *where;		/* "FILE:LINE" */
	} all, of_profile;
};

/* Whether all of these lines can be read, whoever they are for. -1 with e set. */
int policy_read(const struct config *c, struct err *e)
	__attribute__((warn_unused_result));

/* Whether he may use a command. -1 with e set. */
int policy_command(const struct config *c, const struct config_who *who,
	const char *command, struct err *e) __attribute__((warn_unused_result));

/* The same of an app. */
int policy_app(const struct config *c, const struct config_who *who,
	const char *app, struct err *e) __attribute__((warn_unused_result));

/*
 * Whether words, options of salloc, are within all bounds; they are changed where
 * the site lowers what is beyond, and notes get a line for the user then. -1 with
 * e set. Bounds of a partition are those of the one that the words ask for, or then
 * of the one that the site puts in its place.
 */
int policy_job(const struct config *c, const struct config_who *who,
	struct opt_list *words, struct opt_list *notes, struct err *e)
	__attribute__((warn_unused_result));

/* The same of the partition alone. */
int policy_partition(const struct config *c, const struct config_who *who,
	struct opt_list *words, struct opt_list *notes, struct err *e)
	__attribute__((warn_unused_result));

/* For him; to be given back. */
void policy_sessions(const struct config *c, const struct config_who *who,
	struct policy_sessions *p);
void policy_sessions_fini(struct policy_sessions *p);

#endif
