/* SPDX-License-Identifier: BSD-2-Clause */
/* A session that is ended by its agent: front/job/finish.c. */
#include "fake.h"

#include "front/job/finish.h"

static struct place place;
static struct finish *finish;

static struct {
	int meant, done, ended;
	struct err why;
} got;

static void meant(void *arg)
{
	assert_ptr_equal(arg, &got);
	got.meant++;
}

static void done(int ended, const struct err *why, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.done++;
	got.ended = ended;
	got.why = *why;
	for (unsigned i = 0; fakelink_dialed(i) != NULL; i++)
		assert_true(fakelink_is_freed(fakelink_dialed(i)));
	/* It may. */
	finish_free(finish);
	finish = NULL;
}

static int setup(void **state)
{
	memset(&got, 0, sizeof got);
	if (fake_front_begin(state) == -1)
		return -1;
	place = (struct place){ .job = "17", .at = { .port = 5001 } };
	endpoint_add_host(&place.at, "192.0.2.1");
	endpoint_add_host(&place.at, "192.0.2.2");
	return 0;
}

static int teardown(void **state)
{
	finish_free(finish);
	finish = NULL;
	return fake_front_end(state);
}

static struct link *begin(void (*meant_cb)(void *))
{
	finish = finish_new(&front.inv, &place, "no need", meant_cb, done,
		&got);
	return fakelink_dialed(0);
}

static struct link *begin_up(void (*meant_cb)(void *))
{
	struct link *l = begin(meant_cb);

	fakelink_up(l, 2, "node1");
	fakelink_expect(l, FRAME_CONTROL);
	return l;
}

static void say_end(struct link *l)
{
	struct buf b = { 0 };

	text_put(&b, FRAME_END, "no need");
	fakelink_say_buf(l, &b);
}

/* Not in a callback of its link: whoever hears it frees it. */
static void expect_done(int ended, const char *why)
{
	assert_int_equal(got.done, 0);
	fakeclock_turn(front.inv.base);
	assert_int_equal(got.done, 1);
	assert_int_equal(got.ended, ended);
	if (why != NULL)
		assert_string_equal(got.why.text, why);
}

static void is_over_when_the_agent_is_gone(void **state)
{
	struct link *l = begin_up(NULL);

	(void)state;
	assert_int_equal(fakelink_port(l), 5001);
	assert_string_equal(fakelink_text(l, FRAME_END), "no need");
	say_end(l);
	fakeclock_pass(front.inv.base, 19999);
	assert_int_equal(got.done, 0);
	fakelink_down(l, "closed", 0);
	expect_done(1, NULL);
}

/* One that ends already refuses, and goes as well. */
static void takes_a_refusal_for_an_end(void **state)
{
	struct link *l = begin_up(NULL);
	struct error x = { .status = EX_UNAVAILABLE, .text = "it ends" };
	struct buf b = { 0 };

	(void)state;
	fakelink_expect(l, FRAME_END);
	error_put(&b, &x);
	fakelink_say_buf(l, &b);
	fakelink_down(l, "closed", 0);
	expect_done(1, NULL);
}

/* Fronts keep it in mind before the end comes. */
static void says_first_that_it_is_meant(void **state)
{
	struct link *l = begin_up(meant);

	(void)state;
	fakelink_expect(l, FRAME_MEANT);
	fakelink_expect_nothing(l);
	assert_int_equal(got.meant, 0);
	fakelink_say(l, FRAME_OK, "node1", 5);
	assert_int_equal(got.meant, 1);
	/* Its owner takes his time, and only the first answer is one. */
	fakelink_say(l, FRAME_OK, "node1", 5);
	fakeclock_pass(front.inv.base, 60000);
	assert_int_equal(got.meant, 1);
	assert_int_equal(got.done, 0);
	fakelink_expect_nothing(l);
	finish_end(finish);
	fakelink_expect(l, FRAME_END);
	say_end(l);
	fakelink_down(l, "closed", 0);
	expect_done(1, NULL);
}

