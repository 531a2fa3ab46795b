/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <time.h>

#include "agent/agent_limit.h"
#include "proto/message.h"

#define MINUTE 60000LL
#define HOUR (60 * MINUTE)

static struct agent_limit *limit;

/* SLURM_JOB_START_TIME and the other, as seconds from now. */
static void set_environment(long start, long end)
{
	char text[32];

	snprintf(text, sizeof text, "%lld", (long long)time(NULL) + start);
	setenv("SLURM_JOB_START_TIME", text, 1);
	snprintf(text, sizeof text, "%lld", (long long)time(NULL) + end);
	setenv("SLURM_JOB_END_TIME", text, 1);
}

static int setup(void **state)
{
	unsetenv("SLURM_JOB_START_TIME");
	unsetenv("SLURM_JOB_END_TIME");
	return fake_agent_begin(state);
}

static int teardown(void **state)
{
	agent_limit_free(limit);
	return fake_agent_end(state);
}

/* The next frame must ask, with so many seconds left. */
static void expect_question(struct link *front, uint32_t want)
{
	struct frame f = fakelink_expect(front, FRAME_LIMIT);
	uint32_t seconds;

	assert_int_equal(limit_get(&seconds, &f, NULL), 0);
	assert_int_equal(seconds, want);
}

static void expect_warning(struct link *front, const char *left)
{
	char line[128];

	snprintf(line, sizeof line, "session 'test' ends in %s, at the time limit of its job",
		left);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE), line);
}

/* Each is preceded by a question a minute before. */
static void warns_three_times(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	options.agent.time_limit = 3600;
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	assert_int_equal(agent_limit_left(limit), 3600);
	fakeclock_pass(agent.job.base, 44 * MINUTE - 1);
	fakelink_expect_nothing(front);
	fakeclock_pass(agent.job.base, 1);
	expect_question(front, 16 * 60);
	fakeclock_pass(agent.job.base, MINUTE);
	expect_warning(front, "15 minutes");
	fakeclock_pass(agent.job.base, 9 * MINUTE);
	expect_question(front, 6 * 60);
	fakeclock_pass(agent.job.base, MINUTE);
	expect_warning(front, "5 minutes");
	fakeclock_pass(agent.job.base, 3 * MINUTE);
	expect_question(front, 2 * 60);
	fakeclock_pass(agent.job.base, MINUTE);
	expect_warning(front, "1 minute");
	assert_int_equal(fakeclock_pass(agent.job.base, HOUR), MINUTE);
	fakelink_expect(front, FRAME_MEANT);
	assert_string_equal(fakelink_text(front, FRAME_END),
		"the job's time limit is reached");
	assert_true(fake_is_over());
}

/* Of a session that begins with less, what is past is not said. */
static void begins_in_the_middle(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	options.agent.time_limit = 90;
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	fakeclock_pass(agent.job.base, 29999);
	fakelink_expect_nothing(front);
	fakeclock_pass(agent.job.base, 1);
	expect_warning(front, "1 minute");
}

static void is_known_from_the_environment(void **state)
{
	(void)state;
	set_environment(-600, 3000);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	assert_in_range(agent_limit_left(limit), 2999, 3000);
}

/* The node has another clock, or was prepared for a while. */
static void believes_no_other_clock(void **state)
{
	(void)state;
	set_environment(7200, 7200 + 3600);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	assert_int_equal(agent_limit_left(limit), 3600);
}

