/* SPDX-License-Identifier: BSD-2-Clause */
/* The control stream, and the time limit that the agent asks for by it. */
#include "fake.h"

#include "front/front_control.h"
#include "front/front_limit.h"
#include "os/clock.h"
#include "os/proc.h"
#include "proto/message.h"

static struct {
	struct place place;
	struct front_control *control;
	struct front_limit *limit;
} own;

static struct {
	int ups, fails, auth;
	char node[256];
	struct err why;
} got;

static void up(const struct sockaddr *addr, socklen_t len, const char *node,
	void *arg)
{
	(void)addr;
	(void)len;
	(void)arg;
	got.ups++;
	snprintf(got.node, sizeof got.node, "%s", node);
}

static void failed(const struct err *why, int auth, void *arg)
{
	(void)arg;
	got.fails++;
	got.auth = auth;
	got.why = *why;
}

static int setup(void **state)
{
	memset(&got, 0, sizeof got);
	memset(&own, 0, sizeof own);
	if (fake_front_begin(state) == -1)
		return -1;
	strcpy(own.place.job, "17");
	strcpy(own.place.tag, "0123456789abcdef");
	strcpy(own.place.at.node, "node1");
	own.place.at.port = 5001;
	endpoint_add_host(&own.place.at, "192.0.2.1");
	endpoint_add_host(&own.place.at, "192.0.2.2");
	return 0;
}

static int teardown(void **state)
{
	front_limit_free(own.limit);
	front_control_free(own.control);
	return fake_front_end(state);
}

static struct link *begin(void)
{
	own.control = front_control_new(&front.inv, &own.place, up, failed, NULL);
	return fakelink_dialed(0);
}

/* One that the agent has accepted. */
static struct link *begin_up(uint16_t version)
{
	struct link *l = begin();

	fakelink_expect(l, FRAME_CONTROL);
	fakelink_up(l, version, "node1");
	fakelink_expect(l, FRAME_WHOSE);
	fakelink_say(l, FRAME_OK, "node1", 5);
	assert_int_equal(got.ups, 1);
	return l;
}

static void the_first_address_that_answers_wins(void **state)
{
	struct link *l = begin();

	(void)state;
	assert_non_null(fakelink_dialed(1));
	assert_null(fakelink_dialed(2));
	fakelink_up(fakelink_dialed(1), 2, "other");
	assert_true(fakelink_is_freed(l));
	assert_int_equal(got.ups, 0);
	fakelink_say(fakelink_dialed(1), FRAME_OK, "", 0);
	assert_int_equal(got.ups, 1);
	assert_string_equal(got.node, "other");
	/* It is accepted once. */
	fakelink_say(fakelink_dialed(1), FRAME_OK, "", 0);
	assert_int_equal(got.ups, 1);
	assert_int_equal(got.fails, 0);
}

/* Told once, with what the last one said; or that one has another key. */
static void all_addresses_fail(void **state)
{
	struct link *l = begin();

	(void)state;
	fakelink_down(l, "no such key", 1);
	assert_int_equal(got.fails, 0);
	fakelink_down(fakelink_dialed(1), "refused", 0);
	assert_int_equal(got.fails, 1);
	assert_int_equal(got.auth, 1);
	assert_string_equal(got.why.text, "192.0.2.1:5001: no such key");
}

/* What is no address is told as that, not as what became of dialing it. */
static void an_address_is_none(void **state)
{
	struct link *l;

	(void)state;
	own.place.at.n = 0;
	endpoint_add_host(&own.place.at, "node1.example.org");
	l = begin();
	assert_int_equal(got.fails, 0);
	fakelink_down(l, "Address family not supported by protocol", 0);
	assert_int_equal(got.fails, 1);
	assert_string_equal(got.why.text, "the agent's address 'node1.example.org' is not a numeric IPv4 or IPv6 address");
}

static void a_session_that_ends_says_no(void **state)
{
	struct link *l = begin();
	struct error x = { .status = EX_UNAVAILABLE, .text = "it is ending" };
	struct buf b = { 0 };

	(void)state;
	fakelink_up(l, 2, "node1");
	error_put(&b, &x);
	fakelink_say_buf(l, &b);
	assert_int_equal(got.fails, 1);
	assert_string_equal(got.why.text, "it is ending");
	/* And the end of its link is no news. */
	fakelink_down(l, "closed", 0);
	assert_int_equal(got.fails, 1);
	assert_string_equal(fakelog_told(), "");
	assert_int_equal(fake_status(), -1);
}

