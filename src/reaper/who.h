/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_WHO_H
#define REAPER_WHO_H

#include "reaper/reaper_options.h"

/* The user's name, for the caller to free(); NULL: the uid has none. */
char *who_name(unsigned uid);

/*
 * Make numbers of the names in the lists of users and groups, once, so that
 * nobody is at the mercy of a directory service that fails later. A name that is
 * not known is an error, -1 with e set, where it excludes: whom it means would
 * be a victim. Elsewhere it means nobody, and warn is told.
 */
int who_resolve(struct reaper_options *o, void (*warn)(const char *text),
	struct err *e) __attribute__((warn_unused_result));

/* Do the lists, resolved, leave this user to us? */
int who_is_wanted(const struct reaper_options *o, unsigned uid);

#endif
