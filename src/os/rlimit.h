/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_RLIMIT_H
#define OS_RLIMIT_H

/*
 * Raise the soft limits that this process may run into (open files, processes,
 * memory) to what the hard limits allow. A limit that cannot be raised stays as
 * it is.
 */
void rlimit_raise(void);

/*
 * In a child, before exec: the limits from before. They are the user's, and what
 * he runs, or a launcher hands on to a job, has them as they were set.
 */
void rlimit_give_back(void);

#endif
