/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of the job: the lines of front/fate.c, and what parting makes of it. */
#include "fake.h"

#include "front/fate.h"
#include "front/job/ending.h"
#include "front/job/stays.h"
#include "front/parting.h"

#define TAG "0000000000000001"
#define RUNS "job=17\nstate=running\nnode=node1\n\n"
#define CANCELLED "job=17\nstate=ended\nby=scheduler\nreason=CANCELLED\n" \
	"text=cancelled\n"

static struct place place;
static struct fate *fate;

static int is_written(void *arg)
{
	(void)arg;
	return 1;
}

static unsigned long long delivered(void *arg)
{
	(void)arg;
	return 0;
}

static const struct parting_output output = {
	.is_written = is_written,
	.delivered = delivered,
};

static int setup(void **state)
{
	if (fake_front_begin(state) == -1)
		return -1;
	fake_folder(TAG, "default", "", 0);
	place = (struct place){ .job = "17", .tag = TAG, .at.node = "node1" };
	fate = fate_new(&front.inv, &place);
	parting_shell_starts(front.inv.parting, &output, NULL);
	return 0;
}

static int teardown(void **state)
{
	fate_free(fate);
	return fake_front_end(state);
}

/* What the scheduler says when it is asked for the n-th time. */
static void answers(int n)
{
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == n &&
		fake_is_alone());
	fakeclock_turn(front.inv.base);
}

static int parting_is(enum parting_state state)
{
	return parting_state(front.inv.parting) == state;
}

static void the_scheduler_says_why(void **state)
{
	(void)state;
	fake_launcher("watch", CANCELLED "\n");
	fate_agent_ends(fate, "the job got SIGTERM");
	assert_true(parting_is(FRONT_ASKS));
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_string_equal(fakelog_told(),
		"job 17 ends: cancelled (CANCELLED)\n");
	assert_true(parting_is(FRONT_TOLD));
	/* The end of the link is no news, and gives the status. */
	fate_link_broke(fate, "closed");
	assert_string_equal(fakelog_told(), "");
	assert_true(parting_is(FRONT_LAST_WORDS));
	assert_int_equal(parting_status(front.inv.parting), EX_UNAVAILABLE);
}

/* A job that ends by itself: the agent knows better. */
static void the_agent_says_why(void **state)
{
	(void)state;
	fake_launcher("watch", "job=17\nstate=completing\n\n");
	fake_launcher_stays("watch");
	fate_agent_ends(fate, "idle for 2 h");
	/* Told twice it is told once. */
	fate_agent_ends(fate, "another reason");
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_string_equal(fakelog_told(), "job 17 ends: idle for 2 h\n");
	assert_int_equal(fake_launcher_count("watch"), 1);
	/* Nobody is left that would watch. */
	FAKECLOCK_WAIT(front.inv.base, fake_is_alone());
}

/* A job that runs still is answer enough, though the watch goes on. */
static void the_agent_is_first(void **state)
{
	(void)state;
	fake_launcher("watch", RUNS);
	fake_launcher_stays("watch");
	fate_agent_ends(fate, "idle for 2 h");
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_string_equal(fakelog_told(), "job 17 ends: idle for 2 h\n");
}

static void the_agent_gives_no_reason(void **state)
{
	(void)state;
	fake_launcher("watch", "error=unavailable\nmessage=down\n\n");
	fate_agent_ends(fate, "");
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_string_equal(fakelog_told(),
		"job 17 ends: the agent gives no reason\n");
}

/* Two seconds: a scheduler that hangs keeps nobody. */
static void the_scheduler_is_silent(void **state)
{
	(void)state;
	fake_launcher("watch", NULL);
	fate_agent_ends(fate, "idle for 2 h");
	/* That the agent is silent, too, is no news. */
	assert_false(fate_silent(fate, 20, 120));
	fakeclock_pass(front.inv.base, FATE_SECONDS * 1000 - 1);
	assert_false(fate_is_known(fate));
	fakeclock_pass(front.inv.base, 1);
	assert_true(fate_is_known(fate));
	assert_string_equal(fakelog_told(), "job 17 ends: idle for 2 h\n");
}

