/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "launch/never.h"

#include <stddef.h>
#include <string.h>

static int is_one(const char *partition)
{
	return partition != NULL && partition[0] != '\0' &&
		strchr(partition, ',') == NULL;
}

const char *never_look(struct never *n, const struct jobstate_text *why,
	const char *partition, long now)
{
	if (why == NULL || why->change == NULL || !is_one(partition)) {
		n->why = NULL;
		return NULL;
	}
	if (n->why != why) {
		n->why = why;
		n->since = now;
	}
	return now - n->since >= NEVER_SECONDS ? why->change : NULL;
}
