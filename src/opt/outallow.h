/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OUTALLOW_H
#define OPT_OUTALLOW_H

#include "opt/optset.h"

/* For the .take of the row of --outbound-allow: base/hostpattern reads its word. */
int outallow_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e);

#endif
