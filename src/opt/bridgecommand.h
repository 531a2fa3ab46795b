/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_BRIDGECOMMAND_H
#define OPT_BRIDGECOMMAND_H

#include "base/buf.h"
#include "opt/optset.h"

/*
 * Commands that a container's programs can have run outside of it: those of a
 * table, and those that --bridge-command names.
 */
struct bridgecommand {
	const char *name;
	int ignores_dir;	/* it does the same wherever it is started */
	int submits;		/* a job that waits for no node of this one */
	const char *at_terminal;	/* what the user is told there; or NULL */
};

/* The last has no name. */
extern const struct bridgecommand bridgecommands[];

/* What extra says that one is, with a row that fits all; NULL: it is not to be run. */
const struct bridgecommand *bridgecommand_find(const struct opt_list *extra,
	const char *name);

/* Call with each name: of the table, unless extra says not, and of extra. */
void bridgecommand_each(const struct opt_list *extra,
	void (*use)(const char *name, void *arg), void *arg);

/* Append them all, with commas. */
void bridgecommand_list(const struct opt_list *extra, struct buf *out);

/*
 * For the .take of --bridge-command: a NAME; "none": not those of the table, nor what
 * was given before; "any": whatever is called.
 */
int bridgecommand_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e);

#endif
