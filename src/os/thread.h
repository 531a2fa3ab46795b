/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_THREAD_H
#define OS_THREAD_H

/*
 * Start a thread that nobody waits for, on a small stack, and which takes no
 * signal: those are the main thread's. 0, or an errno: there is none.
 */
int thread_start(void *(*run)(void *arg), void *arg)
	__attribute__((warn_unused_result));

#endif