static void uses_the_first_that_is_up(void **state)
{
	struct link *first = begin(NULL), *second = fakelink_dialed(1);

	(void)state;
	assert_null(fakelink_dialed(2));
	fakelink_up(second, 2, "node1");
	fakelink_expect(second, FRAME_CONTROL);
	fakelink_up(first, 2, "node1");
	fakelink_expect_nothing(first);
	/* What becomes of the other is no matter. */
	say_end(second);
	fakelink_down(first, "refused", 0);
	fakeclock_turn(front.inv.base);
	assert_int_equal(got.done, 0);
	fakelink_down(second, "closed", 0);
	expect_done(1, NULL);
}

static void tells_why_nobody_is_reached(void **state)
{
	struct link *l = begin(NULL);

	(void)state;
	fakelink_down(l, "no such key", 1);
	fakeclock_turn(front.inv.base);
	assert_int_equal(got.done, 0);
	fakelink_down(fakelink_dialed(1), "refused", 0);
	expect_done(0, "refused");
}

/* It has not said that it ends: its link broke, and it lives. */
static void is_no_end_when_the_link_breaks(void **state)
{
	struct link *l = begin_up(NULL);

	/* The other is dialed still. */
	(void)state;
	fakelink_down(l, "reset", 0);
	expect_done(0, "reset");
}

/* Nobody is dialed, so nobody is waited for. */
static void has_no_address(void **state)
{
	(void)state;
	place.at.n = 0;
	assert_null(begin(NULL));
	expect_done(0, "it has no address");
}

static void has_no_good_address(void **state)
{
	(void)state;
	place.at.n = 0;
	endpoint_add_host(&place.at, "node1");
	assert_null(begin(meant));
	expect_done(0, "'node1' is not a numeric IPv4 or IPv6 address");
	assert_int_equal(got.meant, 0);
}

/* One of them will do. */
static void has_one_good_address(void **state)
{
	struct link *l;

	(void)state;
	place.at.n = 0;
	endpoint_add_host(&place.at, "node1");
	endpoint_add_host(&place.at, "192.0.2.2");
	l = begin_up(NULL);
	fakelink_down(l, "reset", 0);
	expect_done(0, "reset");
}

static void waits_so_long(void **state)
{
	struct link *l = begin_up(NULL);

	(void)state;
	fakeclock_pass(front.inv.base, 4999);
	assert_int_equal(got.done, 0);
	fakeclock_pass(front.inv.base, 1);
	assert_int_equal(got.done, 1);
	assert_false(got.ended);
	assert_string_equal(got.why.text, "it has not said within 5 s that it ends; its version may be too old for that");
	fakelink_expect(l, FRAME_END);
}

/* Once heard it has twenty seconds, however often it says so. */
static void waits_longer_for_one_that_ends(void **state)
{
	struct link *l = begin_up(NULL);

	(void)state;
	say_end(l);
	fakeclock_pass(front.inv.base, 15000);
	say_end(l);
	fakeclock_pass(front.inv.base, 4999);
	assert_int_equal(got.done, 0);
	fakeclock_pass(front.inv.base, 1);
	assert_int_equal(got.done, 1);
	assert_false(got.ended);
	assert_string_equal(got.why.text, "it has been ending for 20 s");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_over_when_the_agent_is_gone),
		TEST(takes_a_refusal_for_an_end),
		TEST(says_first_that_it_is_meant),
		TEST(uses_the_first_that_is_up),
		TEST(tells_why_nobody_is_reached),
		TEST(is_no_end_when_the_link_breaks),
		TEST(has_no_address),
		TEST(has_no_good_address),
		TEST(has_one_good_address),
		TEST(waits_so_long),
		TEST(waits_longer_for_one_that_ends),
	};

	return cmocka_run_group_tests_name("finish", tests, NULL, NULL);
}
