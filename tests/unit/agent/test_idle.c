/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <time.h>

#include "agent/idle.h"

#define MINUTE 60000LL
#define HOUR (60 * MINUTE)

static struct idle *idle;

static struct link *begin(long timeout, int busy)
{
	options.session.idle_timeout = timeout;
	options.session.idle_busy = busy;
	idle = idle_new(&agent.job, agent.news, agent.end);
	return fake_front(2);
}

static int teardown(void **state)
{
	idle_free(idle);
	return fake_agent_end(state);
}

static void warns_and_ends(void **state)
{
	struct link *front = begin(2 * 3600, OPTIONS_BUSY_CONNECTIONS);

	(void)state;
	fakeclock_pass(agent.job.base, 2 * HOUR - 5 * MINUTE - 1);
	fakelink_expect_nothing(front);
	fakeclock_pass(agent.job.base, 1);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"session 'test' ends in 5 minutes, since nobody is connected");
	fakeclock_pass(agent.job.base, 5 * MINUTE - 1);
	fakelink_expect_nothing(front);
	assert_int_equal(idle_seconds(idle), 2 * 3600 - 1);
	assert_int_equal(fakeclock_pass(agent.job.base, HOUR), 1);
	fakelink_expect(front, FRAME_MEANT);
	assert_string_equal(fakelink_text(front, FRAME_END),
		"nobody was connected for the idle timeout");
	assert_true(fake_is_over());
	assert_int_equal(end_exit_status(agent.end), EX_OK);
}

/* Of a short timeout a quarter. */
static void warns_in_proportion(void **state)
{
	struct link *front = begin(60, OPTIONS_BUSY_CONNECTIONS);

	(void)state;
	fakeclock_pass(agent.job.base, 44999);
	fakelink_expect_nothing(front);
	fakeclock_pass(agent.job.base, 1);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"session 'test' ends in 15 seconds, since nobody is connected");
}

static void use_puts_it_off(void **state)
{
	struct link *front = begin(60, OPTIONS_BUSY_CONNECTIONS);

	(void)state;
	fakeclock_pass(agent.job.base, 50000);
	fakelink_expect(front, FRAME_NOTICE);
	idle_count(idle, USE_CLIENT, 1);
	assert_int_equal(idle_seconds(idle), 0);
	fakeclock_pass(agent.job.base, 100 * HOUR);
	/* As long as one of them is left. */
	idle_count(idle, USE_SHELL, 1);
	idle_count(idle, USE_CLIENT, -1);
	fakeclock_pass(agent.job.base, 100 * HOUR);
	fakelink_expect_nothing(front);
	idle_count(idle, USE_SHELL, -1);
	fakeclock_pass(agent.job.base, 44999);
	fakelink_expect_nothing(front);
	assert_int_equal(idle_seconds(idle), 44);
	/* And it is warned of again. */
	fakeclock_pass(agent.job.base, 1);
	fakelink_expect(front, FRAME_NOTICE);
	assert_int_equal(fakeclock_pass(agent.job.base, HOUR), 15000);
}

static void never_without_a_timeout(void **state)
{
	struct link *front = begin(0, OPTIONS_BUSY_CONNECTIONS);

	(void)state;
	idle_count(idle, USE_CLIENT, 1);
	idle_count(idle, USE_CLIENT, -1);
	assert_int_equal(fakeclock_pass(agent.job.base, 10000 * HOUR), 10000 * HOUR);
	fakelink_expect_nothing(front);
	assert_int_equal(idle_seconds(idle), 10000 * 3600);
}

/* It may have begun when nobody was there any more. */
static void waits_less_for_the_first(void **state)
{
	struct link *front;

	(void)state;
	options.agent.unclaimed_timeout = 60;
	front = begin(3600, OPTIONS_BUSY_CONNECTIONS);
	fakeclock_pass(agent.job.base, MINUTE - 1);
	fakelink_expect(front, FRAME_NOTICE);
	fakelink_expect_nothing(front);
	fakeclock_pass(agent.job.base, 1);
	fakelink_expect(front, FRAME_MEANT);
	assert_string_equal(fakelink_text(front, FRAME_END),
		"nobody was there when its job began");
}

static void use_once(struct link *front)
{
	idle_count(idle, USE_SHELL, 1);
	idle_count(idle, USE_SHELL, -1);
	fakeclock_pass(agent.job.base, 50 * MINUTE);
	fakelink_expect_nothing(front);
}

static void waits_as_ever_for_the_second(void **state)
{
	(void)state;
	options.agent.unclaimed_timeout = 60;
	use_once(begin(3600, OPTIONS_BUSY_CONNECTIONS));
}

static void waits_for_ever_for_the_second(void **state)
{
	(void)state;
	options.agent.unclaimed_timeout = 60;
	use_once(begin(0, OPTIONS_BUSY_CPU));
}

/* A session that ends for another reason has no other end. */
static void leaves_an_end_alone(void **state)
{
	struct link *front = begin(60, OPTIONS_BUSY_CONNECTIONS);

	(void)state;
	fake_child(NULL);
	fakeclock_pass(agent.job.base, 59950);
	fakelink_expect(front, FRAME_NOTICE);
	end_session(agent.end, EX_UNAVAILABLE, "another reason");
	fakelink_expect(front, FRAME_END);
	fakeclock_pass(agent.job.base, 1000);
	fakelink_expect_nothing(front);
	assert_int_equal(end_exit_status(agent.end), EX_UNAVAILABLE);
}

/* A tenth of a second of a processor. */
static void compute(void)
{
	struct timespec used;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	while (used.tv_sec == 0 && used.tv_nsec < 100000000);
}

static void processors_put_it_off(void **state)
{
	struct link *front = begin(4, OPTIONS_BUSY_CPU);

	(void)state;
	fakeclock_pass(agent.job.base, 900);
	fake_child(compute);
	/* The sample of this second finds 10 %, the next ones nothing. */
	fakeclock_pass(agent.job.base, 3099);
	fakelink_expect_nothing(front);
	fakeclock_pass(agent.job.base, 1);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"session 'test' ends in 1 second, since nobody is connected");
	fakeclock_pass(agent.job.base, 1000);
	fakelink_expect(front, FRAME_MEANT);
	assert_string_equal(fakelink_text(front, FRAME_END),
		"nobody was connected and nothing computed for the idle timeout");
}

/* What is there and waits does not count. */
static void sleepers_do_not(void **state)
{
	struct link *front = begin(4, OPTIONS_BUSY_CPU);

	(void)state;
	fake_child(NULL);
	fakeclock_pass(agent.job.base, 3000);
	fakelink_expect(front, FRAME_NOTICE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_agent_begin, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(warns_and_ends),
		TEST(warns_in_proportion),
		TEST(use_puts_it_off),
		TEST(never_without_a_timeout),
		TEST(waits_less_for_the_first),
		TEST(waits_as_ever_for_the_second),
		TEST(waits_for_ever_for_the_second),
		TEST(leaves_an_end_alone),
		TEST(processors_put_it_off),
		TEST(sleepers_do_not),
	};

	return cmocka_run_group_tests_name("idle", tests, NULL, NULL);
}
