/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_STARTFILES_H
#define FRONT_STARTFILES_H

#include "base/buf.h"

/*
 * Append which files a login shell of this path reads first, and what shows them
 * at work: "~/.profile or /etc/profile; `sh -lx </dev/null` on ...".
 * given: the path was chosen for this, and may be no shell but a script.
 */
void startfiles_explain(struct buf *out, const char *path, int given);

#endif
