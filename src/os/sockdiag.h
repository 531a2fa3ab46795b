/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_SOCKDIAG_H
#define OS_SOCKDIAG_H

#include "base/err.h"
#include "os/sockdump.h"

/*
 * All TCP sockets that listen or are established, and all Unix sockets, of this
 * network namespace, into d, which is overwritten. -1 with e set when the kernel
 * does not tell.
 */
int sockdiag_dump(struct sockdump *d, struct err *e)
	__attribute__((warn_unused_result));

#endif