/* Each 10 s; after two without an answer the launcher is asked. */
static void notices_silence(void **state)
{
	struct link *l = begin_up(2);

	(void)state;
	fake_launcher("watch", "job=17\nstate=running\n\n");
	for (int i = 0; i < 10; i++) {
		fakeclock_pass(front.inv.base, 9999);
		fakelink_expect_nothing(l);
		fakeclock_pass(front.inv.base, 1);
		fakelink_expect(l, FRAME_PING);
		fakelink_say(l, FRAME_PONG, "\0\0\0\0\0\0\0", 8);
	}
	assert_int_equal(fake_launcher_count("watch"), 0);
	fakeclock_pass(front.inv.base, 30000);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("watch") == 1);
	assert_int_equal(fake_status(), -1);
	assert_string_equal(fakelog_told(),
		"job 17: no answer from its agent on node1 for 20 s; waiting up to 120 s\n");
	/* Two minutes of it, and the link is dead. */
	assert_in_range(fakeclock_pass(front.inv.base, 300000), 80000, 110000);
	assert_int_equal(fake_status(), EX_TEMPFAIL);
	assert_string_equal(fakelog_told(),
		"job 17: the agent on node1 has been silent for 120 s; connect again to continue the session\n");
}

static struct {
	int answers, ours;
	char why[256];
} answer;

static void take_answer(int ours, const char *why, void *arg)
{
	assert_ptr_equal(arg, &answer);
	answer.answers++;
	answer.ours = ours;
	snprintf(answer.why, sizeof answer.why, "%s", why);
}

static uint32_t asked_check(struct link *l, uint16_t port, uint16_t wait_ms)
{
	struct frame f = fakelink_expect(l, FRAME_CHECK);
	struct check c;

	assert_int_equal(check_get(&c, &f, NULL), 0);
	assert_int_equal(c.target.port, port);
	assert_int_equal(c.wait_ms, wait_ms);
	return c.id;
}

static void say_checked(struct link *l, uint32_t id, int ours)
{
	struct checked c = { .id = id, .ours = ours };
	struct buf b = { 0 };

	if (!ours)
		strcpy(c.why, "nothing listens");
	checked_put(&b, &c);
	fakelink_say_buf(l, &b);
}

static void asks_whose_a_port_is(void **state)
{
	struct link *l = begin_up(2);
	const struct target t = { .port = 8080 };
	uint32_t id;

	(void)state;
	memset(&answer, 0, sizeof answer);
	front_control_check(own.control, &t, 3000, take_answer, &answer);
	id = asked_check(l, 8080, 3000);
	/* Nobody has asked that. */
	say_checked(l, id + 1, 1);
	assert_int_equal(answer.answers, 0);
	say_checked(l, id, 1);
	assert_int_equal(answer.answers, 1);
	assert_int_equal(answer.ours, 1);
	say_checked(l, id, 0);
	assert_int_equal(answer.answers, 1);
	/* One that does not come in its time, and 5 s. */
	front_control_check(own.control, &t, 3000, take_answer, &answer);
	id = asked_check(l, 8080, 3000);
	fakeclock_pass(front.inv.base, 7999);
	assert_int_equal(answer.answers, 1);
	fakeclock_pass(front.inv.base, 1);
	assert_int_equal(answer.answers, 2);
	assert_int_equal(answer.ours, -1);
	say_checked(l, id, 1);
	assert_int_equal(answer.answers, 2);
	/* And one of who has gone meanwhile. */
	front_control_check(own.control, &t, 3000, take_answer, &answer);
	front_control_forget(own.control, &answer);
	fakeclock_pass(front.inv.base, 9000);
	assert_int_equal(answer.answers, 2);
}

/* The limit in the next frame, 0 when there is none. */
static uint32_t limit_in(struct link *l)
{
	struct frame f = fakelink_take(l);
	uint32_t seconds;

	if (f.type == 0)
		return 0;
	assert_int_equal(f.type, FRAME_LIMIT);
	assert_int_equal(limit_get(&seconds, &f, NULL), 0);
	return seconds;
}

static void tells_the_limit_it_knows(void **state)
{
	struct link *l;

	(void)state;
	own.place.ends_ms = clock_ms() + 600 * 1000;
	l = begin_up(2);
	own.limit = front_limit_new(&front.inv, own.control, &own.place);
	assert_int_equal(limit_in(l), 600);
	assert_int_equal(fake_launcher_count("find"), 0);
}

/* An older agent would take it for a broken link. */
static void tells_no_old_agent(void **state)
{
	struct link *l;

	(void)state;
	own.place.ends_ms = clock_ms() + 600 * 1000;
	l = begin_up(1);
	own.limit = front_limit_new(&front.inv, own.control, &own.place);
	fakelink_expect_nothing(l);
	assert_false(front_control_takes_limit(own.control));
}

