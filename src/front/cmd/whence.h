/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_WHENCE_H
#define FRONT_CMD_WHENCE_H

#include "base/buf.h"
#include "opt/optlist.h"

struct config;
struct options;

/*
 * Append who gave these options, by their long names: of those that salloc has, the
 * words of the job, else ours. "command line", "profile NAME of FILE:LINE",
 * "user FILE:LINE", "site FILE:LINE", "variable NAME"; "built in": nobody.
 */
void whence_put(const struct options *o, const struct config *c,
	const struct opt_list *names, struct buf *out);

#endif
