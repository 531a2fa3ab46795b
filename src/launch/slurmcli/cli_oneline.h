/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_ONELINE_H
#define LAUNCH_SLURMCLI_CLI_ONELINE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * What `scontrol --oneliner show` prints, a record a line: KEY=VALUE words with
 * blanks between them. A value with blanks ends at the first; an administrator's
 * comment stands behind all that is looked for here.
 */

/* The next line of a list, cut off; NULL: there is none. Begins with at NULL. */
char *cli_oneline_next(struct buf *printed, char **at);

/*
 * The values of n keys, cut out of line; NULL of one that is not there, or that
 * has none: "(null)", "N/A". Of one that is there twice the first counts.
 */
void cli_oneline_take(char *line, const char *const *keys, size_t n,
	const char **values);

#endif
