/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_SHELLWORD_H
#define BASE_SHELLWORD_H

#include "base/buf.h"

/* Append word as it is typed into a POSIX shell: quoted where it must be. */
void shellword_put(struct buf *out, const char *word);

#endif
