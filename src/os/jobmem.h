/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_JOBMEM_H
#define OS_JOBMEM_H

/*
 * The memory of the job that we are in, by the control groups in which its
 * scheduler keeps it. -1: not known, as where there are none.
 */
struct jobmem {
	long long used, limit;	/* bytes; without what is only cached */
	long long kills;	/* processes that it has cost since the start */
};

void jobmem_read(struct jobmem *m);

/*
 * The kernel's latest record of such a kill of the user's, where it may be read;
 * -1: it may not, or there is none.
 */
int jobmem_victim(int *pid, char name[16]);

#endif
