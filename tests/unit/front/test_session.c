/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a front does on its way to a job: the actions of session.c, and submit.c,
 * wait.c and giveup.c below it. Which of them belongs to which state is way.c's
 * table, which has a test of its own.
 */
#include "fake.h"

#include "front/job/session.h"

#define OTHER "0000000000000001"	/* the tag of a job that is not ours */
#define NONE "scope=here\n\n"
#define OURS "job=17\ntag=@OURS@\nsession=default\nage=100\n"
#define THEIRS "job=16\ntag=" OTHER "\nsession=default\nage=200\n"
#define PENDING "state=pending\nreason=Priority\n\n"
#define RUNNING "state=running\nnode=node1\n\n"

static struct session *session;
static struct place place;
static int ready;

static void ready_cb(const struct place *p, void *arg)
{
	(void)arg;
	place = *p;
	ready++;
}

static const struct session_ops ops = { .ready = ready_cb };

static int setup(void **state)
{
	ready = 0;
	place = (struct place){ .job = "" };
	if (fake_front_begin(state) == -1)
		return -1;
	session = session_new(&front.inv, &ops, NULL);
	fake_launcher("find", NONE);
	fake_launcher("submit", "job=17\n\n");
	fake_launcher("watch", NULL);
	return 0;
}

static int teardown(void **state)
{
	session_free(session);
	return fake_front_end(state);
}

static int has_folder(const char *tag)
{
	return faccessat(front.inv.state_fd, tag, F_OK, 0) == 0;
}

/* A job of ours that is submitted, and waits. */
static void submit_and_wait(void)
{
	fake_launcher_later("find", NONE OURS PENDING);
	session_start(session, SESSION_START);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == 1);
}

/* There is none: find, submit, find, wait, and its agent. */
static void a_job_is_made(void **state)
{
	(void)state;
	submit_and_wait();
	assert_int_equal(fake_launcher_count("find"), 2);
	assert_int_equal(fake_launcher_count("submit"), 1);
	assert_non_null(strstr(fake_launcher_request("watch"), "job=17\n"));
	assert_true(has_folder(fake_launcher_tag()));
	assert_non_null(strstr(fakelog_told(), "job 17 is pending"));
	assert_int_equal(ready, 0);
	/* It has none of an earlier run, so a record is of this one. */
	fake_agent(fake_launcher_tag(), 5001);
	fakeclock_pass(front.inv.base, 1000);
	assert_int_equal(ready, 1);
	assert_string_equal(place.job, "17");
	assert_int_equal(fake_launcher_count("submit"), 1);
}

/* A job that was put back into the queue: its old record is nobody's. */
static void an_earlier_run_left_a_record(void **state)
{
	(void)state;
	fake_folder(OTHER, "default", "", 0);
	fake_agent(OTHER, 5001);
	fake_launcher("find", NONE THEIRS PENDING);
	session_start(session, SESSION_START);
	/* The agent at the record does not answer. */
	FAKECLOCK_WAIT(front.inv.base, fakelink_dialed(0) != NULL);
	fakelink_down(fakelink_dialed(0), "refused", 0);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == 1);
	fakeclock_pass(front.inv.base, 3000);
	assert_int_equal(ready, 0);
	fake_agent(OTHER, 5002);
	fakeclock_pass(front.inv.base, 1000);
	assert_int_equal(ready, 1);
	assert_int_equal(place.at.port, 5002);
}

static void its_agent_is_found(void **state)
{
	(void)state;
	fake_launcher_later("find", NONE OURS RUNNING);
	session_start(session, SESSION_START);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == 1);
	fake_agent(fake_launcher_tag(), 5001);
	fakeclock_pass(front.inv.base, 1000);
	assert_int_equal(ready, 1);
	assert_string_equal(place.job, "17");
	assert_string_equal(place.tag, fake_launcher_tag());
	assert_string_equal(place.scope, "here");
	assert_int_equal(place.at.port, 5001);
	assert_int_equal(fake_launcher_count("end"), 0);
	assert_int_equal(fake_status(), -1);
}

