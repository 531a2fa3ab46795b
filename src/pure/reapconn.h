/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PURE_REAPCONN_H
#define PURE_REAPCONN_H

#include <stddef.h>
#include <stdint.h>

#include "pure/sockdump.h"

/* Sort the sockets, once, before the first question. */
void reapconn_sort(struct sockdump *d);

/*
 * How many connections others have to a tree of processes that holds these
 * sockets (sorted by number):
 * - established to a TCP port that the tree listens on, accepted or not;
 * - TCP and accepted long ago by a listener that is gone: the other end is on
 *   this host, and its port is nobody's to listen on, so that it was not the
 *   tree that connected;
 * - accepted from a Unix socket, or waiting for that.
 * Connections within the tree do not count, nor do those it made to others.
 */
size_t reapconn_count(const struct sockdump *d, const uint32_t *inodes,
	size_t n);

/*
 * Can any process of this user have a connection that would count? When not,
 * nobody needs to look for the sockets of his trees.
 */
int reapconn_possible(const struct sockdump *d, uint32_t uid);

#endif
