/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_SESSIONWORD_H
#define FRONT_CMD_SESSIONWORD_H

#include "base/err.h"
#include "base/tag.h"

/* What an operand says of the session: its name, and a node of its job. */
struct sessionword {
	char name[TAG_NAME_MAX + 1];	/* "": the default */
	char node[TAG_NAME_MAX + 1];	/* "": the first */
};

/*
 * Read [PREFIX]NAME, with takes_node also [PREFIX][NAME]@NODE. A prefix that is
 * there is left out; NULL: there is none. -1 with e set.
 */
int sessionword_read(struct sessionword *w, const char *word,
	const char *prefix, int takes_node, struct err *e)
	__attribute__((warn_unused_result));

#endif
