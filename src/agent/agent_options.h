/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_OPTIONS_H
#define AGENT_AGENT_OPTIONS_H

#include "base/err.h"
#include "opt/opttable.h"

/*
 * The command line of vscode-remote-agent, which the front writes: the agent's
 * rows of opt/opttable.h. Everything is checked.
 */

/*
 * Fill o, whatever it holds. Returns 0 to go on; 1 when all is done (--help or
 * --version was printed on stdout); -1 with e set on a usage error, which
 * should end with EX_USAGE; or PRINT_FAILED with e set. Call options_free()
 * after each of them.
 */
int agent_options_parse(struct options *o, int argc, char **argv, struct err *e)
	__attribute__((warn_unused_result));

/* What -v asks for, for log_set_level(). */
int agent_options_log_level(const struct options *o);

#endif
