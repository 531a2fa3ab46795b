/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_EXTNAME_H
#define OPT_EXTNAME_H

#include "opt/optset.h"

/* PUBLISHER.NAME, or PUBLISHER.NAME@VERSION. */
int extname_is_good(const char *name);

/* For the .take of a row: the names of one word, with commas between them. */
int extname_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e);

#endif
