/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_FRONT_FAKE_H
#define TESTS_UNIT_FRONT_FAKE_H

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
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "../fakeclock.h"
#include "../fakedir.h"
#include "../fakelink.h"
#include "../fakelog.h"
#include "front/job/invocation.h"
#include "proto/report.h"

/*
 * A front in the test's process with the defaults of all options, a state
 * directory of its own, "state" in the test's directory, and a launcher that
 * answers what the test says. It is a program, so that what runs launchers is
 * tested, too. Agents are fake links.
 */
extern struct fake_front {
	struct options opt;
	struct invocation inv;
} front;

/* For cmocka's setup and teardown of each test. */
int fake_front_begin(void **state);
int fake_front_end(void **state);

/* It has no child: no launcher runs, and nobody works aside. */
int fake_is_alone(void);

/* How it has ended; -1: not yet. */
int fake_status(void);

/*
 * From now on the launcher answers this verb with these lines, and ends with
 * status 0 unless one of them is an error. Without that it says nothing. With
 * NULL it does not answer at all.
 */
void fake_launcher(const char *verb, const char *lines);

/*
 * The same once a job was submitted, instead of the other; @OURS@ is its tag,
 * in both.
 */
void fake_launcher_later(const char *verb, const char *lines);

/* From now on it does not end behind its answer to this verb. */
void fake_launcher_stays(const char *verb);

/* The tag of the job that was submitted last. */
const char *fake_launcher_tag(void);

/* How often it was asked that, and its last request; NULL: never. */
int fake_launcher_count(const char *verb);
const char *fake_launcher_request(const char *verb);

/* A folder of a job with an agent at this port of 192.0.2.1; 0: with none. */
void fake_folder(const char *tag, const char *session, const char *asked,
	uint16_t port);

/* The agent of such a job leaves its record. */
void fake_agent(const char *tag, uint16_t port);

/* When a file below the state directory was written: so many seconds ago. */
void fake_age(const char *name, long seconds);

/* Of a control link that must not fail: its failed(). */
void fake_control_fails(const struct err *why, int auth, void *arg);

/* The agent accepts the one that was dialed first, by this version. */
struct link *fake_control_up(uint16_t version);

/* The agent's answer to STATUS on a link, which asks for it. */
void fake_report(struct link *l, const char *job, long left);

#endif