/* The older one stays: ours is ended, and its folder goes. */
static void a_race_is_lost(void **state)
{
	(void)state;
	fake_folder(OTHER, "default", "", 0);
	fake_launcher_later("find", NONE THEIRS RUNNING OURS PENDING);
	session_start(session, SESSION_START);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == 1);
	assert_true(fake_launcher_count("end") > 0);
	assert_non_null(strstr(fake_launcher_request("end"), "job=17\n"));
	assert_non_null(strstr(fake_launcher_request("watch"), "job=16\n"));
	assert_false(has_folder(fake_launcher_tag()));
	fake_agent(OTHER, 5002);
	fakeclock_pass(front.inv.base, 1000);
	assert_int_equal(ready, 1);
	assert_string_equal(place.job, "16");
}

/* The submit had no answer, and the job is there: it is found by its tag. */
static void a_submit_without_an_answer(void **state)
{
	(void)state;
	fake_launcher("submit", "error=unavailable\nmessage=it is busy\n\n");
	submit_and_wait();
	assert_int_equal(fake_launcher_count("submit"), 1);
	assert_non_null(strstr(fake_launcher_request("watch"), "job=17\n"));
}

static void a_submit_is_refused(void **state)
{
	(void)state;
	fake_launcher("submit", "error=refused\nmessage=no such account\n\n");
	session_start(session, SESSION_START);
	FAKECLOCK_WAIT(front.inv.base, fake_status() != -1);
	assert_int_equal(fake_launcher_count("find"), 1);
	assert_string_equal(fakelog_told(), "no such account\n");
	assert_false(has_folder(fake_launcher_tag()));
}

static void none_to_join(void **state)
{
	(void)state;
	session_start(session, SESSION_JOIN);
	FAKECLOCK_WAIT(front.inv.base, fake_status() != -1);
	assert_int_equal(fake_status(), EX_UNAVAILABLE);
	assert_int_equal(fake_launcher_count("submit"), 0);
	assert_non_null(strstr(fakelog_told(), "to join"));
}

/* A scheduler that is silent is asked again, until it answers. */
static void a_scheduler_is_silent(void **state)
{
	(void)state;
	fake_launcher("find", "error=unavailable\nmessage=it is down\n\n");
	session_start(session, SESSION_START);
	FAKECLOCK_WAIT(front.inv.base,
		strstr(fakelog_told(), "it is down; trying again") != NULL);
	assert_int_equal(fake_status(), -1);
	assert_int_equal(fake_launcher_count("submit"), 0);
	fake_launcher("find", NONE);
	fake_launcher_later("find", NONE OURS RUNNING);
	fakeclock_pass(front.inv.base, 2000);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == 1);
	assert_int_equal(fake_launcher_count("submit"), 1);
}

static void a_scheduler_is_silent_for_too_long(void **state)
{
	(void)state;
	front.opt.job.outage_timeout = 20;
	fake_launcher("find", "error=unavailable\nmessage=it is down\n\n");
	session_start(session, SESSION_START);
	FAKECLOCK_WAIT(front.inv.base,
		strstr(fakelog_told(), "trying again for 20 s") != NULL);
	FAKECLOCK_WAIT(front.inv.base,
		fakeclock_pass(front.inv.base, 1000) > 0 &&
		fake_status() != -1);
	assert_int_equal(fake_status(), EX_UNAVAILABLE);
	assert_int_equal(fake_launcher_count("submit"), 0);
}

/* It ended before its agent was there. */
static void the_job_ends(void **state)
{
	(void)state;
	fake_launcher("watch", "job=17\nstate=ended\nstatus=1\n\n");
	fake_launcher_later("find", NONE OURS RUNNING);
	session_start(session, SESSION_START);
	FAKECLOCK_WAIT(front.inv.base, fake_status() != -1);
	assert_int_equal(fake_status(), EX_UNAVAILABLE);
	assert_non_null(strstr(fakelog_told(),
		"job 17 ended before its agent could be reached"));
	assert_int_equal(fake_launcher_count("end"), 0);
}

/* ---- given up ------------------------------------------------------------ */

static void nothing_was_begun(void **state)
{
	(void)state;
	session_give_up(session, 5, 0);
	assert_int_equal(fake_status(), 5);
	assert_int_equal(fake_launcher_count("end"), 0);
}

