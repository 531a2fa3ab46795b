/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom what is told: agent/news.c, and agent/fronts.c below it. */
#include "fake.h"

#include "agent/news.h"
#include "proto/message.h"

static void tells_all_fronts(void **state)
{
	struct link *old = fake_front(1), *front = fake_front(2);

	(void)state;
	assert_int_equal(fronts_count(agent.fronts), 2);
	news_tell(agent.news, "x", 5, "in %d s", 5);
	assert_string_equal(fakelink_text(old, FRAME_NOTICE), "in 5 s");
	assert_string_equal(fakelink_text(front, FRAME_NOTICE), "in 5 s");
}

/* A line is cut, and is a good frame for that. */
static void cuts_a_long_line(void **state)
{
	struct link *front = fake_front(2);
	char line[2000];

	(void)state;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	news_tell(agent.news, "x", -1, "%s", line);
	assert_int_equal(strlen(fakelink_text(front, FRAME_NOTICE)), 511);
	fronts_notice(agent.fronts, line);
	assert_int_equal(strlen(fakelink_text(front, FRAME_NOTICE)),
		TEXT_MAX - 1);
}

static void tells_the_end(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	news_end(agent.news, "cancelled", 0);
	assert_string_equal(fakelink_text(front, FRAME_END), "cancelled");
	fakelink_expect_nothing(front);
	/* That it is meant comes first: behind the end nobody listens. */
	news_end(agent.news, "cancelled", 1);
	fakelink_expect(front, FRAME_MEANT);
	fakelink_expect(front, FRAME_END);
}

static void tells_nobody_who_is_gone(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	fronts_drop_all(agent.fronts);
	assert_int_equal(fronts_count(agent.fronts), 0);
	news_tell(agent.news, "x", -1, "y");
	fakelink_expect_nothing(front);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_agent_begin, \
	fake_agent_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_all_fronts),
		TEST(cuts_a_long_line),
		TEST(tells_the_end),
		TEST(tells_nobody_who_is_gone),
	};

	return cmocka_run_group_tests_name("news", tests, NULL, NULL);
}
