/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_SITEPAGE_H
#define FRONT_CMD_SITEPAGE_H

#include "base/buf.h"
#include "base/err.h"

struct config;
struct options;
struct opt_list;

/*
 * Append a page for the users of a site, in HTML: how to begin, the profiles of the
 * site's settings, its bounds, and the commands, of which there are two words each,
 * what is typed and what it does. o has all values of the settings; program: as it is
 * called here. -1 with e set: the settings are wrong.
 */
int sitepage_write(const struct options *o, struct config *c, const char *program,
	const struct opt_list *commands, struct buf *out, struct err *e) __attribute__((warn_unused_result));

#endif
