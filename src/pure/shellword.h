/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PURE_SHELLWORD_H
#define PURE_SHELLWORD_H

#include "pure/buf.h"

/* Append word as it is typed into a POSIX shell: quoted where it must be. */
void shellword_put(struct buf *out, const char *word);

#endif
