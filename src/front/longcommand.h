/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_LONGCOMMAND_H
#define FRONT_LONGCOMMAND_H

#include "base/buf.h"
#include "net/filter.h"

/*
 * A command that is longer than a request holds, such as a start script in
 * base64: it goes ahead of what is typed, and a short one, which is asked for in
 * its place, reads just so many bytes, and becomes it.
 */
struct longcommand {
	struct filter filter;
	struct buf ahead;	/* of stdin, until it is on its way */
};

/* of_stdin has all its other filters. */
void longcommand_send(struct longcommand *l, struct filters *of_stdin,
	const char *command, size_t len);
void longcommand_fini(struct longcommand *l);

/* What is asked for in place of one of len bytes; out has no NUL at its end. */
void longcommand_put(struct buf *out, size_t len);

#endif
