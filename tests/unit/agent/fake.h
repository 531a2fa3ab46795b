/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_AGENT_FAKE_H
#define TESTS_UNIT_AGENT_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "../fakeclock.h"
#include "../fakedir.h"
#include "../fakelink.h"
#include "../fakelog.h"
#include "agent/end.h"
#include "agent/fronts.h"
#include "agent/hook.h"
#include "agent/jobenv.h"
#include "agent/memory.h"
#include "agent/news.h"
#include "agent/service.h"
#include "agent/wrappers.h"
#include "os/peeruid.h"

/*
 * What every part of an agent is given, in the test's process, with nothing that
 * runs: a test sets the options and makes the part that it tests. State directory
 * and home are in a directory of the test's own.
 */
struct fake_agent {
	struct agent_job job;
	struct jobenv env;
	struct fronts *fronts;
	struct hook *hook;
	struct news *news;
	struct memory *memory;
	struct end *end;
};
extern struct fake_agent agent;
extern struct options options;

/* For cmocka's setup and teardown of each test. */
int fake_agent_begin(void **state);
int fake_agent_end(void **state);

/* The same where programs are started: with the directory that they all have. */
int fake_session_begin(void **state);
int fake_session_end(void **state);

/*
 * The services of such a session, and one front, which has offered nothing; and what
 * it says of one of them then: about, or NULL, that it has it no more. A test frees
 * what it has made of them in between fake_services_leave() and fake_services_end().
 */
struct fake_services {
	struct peeruid peeruid;
	struct services *all;
	struct wrappers *wrappers;
	struct service_front front;
};
extern struct fake_services offers;
int fake_services_begin(void **state);
void fake_services_leave(void);
int fake_services_end(void **state);
void fake_offer(const char *service, const char *about);

/*
 * The session's directory has gone, none can be made, and a check has found that; and
 * it is there again, which nobody has looked at yet.
 */
void fake_rundir_goes(void);
void fake_rundir_returns(void);

/* What it is told goes to the fronts. */
extern const struct rundir_ops fake_rundir_ops;

/* The end has begun; for those who refuse then. */
void fake_end(void);

/* A front that is attached, by its control link. */
struct link *fake_front(uint16_t version);

/*
 * A child that waits to be killed. It first calls prepare(), unless that is
 * NULL, and this returns when that is done.
 */
pid_t fake_child(void (*prepare)(void));
int fake_is_alive(pid_t pid);

/* How many descriptors are open, to be compared. */
int fake_open_files(void);

/* As when all descriptors are open that may be; and as before. */
void fake_no_files(void);
void fake_files_again(void);

/* Whether the loop was told to end. */
int fake_is_over(void);

#endif
