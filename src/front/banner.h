/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_BANNER_H
#define FRONT_BANNER_H

#include "base/buf.h"

#define BANNER_LINES 40	/* what is longer is cut */

/*
 * The text of a site that whoever comes to a session is shown: on stderr, which a
 * Remote-SSH user sees in its log, a line of ours each. Read before the loop runs,
 * since the file's system may hang; one that cannot be read, or that another user
 * may have written, keeps nobody out: it is only logged. path: NULL, none.
 */
void banner_read(const char *path, struct buf *text);
void banner_tell(const struct buf *text);

#endif