/* It looks a moment later, and once more: news of a node travel. */
static void the_link_broke_and_the_job_is_over(void **state)
{
	(void)state;
	fake_launcher("watch", RUNS);
	fate_link_broke(fate, "reset");
	fakeclock_pass(front.inv.base, 199);
	assert_true(fake_is_alone());
	fakeclock_pass(front.inv.base, 1);
	answers(1);
	assert_false(fate_is_known(fate));
	fake_launcher("watch", "job=17\nstate=ended\nby=scheduler\n"
		"reason=NODE_FAIL\ntext=its node failed\n\n");
	fakeclock_pass(front.inv.base, 1199);
	assert_true(fake_is_alone());
	fakeclock_pass(front.inv.base, 1);
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_int_equal(fake_launcher_count("watch"), 2);
	assert_string_equal(fakelog_told(),
		"job 17 ended: its node failed (NODE_FAIL); connect again to start another\n");
	assert_true(parting_is(FRONT_LAST_WORDS));
	assert_int_equal(parting_status(front.inv.parting), EX_TEMPFAIL);
	/* For `logs`, since the agent could not write that. */
	FAKECLOCK_WAIT(front.inv.base, fake_text("state/" TAG "/"
		ENDING_FILE) != NULL);
}

/* Its own program's end: that has told why in its log. */
static void the_link_broke_and_the_agent_died(void **state)
{
	(void)state;
	fake_launcher("watch", "job=17\nstate=ended\nstatus=137\n\n");
	fate_link_broke(fate, "reset");
	fakeclock_pass(front.inv.base, 200);
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_string_equal(fakelog_told(),
		"job 17 ended: ended, its agent got signal 9; `vscode-remote-shell logs` shows what its agent wrote; connect again to start another\n");
}

static void the_link_broke_and_the_job_lives(void **state)
{
	(void)state;
	fake_launcher("watch", RUNS);
	fate_link_broke(fate, "reset");
	fakeclock_pass(front.inv.base, 200);
	answers(1);
	fakeclock_pass(front.inv.base, 1799);
	assert_false(fate_is_known(fate));
	fakeclock_pass(front.inv.base, 1);
	assert_true(fate_is_known(fate));
	assert_string_equal(fakelog_told(),
		"job 17: the connection to its agent on node1 broke (reset), the job is still there; connect again to continue the session\n");
	assert_int_equal(parting_status(front.inv.parting), EX_TEMPFAIL);
}

/* Back in the queue: it goes on, and has no end to be noted. */
static void the_link_broke_and_the_job_waits(void **state)
{
	(void)state;
	fake_launcher("watch", "job=17\nstate=pending\nby=requeue\n"
		"text=put back\n\n");
	fate_link_broke(fate, "reset");
	fakeclock_pass(front.inv.base, 200);
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_string_equal(fakelog_told(),
		"job 17 ended: put back; connect again to wait for it\n");
	FAKECLOCK_WAIT(front.inv.base, fake_is_alone());
	assert_null(fake_text("state/" TAG "/" ENDING_FILE));
}

static void the_link_broke_and_the_scheduler_is_down(void **state)
{
	(void)state;
	fake_launcher("watch", "error=unavailable\nmessage=down\n\n");
	fate_link_broke(fate, "reset");
	fakeclock_pass(front.inv.base, 200);
	answers(1);
	assert_false(fate_is_known(fate));
}

static void the_link_broke_and_nobody_knows(void **state)
{
	(void)state;
	fake_launcher("watch", NULL);
	fate_link_broke(fate, "reset");
	fakeclock_pass(front.inv.base, FATE_SECONDS * 1000);
	assert_string_equal(fakelog_told(),
		"job 17: the connection to its agent on node1 broke (reset); connect again to continue the session\n");
}

static void the_job_is_not_there_any_more(void **state)
{
	(void)state;
	fake_launcher("watch", "error=gone\nmessage=no such job\n\n");
	fate_link_broke(fate, "reset");
	fakeclock_pass(front.inv.base, 200);
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_string_equal(fakelog_told(),
		"job 17 ended: its agent is gone; `vscode-remote-shell logs` shows what its agent wrote; connect again to start another\n");
}

