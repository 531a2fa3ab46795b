/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_BRIDGEENV_H
#define PROTO_BRIDGEENV_H

#include "base/envlist.h"

/*
 * The environment of a command that is called in a container and runs outside: the
 * caller's, but for names that mean something else out there, which are as the
 * session has them on the node, or not there. One table, which
 * vscode-remote-host(1) tells.
 */

/* A name that ends in '*' stands for all that begin so. */
struct bridgeenv_row {
	const char *name;
	const char *reason;
};

/* Beside those of sessionenv_is_of_node(); the last has no name. */
extern const struct bridgeenv_row bridgeenv_rows[];

/* Add to out what a command gets; caller ends with NULL. */
void bridgeenv_make(struct envlist *out, const struct envlist *session,
	char *const *caller);

#endif