static void reads_no_other_numbers(void **state)
{
	static const struct {
		const char *start, *end;
	} rows[] = {
		{ "0", "9223372036854775807" },
		{ "-9223372036854775808", "100" },
		{ "1", "253402300800" },	/* the year 10000 */
		{ "253402300799", "253402300900" },	/* from the year 9999 */
		{ "", "100" },
		{ "0x10", "100" },
		{ "5", " 100" },
		{ "5", "100s" },
		{ "100", "100" },
		{ "100", "5" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		setenv("SLURM_JOB_START_TIME", rows[i].start, 1);
		setenv("SLURM_JOB_END_TIME", rows[i].end, 1);
		limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
		assert_int_equal(agent_limit_left(limit), -1);
		assert_false(agent_limit_is_reached(limit));
		agent_limit_free(limit);
	}
	/* A year is Slurm's word for no limit. */
	set_environment(0, 365 * 86400L);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	assert_int_equal(agent_limit_left(limit), -1);
}

/* It may have been moved, and nobody knows. */
static void leaves_the_end_to_the_scheduler(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	set_environment(0, 3600);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	assert_int_equal(fakeclock_pass(agent.job.base, 3600 * 1000), 3600 * 1000);
	assert_false(fake_is_over());
	assert_false(end_has_begun(agent.end));
	for (int i = 0; i < 3; i++) {
		fakelink_expect(front, FRAME_LIMIT);
		fakelink_expect(front, FRAME_NOTICE);
	}
	fakelink_expect_nothing(front);
	assert_int_equal(agent_limit_left(limit), 0);
	assert_true(agent_limit_is_reached(limit));
}

/* 10 s before, when a front has said in the last five minutes that it holds. */
static void ends_when_a_front_knows(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	set_environment(0, 3600);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	fakeclock_pass(agent.job.base, 3480 * 1000);
	agent_limit_set(limit, 120);
	for (int i = 0; i < 2; i++) {
		fakelink_expect(front, FRAME_LIMIT);
		fakelink_expect(front, FRAME_NOTICE);
	}
	fakelink_expect(front, FRAME_LIMIT);
	assert_int_equal(fakeclock_pass(agent.job.base, HOUR), 110 * 1000);
	expect_warning(front, "1 minute");
	fakelink_expect(front, FRAME_MEANT);
	assert_string_equal(fakelink_text(front, FRAME_END),
		"the job's time limit is reached");
}

static void believes_no_old_answer(void **state)
{
	(void)state;
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	agent_limit_set(limit, 10 + 301);
	fakeclock_pass(agent.job.base, HOUR);
	assert_false(end_has_begun(agent.end));
}

/* Another view of the same limit is no news, however often it comes. */
static void tells_when_it_is_moved(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	options.agent.time_limit = 0;
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	/* The first that is heard of is none either. */
	agent_limit_set(limit, 600);
	assert_int_equal(agent_limit_left(limit), 600);
	for (int i = 0; i < 100; i++)
		agent_limit_set(limit, 575 + i % 30);
	fakelink_expect_nothing(front);
	agent_limit_set(limit, 7200);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"the time limit of session 'test' is now in 2 hours");
	agent_limit_set(limit, LIMIT_NONE);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"the job of session 'test' has no time limit any more");
	assert_int_equal(agent_limit_left(limit), -1);
	agent_limit_set(limit, LIMIT_NONE);
	fakelink_expect_nothing(front);
	agent_limit_set(limit, 3600);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"the time limit of session 'test' is now in 1 hour");
	fakelink_expect_nothing(front);
}

/* What was said before a limit was put off is said again before the new one. */
static void counts_down_anew(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	agent_limit_set(limit, 6 * 60 + 30);
	fakeclock_pass(agent.job.base, 90 * 1000);
	fakelink_expect(front, FRAME_LIMIT);
	expect_warning(front, "5 minutes");
	agent_limit_set(limit, 3600);
	fakelink_expect(front, FRAME_NOTICE);
	fakeclock_pass(agent.job.base, 44 * MINUTE);
	expect_question(front, 16 * 60);
	fakeclock_pass(agent.job.base, MINUTE);
	expect_warning(front, "15 minutes");
}

/* A front of no version that knows it is not asked, and two are enough. */
static void asks_two_fronts(void **state)
{
	struct link *front[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		front[i] = fake_front(i == 3 ? 1 : 2);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	agent_limit_set(limit, 17 * 60);
	fakeclock_pass(agent.job.base, MINUTE);
	fakelink_expect_nothing(front[0]);
	expect_question(front[1], 16 * 60);
	expect_question(front[2], 16 * 60);
	fakelink_expect_nothing(front[3]);
}

/* --time-limit is ours, whatever a front says. */
static void keeps_its_own_limit(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	options.agent.time_limit = 30;
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	agent_limit_set(limit, LIMIT_NONE);
	fakelink_expect_nothing(front);
	assert_int_equal(agent_limit_left(limit), 30);
	assert_int_equal(fakeclock_pass(agent.job.base, HOUR), 30000);
}

static int told[2];

static void take(int sig)
{
	(void)sig;
	if (write(told[1], "x", 1) != 1)
		_exit(1);
}

static void handle(void)
{
	signal(SIGUSR2, take);
}

/* It would end who has no handler for it. */
static void signals_those_who_handle_it(void **state)
{
	pid_t other;
	char c;

	(void)state;
	assert_int_equal(pipe2(told, O_CLOEXEC | O_NONBLOCK), 0);
	options.session.signal = (char *)"USR2@90";
	options.agent.time_limit = 3600;
	fake_child(handle);
	other = fake_child(NULL);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	fakeclock_pass(agent.job.base, 3510 * 1000 - 1);
	assert_int_equal(read(told[0], &c, 1), -1);
	fakeclock_pass(agent.job.base, 1);
	FAKECLOCK_WAIT(agent.job.base, read(told[0], &c, 1) == 1);
	assert_true(fake_is_alive(other));
	close(told[0]);
	close(told[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(warns_three_times),
		TEST(begins_in_the_middle),
		TEST(is_known_from_the_environment),
		TEST(believes_no_other_clock),
		TEST(reads_no_other_numbers),
		TEST(leaves_the_end_to_the_scheduler),
		TEST(ends_when_a_front_knows),
		TEST(believes_no_old_answer),
		TEST(tells_when_it_is_moved),
		TEST(counts_down_anew),
		TEST(asks_two_fronts),
		TEST(keeps_its_own_limit),
		TEST(signals_those_who_handle_it),
	};

	return cmocka_run_group_tests_name("limit", tests, NULL, NULL);
}