/* The agent's words come first, then the link: one question, one line. */
static void the_link_breaks_while_it_asks(void **state)
{
	(void)state;
	fake_launcher("watch", NULL);
	fate_agent_ends(fate, "idle for 2 h");
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == 1);
	fakeclock_pass(front.inv.base, 1000);
	fate_link_broke(fate, "closed");
	fakeclock_pass(front.inv.base, 999);
	assert_false(fate_is_known(fate));
	fakeclock_pass(front.inv.base, 1);
	assert_string_equal(fakelog_told(), "job 17 ends: idle for 2 h\n");
	assert_int_equal(fake_launcher_count("watch"), 1);
	assert_true(parting_is(FRONT_LAST_WORDS));
	assert_int_equal(parting_status(front.inv.parting), EX_UNAVAILABLE);
}

/* Silence: one line, a look each time, and its end is one line. */
static void a_silent_agent_answers_again(void **state)
{
	(void)state;
	fake_launcher("watch", RUNS);
	assert_false(fate_silent(fate, 20, 120));
	answers(1);
	assert_false(fate_silent(fate, 30, 120));
	answers(2);
	assert_string_equal(fakelog_told(),
		"job 17: no answer from its agent on node1 for 20 s; waiting up to 120 s\n");
	fate_heard(fate);
	assert_string_equal(fakelog_told(),
		"job 17: its agent on node1 answers again\n");
	fate_heard(fate);
	assert_string_equal(fakelog_told(), "");
	assert_false(fate_silent(fate, 20, 120));
	assert_string_equal(fakelog_told(),
		"job 17: no answer from its agent on node1 for 20 s; waiting up to 120 s\n");
	assert_true(parting_is(FRONT_SHELL));
}

static void a_suspended_job_has_a_reason(void **state)
{
	(void)state;
	fake_launcher("watch", "job=17\nstate=suspended\n\n"
		"job=17\nstate=suspended\n\n");
	fake_launcher_stays("watch");
	assert_false(fate_silent(fate, 20, 120));
	FAKECLOCK_WAIT(front.inv.base, strstr(fakelog_logged(),
		"is process") != NULL);
	FAKECLOCK_WAIT(front.inv.base, fate_silent(fate, 30, 120));
	assert_string_equal(fakelog_told(),
		"job 17: no answer from its agent on node1 for 20 s; waiting up to 120 s\n"
		"job 17 is suspended; the session goes on when the job does\n");
	/* Told once, and watched by the one that is there. */
	(void)fakelog_logged();
	assert_true(fate_silent(fate, 5000, 120));
	fakeclock_turn(front.inv.base);
	assert_string_equal(fakelog_told(), "");
	assert_null(strstr(fakelog_logged(), "is process"));
}

/* One that needs longer than the agent's next missed beat. */
static void a_slow_scheduler_is_waited_for(void **state)
{
	(void)state;
	fake_launcher("watch", NULL);
	assert_false(fate_silent(fate, 20, 120));
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == 1);
	assert_false(fate_silent(fate, 30, 120));
	assert_false(fate_silent(fate, 40, 120));
	(void)fakelog_logged();
	assert_false(fate_silent(fate, 50, 120));
	fakeclock_turn(front.inv.base);
	assert_null(strstr(fakelog_logged(), "is process"));
	assert_int_equal(fake_launcher_count("watch"), 1);
}

static void a_silent_agent_s_job_is_over(void **state)
{
	(void)state;
	fake_launcher("watch", CANCELLED "\n");
	(void)fate_silent(fate, 20, 120);
	(void)fakelog_told();
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_string_equal(fakelog_told(),
		"job 17 ended: cancelled (CANCELLED); connect again to start another\n");
	/* What the link says comes too late. */
	assert_true(parting_is(FRONT_LAST_WORDS));
	FAKECLOCK_WAIT(front.inv.base, fake_is_alone());
	assert_false(fate_silent(fate, 40, 120));
	assert_true(fake_is_alone());
	assert_string_equal(fakelog_told(), "");
}

