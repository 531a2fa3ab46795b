/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IMAGEWATCH_H
#define AGENT_IMAGEWATCH_H

#include "agent/imagecache.h"

/*
 * imagecache_get() in a process of its own, for who has to go on where a file system
 * hangs: after so many seconds without progress it is given up, its process killed
 * with what it runs, and NULL returned. A process that even then does not end, since
 * it waits in the kernel, is left, which e tells. c: but for alive.
 */
#define IMAGEWATCH_SECONDS 120

char *imagewatch_get(const struct imagecache *c, struct err *e)
	__attribute__((warn_unused_result));

#endif
