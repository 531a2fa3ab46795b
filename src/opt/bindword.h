/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_BINDWORD_H
#define OPT_BINDWORD_H

#include "opt/optset.h"

/*
 * For the .take of --container-bind: PATH or PATH:PATH, absolute, but that the first
 * one may begin with "~", which a front expands.
 */
int bindword_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e);

#endif
