/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_SLURM_FAKE_H
#define TESTS_UNIT_SLURM_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../fakedir.h"
#include "base/kv.h"
#include "launch/slurm/slurm_compat.h"

/*
 * A Slurm in the test's process: the calls of libslurm that ask or tell slurmctld
 * are ours, at link time, and answer what the test says; so does the clock, which
 * a pause moves on. What a worker answers is kept, and its end is the end of
 * fake_worker() only.
 */
#define FAKE_JOBS 4

extern struct fake_slurm {
	/* What slurmctld knows. */
	slurm_job_info_t job[FAKE_JOBS];
	unsigned n_jobs;
	int lists_federation;	/* the last of them is of another cluster */
	time_t now;		/* its clock */
	long missing;		/* nodes that are down; -1: it does not tell */
	int is_noisy;		/* the library says on stderr what failed */

	/* errno of the next calls; 0: they succeed. */
	int hold_fails;		/* and has no answer if that is ENOENT */
	int init_exits, load_fails, kill_fails, update_fails, submit_fails,
		ping_fails;

	/* What it was asked. */
	unsigned holds;		/* for an allocation, which gets 4712 */
	unsigned step_asks;
	uint32_t step;		/* that an allocation has; 0: none */
	int steps_fail;
	unsigned inits, loads, lists_freed, pings, kills, updates, submits;
	unsigned loads_all;	/* those of loads that were of all users */
	uint16_t load_flags;	/* the last */
	unsigned counts;	/* of nodes */
	unsigned alarm;		/* s that were set while it was asked */
	char killed[16];
	uint16_t kill_signal;
	char updated[16];
	uint32_t update_limit;
	char submitted[128];	/* its name */
	int phase_at_submit;
	const char *submit_note;
	uint32_t min_nodes;

	long api;		/* the library's release; 0: that of the header */
	long long ms;		/* the clock */
	/* Called at each pause, before the clock moves; may be NULL. */
	void (*pauses)(int ms);
	int paused[64];
	unsigned n_paused;
} fake;

/* For cmocka's setup and teardown: a cluster named "c1" without jobs. */
int fake_slurm_begin(void **state);
int fake_slurm_end(void **state);

/* A job of ours that runs: its number, session, tag of 16 digits all this. */
slurm_job_info_t *fake_job(uint32_t id, const char *session, char digit);

/* Run this as a worker does. Returns its class of error, "" for none. */
const char *fake_worker(void (*run)(void *arg), void *arg);

/* A verb with a request of these lines. */
const char *fake_verb(const char *name, const char *lines);

/* All that it has answered since, and the message of an error. */
const char *fake_answer(void);
const char *fake_message(void);

#endif
