/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_RLIMIT_H
#define OS_RLIMIT_H

/*
 * Raise the soft limits that a session runs into (open files, processes,
 * memory) to what the hard limits allow. Children inherit them. A limit that
 * cannot be raised stays as it is.
 */
void rlimit_raise(void);

#endif
