/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OUTALLOW_H
#define OPT_OUTALLOW_H

#include "opt/optset.h"

/* For the .take of rows that are lists of hosts: base/hostpattern reads each word. */
int outallow_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e);

#endif
