/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_JOBFIELD_H
#define LAUNCH_JOBFIELD_H

#include <stddef.h>

#include "base/kv.h"

/*
 * The records with which the verb describe answers, one a field of a job: each of
 * these appends one, without its empty line.
 */

/* options: those that can say so, separated by blanks. */
void jobfield_put(struct buf *out, const char *name, const char *value,
	const char *options);

/* How many variables it would have. */
void jobfield_put_env(struct buf *out, size_t n);

/* What it would run, as one would type it. */
void jobfield_put_command(struct buf *out, const struct kv *request);

#endif