/* Our job that waits is ended, and only that. */
static void ours_waits(void **state)
{
	(void)state;
	submit_and_wait();
	session_give_up(session, 5, 0);
	FAKECLOCK_WAIT(front.inv.base, fake_status() != -1);
	assert_int_equal(fake_status(), 5);
	assert_int_equal(fake_launcher_count("end"), 1);
	assert_non_null(strstr(fake_launcher_request("end"), "job=17\n"));
	assert_false(has_folder(fake_launcher_tag()));
}

/* What others have submitted stays; any_job: it does not. */
static void give_up_theirs(int any_job, int ends)
{
	fake_folder(OTHER, "default", "", 0);
	fake_launcher("find", NONE THEIRS PENDING);
	session_start(session, SESSION_START);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == 1);
	session_give_up(session, 5, any_job);
	FAKECLOCK_WAIT(front.inv.base, fake_status() != -1);
	assert_int_equal(fake_status(), 5);
	assert_int_equal(fake_launcher_count("end"), ends);
	assert_int_equal(has_folder(OTHER), !ends);
}

static void theirs_waits(void **state)
{
	(void)state;
	give_up_theirs(0, 0);
}

static void theirs_waits_and_any_may_go(void **state)
{
	(void)state;
	give_up_theirs(1, 1);
	assert_non_null(strstr(fake_launcher_request("end"), "job=16\n"));
}

/* While ours is submitted: nobody knows until then whether it is there. */
static void ours_is_being_submitted(void **state)
{
	(void)state;
	front.opt.job.launcher_timeout = 20;
	fake_launcher("submit", NULL);
	fake_launcher_later("find", NONE OURS PENDING);
	session_start(session, SESSION_START);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("submit") == 1);
	session_give_up(session, 5, 0);
	fakeclock_turn(front.inv.base);
	assert_int_equal(fake_status(), -1);
	assert_int_equal(fake_launcher_count("end"), 0);
	/* No answer, so the scheduler is asked; that one has its time, too. */
	fakeclock_pass(front.inv.base, 21000);
	FAKECLOCK_WAIT(front.inv.base, fake_status() != -1);
	assert_int_equal(fake_status(), 5);
	assert_non_null(strstr(fake_launcher_request("end"), "job=17\n"));
}

/* In the pause for a silent agent: the job runs, and is ours. */
static void its_agent_is_silent(void **state)
{
	struct err why;

	(void)state;
	submit_and_wait();
	fake_agent(fake_launcher_tag(), 5001);
	fakeclock_pass(front.inv.base, 1000);
	assert_int_equal(ready, 1);
	err_set(&why, "no route");
	(void)fakelog_told();
	session_retry(session, &why);
	assert_non_null(strstr(fakelog_told(), "does not answer (no route)"));
	session_give_up(session, 5, 0);
	FAKECLOCK_WAIT(front.inv.base, fake_status() != -1);
	assert_int_equal(fake_status(), 5);
	assert_int_equal(fake_launcher_count("submit"), 1);
	assert_int_equal(fake_launcher_count("end"), 1);
	assert_non_null(strstr(fake_launcher_request("end"), "job=17\n"));
}

/* The second time at once: the scheduler does not answer. */
static void the_second_time(void **state)
{
	(void)state;
	submit_and_wait();
	fake_launcher_later("find", "error=unavailable\nmessage=no\n\n");
	session_give_up(session, 5, 0);
	assert_int_equal(fake_status(), -1);
	session_give_up(session, 6, 0);
	assert_int_equal(fake_status(), 6);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_job_is_made),
		T(an_earlier_run_left_a_record),
		T(its_agent_is_found),
		T(a_race_is_lost),
		T(a_submit_without_an_answer),
		T(a_submit_is_refused),
		T(none_to_join),
		T(a_scheduler_is_silent),
		T(a_scheduler_is_silent_for_too_long),
		T(the_job_ends),
		T(nothing_was_begun),
		T(ours_waits),
		T(theirs_waits),
		T(theirs_waits_and_any_may_go),
		T(ours_is_being_submitted),
		T(its_agent_is_silent),
		T(the_second_time),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
