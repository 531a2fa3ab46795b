/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_NEWVERB_H
#define FRONT_CMD_NEWVERB_H

#include "front/job/invocation.h"
#include "front/job/launcher.h"

/*
 * Verbs that a launcher need not know, since older ones do not. Why it did not
 * carry one out, in a line; returns the exit status for that.
 */
int newverb_explain(const struct invocation *inv, const char *verb,
	const struct launcher_end *end, struct err *why);

#endif
