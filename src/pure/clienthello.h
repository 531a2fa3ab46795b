/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PURE_CLIENTHELLO_H
#define PURE_CLIENTHELLO_H

#include <stddef.h>

/* A TLS record of a ClientHello is at most so long here; ours have 300 bytes. */
#define CLIENTHELLO_MAX 4096

/*
 * Whether data, the first bytes of a connection, is a whole ClientHello, or may
 * become one: how many bytes it has to have for that, len or less when it is
 * whole. 0 when it is something else. Only its frame is looked at.
 */
size_t clienthello_length(const void *data, size_t len);

#endif
