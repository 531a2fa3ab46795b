/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last resort of the end and of the keeper: SIGKILL for all that runs below
 * this process. A process that forks while the list is read is not in it, so
 * groups are signalled too, and the list is read again until nobody is left.
 */
#include "agent/below.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/proc.h"
#include "os/procsig.h"

#define ROUNDS 20		/* for those that fork meanwhile */
#define CHILDREN_MAX 64

/*
 * A process whose parent has ended is a child of ours. So one that forks and
 * ends, again and again, is caught here though each list of all is too old.
 */
static void kill_children(void)
{
	pid_t pids[CHILDREN_MAX];
	size_t n = proc_children(pids, CHILDREN_MAX);

	for (size_t i = 0; i < n; i++)
		procsig_send(pids[i], SIGKILL);
}

/*
 * A signal for a group reaches also those who are being forked. A group of
 * another session than ours was made below us and has nobody else in it.
 */
static void kill_member(const struct procmember *m, pid_t own_session)
{
	if (m->st.session != own_session && m->st.pgrp > 1)
		procsig_send_group(m->st.pgrp, SIGKILL);
	procsig_send(m->st.pid, SIGKILL);
}

/* Without a pause between rounds, in which those that are left would fork. */
int below_kill(void (*reap)(void *arg), void *arg)
{
	pid_t own_session = getsid(0);
	struct procmember *all;
	size_t n, alive = 1;

	for (int round = 0; round < ROUNDS && alive > 0; round++) {
		kill_children();
		if (proc_family(getpid(), &all, &n) == -1)
			return -1;
		alive = 0;
		for (size_t i = 0; i < n; i++) {
			if (all[i].st.state == 'Z' || all[i].st.state == 'X')
				continue;
			kill_member(&all[i], own_session);
			alive++;
		}
		free(all);
		reap(arg);
	}
	return 0;
}
