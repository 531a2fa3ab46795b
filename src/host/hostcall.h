/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HOST_HOSTCALL_H
#define HOST_HOSTCALL_H

#include "base/err.h"

/*
 * Call for a command, with arguments, this process's directory, environment, umask
 * and standard descriptors. argv ends with NULL and is not empty. Returns a
 * connection that says what becomes of it; -1 with e set.
 */
int hostcall_make(char **argv, struct err *e)
	__attribute__((warn_unused_result));

#endif
