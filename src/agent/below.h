/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_BELOW_H
#define AGENT_BELOW_H

/*
 * SIGKILL for everything that runs below this process, which is a subreaper, in
 * a bounded number of rounds, since some fork as fast as they are killed. reap()
 * is called after each and waits for children that are zombies. -1 with errno
 * set when /proc cannot be read.
 */
int below_kill(void (*reap)(void *arg), void *arg)
	__attribute__((warn_unused_result));

#endif
