/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_ASKED_H
#define FRONT_JOB_ASKED_H

#include "base/err.h"
#include "front/front_options.h"

/*
 * What a job is asked for: the options of the job that were given, one word
 * each, in one spelling and in order, so that two lists can be compared.
 */

/*
 * Of these options: what a job gets by them that it does not get without any.
 */
void asked_of(struct opt_list *list, const struct options *o);

/*
 * Add what was given as it is without any, where a job that was asked for then
 * has it otherwise.
 */
void asked_defaults(struct opt_list *list, const struct options *o,
	const struct opt_list *then);

/* Add a word, which is taken over. Of two of one name the later counts. */
void asked_put(struct opt_list *list, char *word);

/* A short name of the list: the same for the same words. */
struct asked_name {
	char s[17];
};
struct asked_name asked_name(const struct opt_list *list);

/* The file "asked" of a job's folder. -1 with e set. */
int asked_write(int dirfd, const struct opt_list *list, struct err *e)
	__attribute__((warn_unused_result));
int asked_read(int dirfd, struct opt_list *list, struct err *e)
	__attribute__((warn_unused_result));

/* The words of list that are not in other, as one would type them, or "none". */
void asked_beyond(const struct opt_list *list, const struct opt_list *other,
	char *out, size_t size);

#endif