static void asks_the_scheduler_for_it(void **state)
{
	struct link *l = begin_up(2);
	uint32_t seconds;

	(void)state;
	fake_launcher("find", "scope=here\n\n"
		"job=16\nstate=running\nend=1\nleft=5\n\n"
		"job=17\nstate=running\nend=1\nleft=1200\n\n");
	own.limit = front_limit_new(&front.inv, own.control, &own.place);
	fakelink_expect_nothing(l);
	fakeclock_pass(front.inv.base, 9000);
	assert_int_equal(fake_launcher_count("find"), 0);
	fakeclock_pass(front.inv.base, 1000);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("find") == 1);
	fakelink_expect(l, FRAME_PING);
	FAKECLOCK_WAIT(front.inv.base, (seconds = limit_in(l)) != 0);
	assert_int_equal(seconds, 1200);
}

/* Numbers beyond their bounds are none, and nothing breaks. */
static void believes_no_other_numbers(void **state)
{
	struct link *l = begin_up(2);
	uint32_t seconds;

	(void)state;
	own.place.by_agent = 1;
	fake_launcher("find", "scope=here\n\njob=17\nstate=running\n"
		"start=9223372036854775807\nend=9223372036854775807\n"
		"left=9223372036854775807\n\n");
	own.limit = front_limit_new(&front.inv, own.control, &own.place);
	fakelink_say(l, FRAME_LIMIT, "\0\0\1\0", 4);
	FAKECLOCK_WAIT(front.inv.base, (seconds = limit_in(l)) != 0);
	assert_int_equal(seconds, LIMIT_NONE);
}

/*
 * A process of the job has the key. It may ask as often as it likes; of the
 * scheduler is asked six times, and then once in two minutes.
 */
static void asks_at_a_rate(void **state)
{
	struct link *l = begin_up(2);
	int asked = 0;

	(void)state;
	own.place.by_agent = 1;
	fake_launcher("find", "scope=here\n\njob=17\nstate=running\n"
		"end=1\nleft=1200\n\n");
	own.limit = front_limit_new(&front.inv, own.control, &own.place);
	for (int i = 0; i < 10; i++) {
		for (int k = 0; k < 100; k++)
			fakelink_say(l, FRAME_LIMIT, "\0\0\1\0", 4);
		if (i < 6) {
			asked++;
			FAKECLOCK_WAIT(front.inv.base,
				fakelink_take(l).type == FRAME_LIMIT);
		}
		/* A launcher that was started has had its time to count. */
		FAKECLOCK_WAIT(front.inv.base, proc_children(&(pid_t){ 0 }, 1) ==
			0);
		assert_int_equal(fake_launcher_count("find"), asked);
	}
	fakeclock_pass(front.inv.base, 119 * 1000);
	while (fakelink_take(l).type != 0)
		;
	fakelink_say(l, FRAME_LIMIT, "\0\0\1\0", 4);
	FAKECLOCK_WAIT(front.inv.base, proc_children(&(pid_t){ 0 }, 1) == 0);
	assert_int_equal(fake_launcher_count("find"), asked);
	fakeclock_pass(front.inv.base, 1000);
	fakelink_say(l, FRAME_LIMIT, "\0\0\1\0", 4);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("find") == asked + 1);
}

/* Who has the key may fill the user's terminal at a rate only. */
static void shows_lines_at_a_rate(void **state)
{
	struct link *l = begin_up(2);
	struct buf b = { 0 };
	int lines = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		text_put(&b, FRAME_NOTICE, "a line");
		fakelink_say_buf(l, &b);
	}
	for (const char *at = fakelog_told(); (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 20);
	fakeclock_pass(front.inv.base, 3000);
	for (int i = 0; i < 1000; i++) {
		text_put(&b, FRAME_NOTICE, "another");
		fakelink_say_buf(l, &b);
	}
	assert_string_equal(fakelog_told(), "another\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_address_that_answers_wins),
		TEST(all_addresses_fail),
		TEST(an_address_is_none),
		TEST(a_session_that_ends_says_no),
		TEST(notices_silence),
		TEST(asks_whose_a_port_is),
		TEST(tells_the_limit_it_knows),
		TEST(tells_no_old_agent),
		TEST(asks_the_scheduler_for_it),
		TEST(believes_no_other_numbers),
		TEST(asks_at_a_rate),
		TEST(shows_lines_at_a_rate),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
