/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_LOCAL_LOCAL_MACHINE_H
#define LAUNCH_LOCAL_LOCAL_MACHINE_H

#include "base/buf.h"

/* What this machine has, as the record of a partition of one node. */
void local_machine(struct buf *out);

/*
 * The number in kB that a line of /proc/meminfo has for that name, in MB; 0: it
 * has none. Pure.
 */
unsigned long local_machine_memory(const char *meminfo, const char *name);

#endif
