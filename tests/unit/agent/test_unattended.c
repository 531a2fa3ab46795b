/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include "agent/unattended.h"

#define MINUTE 60000LL
#define HOUR (60 * MINUTE)

static struct idle *idle;
static struct unattended *unattended;
static unsigned long long bytes;

static unsigned long long moved(void *arg)
{
	(void)arg;
	return bytes;
}

static struct link *begin(long timeout)
{
	options.session.idle_timeout = 10 * 60;
	options.session.unattended_timeout = timeout;
	bytes = 0;
	idle = idle_new(&agent.job, agent.news, agent.end);
	unattended = unattended_new(&agent.job, agent.news, agent.end, idle,
		moved, NULL);
	return fake_front(2);
}

static int teardown(void **state)
{
	unattended_free(unattended);
	idle_free(idle);
	return fake_agent_end(state);
}

/* So many minutes with so many bytes each. */
static void pass(int minutes, unsigned long long each)
{
	for (int i = 0; i < minutes; i++) {
		bytes += each;
		fakeclock_pass(agent.job.base, MINUTE);
	}
}

/* An editor's window that is open, and idle. */
static void an_open_window_ends(void **state)
{
	struct link *front = begin(3600);

	(void)state;
	idle_count(idle, USE_CLIENT, 1);
	pass(54, 4900);
	fakelink_expect_nothing(front);
	pass(1, 9999);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"session 'test' ends in 5 minutes, since somebody is connected but nobody works in it");
	pass(4, 4900);
	fakelink_expect_nothing(front);
	bytes += 4900;
	fakeclock_pass(agent.job.base, MINUTE);
	fakelink_expect(front, FRAME_MEANT);
	assert_string_equal(fakelink_text(front, FRAME_END),
		"somebody was connected, but nobody worked in it for the unattended timeout");
	assert_int_equal(end_exit_status(agent.end), EX_OK);
}

static void work_puts_it_off(void **state)
{
	struct link *front = begin(3600);

	(void)state;
	idle_count(idle, USE_SHELL, 1);
	pass(600, 10000);
	fakelink_expect_nothing(front);
	pass(55, 0);
	fakelink_expect(front, FRAME_NOTICE);
	pass(1, 10000);
	pass(54, 0);
	fakelink_expect_nothing(front);
	/* And it is warned of again. */
	pass(1, 0);
	fakelink_expect(front, FRAME_NOTICE);
}

/* Nobody connected is what --idle-timeout is about. */
static void nobody_connected_is_something_else(void **state)
{
	struct link *front = begin(300);

	(void)state;
	pass(7, 0);
	fakelink_expect_nothing(front);
	idle_count(idle, USE_CLIENT, 1);
	pass(3, 0);
	fakelink_expect_nothing(front);
}

/* On another node of the job somebody works. */
static void work_elsewhere_counts(void **state)
{
	struct link *front = begin(300);

	(void)state;
	idle_count(idle, USE_CLIENT, 1);
	for (int i = 0; i < 60; i++) {
		idle_computes(idle);
		pass(1, 0);
	}
	fakelink_expect_nothing(front);
}

/* That of a further node ends nothing, and says when somebody works there. */
static void a_further_node_only_tells(void **state)
{
	static char node[] = "node2";
	struct link *front;
	uint32_t before;

	(void)state;
	options.agent.node = node;
	front = begin(300);
	idle_count(idle, USE_CLIENT, 1);
	before = idle_computed(idle);
	pass(60, 0);
	fakelink_expect_nothing(front);
	assert_int_equal(idle_computed(idle), before);
	pass(2, 20000);
	assert_int_equal(idle_computed(idle), before + 2);
	options.agent.node = NULL;
}

/* Of a short one it is looked at oftener, with the same bytes a minute. */
static void short_ones_are_exact(void **state)
{
	struct link *front = begin(8);

	(void)state;
	idle_count(idle, USE_CLIENT, 1);
	for (int i = 0; i < 30; i++) {
		bytes += 334;
		fakeclock_pass(agent.job.base, 2000);
	}
	fakelink_expect_nothing(front);
	fakeclock_pass(agent.job.base, 6000);
	fakelink_expect(front, FRAME_NOTICE);
	fakeclock_pass(agent.job.base, 2000);
	fakelink_expect(front, FRAME_MEANT);
}

static void off_by_default(void **state)
{
	struct link *front = begin(0);

	(void)state;
	assert_null(unattended);
	idle_count(idle, USE_CLIENT, 1);
	pass(6000, 0);
	fakelink_expect_nothing(front);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_agent_begin, \
	teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_open_window_ends),
		TEST(work_puts_it_off),
		TEST(nobody_connected_is_something_else),
		TEST(work_elsewhere_counts),
		TEST(a_further_node_only_tells),
		TEST(short_ones_are_exact),
		TEST(off_by_default),
	};

	return cmocka_run_group_tests_name("unattended", tests, NULL, NULL);
}