static void a_silent_agent_s_job_is_gone(void **state)
{
	(void)state;
	fake_launcher("watch", "error=gone\nmessage=no such job\n\n");
	(void)fate_silent(fate, 20, 120);
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	assert_true(parting_is(FRONT_LAST_WORDS));
}

/* A child keeps it in mind, and needs a moment. */
static int stays(void)
{
	char why[512];

	return stays_refuses(&front.inv, why, sizeof why);
}

/* Whoever lingers has nobody to tell, and asks nobody. */
static void nobody_asks_for_who_lingers(void **state)
{
	(void)state;
	parting_linger(front.inv.parting, 60);
	fate_is_meant(fate);
	fate_agent_ends(fate, "idle for 2 h");
	assert_true(fate_is_known(fate));
	assert_true(fake_is_alone());
	fate_link_broke(fate, "closed");
	assert_int_equal(fake_status(), EX_UNAVAILABLE);
	assert_false(stays());
}

/* An open window must not start another job at once. */
static void keeps_in_mind_what_was_meant(void **state)
{
	static const struct {
		const char *watch;
		int is_meant, ends, stays;
	} rows[] = {
		{ CANCELLED "meant=yes\n\n", 0, 1, 1 },
		{ CANCELLED "meant=yes\n\n", 0, 0, 1 },
		{ CANCELLED "\n", 0, 1, 0 },
		{ CANCELLED "\n", 1, 1, 1 },
		/* Said, but then the link broke without an end. */
		{ CANCELLED "\n", 1, 0, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (i > 0) {
			teardown(state);
			setup(state);
		}
		fake_launcher("watch", rows[i].watch);
		if (rows[i].is_meant)
			fate_is_meant(fate);
		if (rows[i].ends)
			fate_agent_ends(fate, "a reason");
		else
			fate_link_broke(fate, "closed");
		fakeclock_pass(front.inv.base, 200);
		FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
		if (rows[i].stays)
			FAKECLOCK_WAIT(front.inv.base, stays());
		else
			assert_false(stays());
	}
}

/* One by ProxyCommand goes with its sshd, while the scheduler is asked, or before. */
static void keeps_it_in_mind_though_the_ssh_goes(void **state)
{
	fake_launcher("watch", CANCELLED "meant=yes\n\n");
	fate_agent_ends(fate, "a reason");
	assert_false(stays());
	parting_linger(front.inv.parting, 60);
	FAKECLOCK_WAIT(front.inv.base, fate_is_known(fate));
	FAKECLOCK_WAIT(front.inv.base, stays());

	teardown(state);
	setup(state);
	fate_is_meant(fate);
	fate_agent_ends(fate, "a reason");
	assert_false(fate_is_known(fate));
	FAKECLOCK_WAIT(front.inv.base, stays());
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keeps_it_in_mind_though_the_ssh_goes),
		TEST(the_scheduler_says_why),
		TEST(the_agent_says_why),
		TEST(the_agent_is_first),
		TEST(the_agent_gives_no_reason),
		TEST(the_scheduler_is_silent),
		TEST(the_link_broke_and_the_job_is_over),
		TEST(the_link_broke_and_the_agent_died),
		TEST(the_link_broke_and_the_job_lives),
		TEST(the_link_broke_and_the_job_waits),
		TEST(the_link_broke_and_the_scheduler_is_down),
		TEST(the_link_broke_and_nobody_knows),
		TEST(the_job_is_not_there_any_more),
		TEST(the_link_breaks_while_it_asks),
		TEST(a_silent_agent_answers_again),
		TEST(a_suspended_job_has_a_reason),
		TEST(a_slow_scheduler_is_waited_for),
		TEST(a_slow_scheduler_is_waited_for),
		TEST(a_silent_agent_s_job_is_over),
		TEST(a_silent_agent_s_job_is_gone),
		TEST(nobody_asks_for_who_lingers),
		TEST(keeps_in_mind_what_was_meant),
	};

	return cmocka_run_group_tests_name("fate", tests, NULL, NULL);
}
