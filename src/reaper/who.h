/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_WHO_H
#define REAPER_WHO_H

#include "reaper/options.h"

/* The user's name, for the caller to free(); NULL: the uid has none. */
char *who_name(unsigned uid);

/* Do the lists of users and groups leave this user to us? */
int who_is_wanted(const struct options *o, unsigned uid);

#endif
