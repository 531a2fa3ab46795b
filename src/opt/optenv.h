/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OPTENV_H
#define OPT_OPTENV_H

#include "opt/optset.h"

/*
 * Options by variables of the environment: VSCODE_REMOTE_SHELL_IDLE_TIMEOUT is
 * idle-timeout. Each key of settings has one, but those of a site alone, and session,
 * whose name would be the mark of what runs in a session. A value is as in a file;
 * of a list it is one word.
 */
#define OPTENV_PREFIX "VSCODE_REMOTE_SHELL_"

/* Give s all that environ says. -1 with e set. */
int optenv_give(struct opt_set *s, char *const *environ, struct err *e)
	__attribute__((warn_unused_result));

/* Whether it says anything. */
int optenv_is_there(const struct opt_set *s, char *const *environ);

/* What it says of one option, given by its address in the set's values; or NULL. */
const char *optenv_value(const struct opt_set *s, char *const *environ,
	const void *value);

#endif
