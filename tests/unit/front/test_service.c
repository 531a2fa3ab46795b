/* SPDX-License-Identifier: BSD-2-Clause */
/* What the job may use through a front: front/front_service.c. */
#include "fake.h"

#include <errno.h>
#include <sys/socket.h>

#include "front/front_carry.h"
#include "front/front_control.h"
#include "front/front_service.h"
#include "proto/message.h"

static struct {
	struct place place;
	struct front_control *control;
	struct front_carry *carry;
	struct front_service *service;
} own;

static struct link *control;

/* What the service was asked for. */
static struct {
	int n, cancelled;
	struct front_want *want;
	char target[512];
} asked;

static void want(struct front_want *w, const char *target, void *arg)
{
	assert_ptr_equal(arg, &asked);
	asked.n++;
	asked.want = w;
	snprintf(asked.target, sizeof asked.target, "%s", target);
}

static void cancel(void *attempt)
{
	assert_ptr_equal(attempt, &own);
	asked.cancelled++;
}

static const struct front_service_ops ours = { .want = want };
static const struct front_service_ops brought = { .want = want, .of_ssh = 1 };

static void up(const struct sockaddr *addr, socklen_t len, const char *node,
	void *arg)
{
	(void)node;
	(void)arg;
	front_carry_set_agent(own.carry, &own.place.key, addr, len);
	front_service_set_control(own.service, own.control);
}

static int setup(void **state)
{
	memset(&asked, 0, sizeof asked);
	memset(&own, 0, sizeof own);
	if (fake_front_begin(state) == -1)
		return -1;
	strcpy(own.place.job, "17");
	own.place.at.port = 5001;
	endpoint_add_host(&own.place.at, "192.0.2.1");
	own.carry = front_carry_new(front.inv.base, 1000);
	own.service = front_service_new(front.inv.base, own.carry);
	front_service_offer(own.service, "one", "about it", &ours, &asked);
	return 0;
}

static int teardown(void **state)
{
	front_service_free(own.service);
	front_carry_free(own.carry);
	front_control_free(own.control);
	return fake_front_end(state);
}

static void begin(uint16_t version)
{
	own.control = front_control_new(&front.inv, &own.place, up,
		fake_control_fails, NULL);
	control = fake_control_up(version);
}

static void expect_offer(int is_there, const char *name, const char *about)
{
	struct frame f = fakelink_expect(control, FRAME_OFFER);
	struct offer o;

	assert_int_equal(offer_get(&o, &f, NULL), 0);
	assert_int_equal(o.is_there, is_there);
	assert_string_equal(o.service, name);
	assert_string_equal(o.about, about);
}

static void expect_declined(uint32_t id, int status, const char *why)
{
	struct frame f = fakelink_expect(control, FRAME_DECLINED);
	struct declined d;

	assert_int_equal(declined_get(&d, &f, NULL), 0);
	assert_int_equal(d.id, id);
	assert_int_equal(d.status, status);
	assert_string_equal(d.why, why);
}

static void say_wanted(uint32_t id, const char *name)
{
	struct wanted w = { .id = id, .target = "there" };
	struct buf b = { 0 };

	strcpy(w.service, name);
	wanted_put(&b, &w);
	fakelink_say_buf(control, &b);
}

static void tells_its_offers(void **state)
{
	(void)state;
	assert_false(front_service_is_told(own.service));
	begin(SERVICE_VERSION);
	expect_offer(1, "one", "about it");
	assert_true(front_service_is_told(own.service));
	front_service_offer(own.service, "two", "", &brought, &asked);
	expect_offer(1, "two", "");
	front_service_offer(own.service, "two", "news", &brought, &asked);
	expect_offer(1, "two", "news");
	front_service_hang_up(own.service);
	expect_offer(0, "two", "");
	say_wanted(3, "two");
	expect_declined(3, EX_UNAVAILABLE, "that is not offered any more");
	front_service_hang_up(own.service);
	fakelink_expect_nothing(control);
}

/* One that does not know what that is. */
static void tells_no_older_agent(void **state)
{
	(void)state;
	begin(SERVICE_VERSION - 1);
	front_service_offer(own.service, "two", "", &ours, &asked);
	assert_false(front_service_is_told(own.service));
	fakelink_expect_nothing(control);
}

static void carries_what_it_has(void **state)
{
	struct link *l;
	struct frame f;
	struct take t;
	char text[8];
	int pair[2];

	(void)state;
	begin(SERVICE_VERSION);
	expect_offer(1, "one", "about it");
	say_wanted(17, "one");
	assert_int_equal(asked.n, 1);
	assert_string_equal(asked.target, "there");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		SOCK_NONBLOCK, 0, pair), 0);
	front_want_have_by(asked.want, pair[1], "its own", NULL);
	l = fakelink_dialed(1);
	f = fakelink_expect(l, FRAME_TAKE);
	assert_int_equal(take_get(&t, &f, NULL), 0);
	assert_int_equal(t.id, 17);
	assert_string_equal(t.about, "its own");
	fakelink_up(l, SERVICE_VERSION, "node1");
	fakelink_say(l, FRAME_OK, NULL, 0);
	fakelink_say(l, FRAME_DATA, "abc", 3);
	assert_int_equal(read(pair[0], text, sizeof text), 3);
	assert_int_equal(write(pair[0], "de", 2), 2);
	fakeclock_turn(front.inv.base);
	assert_memory_equal(fakelink_expect(l, FRAME_DATA).data, "de", 2);
	fakelink_expect_nothing(control);
	/* It is no client's, for whom a front stays. */
	assert_false(front_carry_has_any(own.carry));
	assert_int_equal(front_carry_moved(own.carry), 0);
	close(pair[0]);
	fakelink_expect_nothing(control);
}

static void declines_what_it_has_not(void **state)
{
	struct err why;

	(void)state;
	begin(SERVICE_VERSION);
	expect_offer(1, "one", "about it");
	say_wanted(1, "another");
	expect_declined(1, EX_UNAVAILABLE, "that is not offered any more");
	say_wanted(2, "one");
	err_set(&why, "not there");
	front_want_decline(asked.want, EX_NOPERM, &why);
	expect_declined(2, EX_NOPERM, "not there");
	/* Not a name: told, so that nobody waits for it. */
	fakelink_say(control, FRAME_WANTED, "\0\0\0\3\0\1!\0\0", 9);
	expect_declined(3, EX_PROTOCOL,
		"wanted frame with a field missing, too long or left over");
	assert_int_equal(asked.n, 1);
}

/* Nobody hears of them any more. */
static void cancels_at_the_end(void **state)
{
	(void)state;
	begin(SERVICE_VERSION);
	say_wanted(1, "one");
	front_want_begin(asked.want, cancel, &own);
	front_service_free(own.service);
	own.service = NULL;
	assert_int_equal(asked.cancelled, 1);
	say_wanted(2, "one");
	assert_int_equal(asked.n, 1);
}

/* An agent that was replaced by another process of the job. */
static void is_not_asked_too_much(void **state)
{
	struct err why;

	(void)state;
	begin(SERVICE_VERSION);
	expect_offer(1, "one", "about it");
	for (uint32_t i = 0; i < WANTED_MAX; i++)
		say_wanted(i, "one");
	fakelink_expect_nothing(control);
	say_wanted(99, "one");
	expect_declined(99, EX_UNAVAILABLE,
		"too many connections are under way on the login node");
	assert_int_equal(asked.n, WANTED_MAX);
	err_set(&why, "no");
	for (uint32_t i = WANTED_MAX; i < 256; i++) {
		front_want_decline(asked.want, EX_UNAVAILABLE, &why);
		fakelink_expect(control, FRAME_DECLINED);
		say_wanted(i, "one");
		assert_int_equal(asked.n, (int)i + 1);
	}
	front_want_decline(asked.want, EX_UNAVAILABLE, &why);
	fakelink_expect(control, FRAME_DECLINED);
	/* What comes faster waits for its turn. */
	say_wanted(1000, "one");
	fakelink_expect_nothing(control);
	assert_int_equal(asked.n, 256);
	fakeclock_pass(front.inv.base, 1);
	assert_int_equal(asked.n, 257);
	front_want_decline(asked.want, EX_UNAVAILABLE, &why);
	fakelink_expect(control, FRAME_DECLINED);
	say_wanted(1001, "none");
	fakelink_expect_nothing(control);
	fakeclock_pass(front.inv.base, 1);
	expect_declined(1001, EX_UNAVAILABLE, "that is not offered any more");
}

/* What it asks for beyond is refused at some rate, and not while it reads nothing. */
static void tells_no_flood(void **state)
{
	(void)state;
	begin(SERVICE_VERSION);
	expect_offer(1, "one", "about it");
	for (uint32_t i = 0; i < WANTED_MAX + 64; i++)
		say_wanted(i, "one");
	for (uint32_t i = WANTED_MAX; i < WANTED_MAX + 64; i++)
		expect_declined(i, EX_UNAVAILABLE,
			"too many connections are under way on the login node");
	for (uint32_t i = 0; i < 1000; i++)
		say_wanted(1000 + i, "one");
	fakelink_say(control, FRAME_WANTED, "\0\0\0\3\0\1!\0\0", 9);
	fakelink_expect_nothing(control);
	fakeclock_pass(front.inv.base, 100);
	fakelink_fill(control, 1);
	say_wanted(2000, "one");
	fakelink_expect_nothing(control);
	fakelink_fill(control, 0);
	fakeclock_pass(front.inv.base, 100);
	say_wanted(2001, "one");
	expect_declined(2001, EX_UNAVAILABLE,
		"too many connections are under way on the login node");
	assert_int_equal(asked.n, WANTED_MAX);
	/* Each service has room of its own. */
	front_service_offer(own.service, "two", "", &ours, &asked);
	expect_offer(1, "two", "");
	say_wanted(2002, "two");
	assert_int_equal(asked.n, WANTED_MAX + 1);
}

/* What an agent does not take is under way for some time, and so many of it. */
static void waits_for_no_agent(void **state)
{
	int pair[200][2];
	struct link *l;
	uint32_t n;
	char c;

	(void)state;
	begin(SERVICE_VERSION);
	expect_offer(1, "one", "about it");
	for (n = 0; n < 192; n++) {
		say_wanted(n, "one");
		assert_int_equal(asked.n, (int)n + 1);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM |
			SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair[n]), 0);
		front_want_have(asked.want, pair[n][1]);
	}
	fakelink_expect_nothing(control);
	say_wanted(n, "one");
	expect_declined(n, EX_UNAVAILABLE,
		"too many connections are under way on the login node");
	l = fakelink_dialed(1);
	fakelink_expect(l, FRAME_TAKE);
	fakelink_up(l, SERVICE_VERSION, "node1");
	fakeclock_pass(front.inv.base, 19990);
	assert_int_equal(read(pair[0][0], &c, 1), -1);
	assert_int_equal(errno, EAGAIN);
	fakeclock_pass(front.inv.base, 20);
	for (n = 0; n < 192; n++) {
		assert_int_equal(read(pair[n][0], &c, 1), 0);
		close(pair[n][0]);
	}
	say_wanted(1000, "one");
	assert_int_equal(asked.n, 193);
}

/* How often it was logged since this was last called. */
static int lines(const char *text)
{
	const char *at = fakelog_logged();
	int n = 0;

	while ((at = strstr(at, text)) != NULL) {
		at += strlen(text);
		n++;
	}
	return n;
}

/* Nor does it fill the log. */
static void few_lines_are_logged(void **state)
{
	static const char line[] = "a connection that the job wants is declined";

	(void)state;
	begin(SERVICE_VERSION);
	(void)lines(line);
	for (uint32_t i = 0; i < 100; i++)
		say_wanted(i, "none");
	assert_int_equal(lines(line), 20);
	fakeclock_pass(front.inv.base, 3000);
	say_wanted(100, "none");
	assert_int_equal(lines("80 more were declined\n"), 1);
	say_wanted(101, "none");
	assert_int_equal(lines(line), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_its_offers),
		TEST(tells_no_older_agent),
		TEST(carries_what_it_has),
		TEST(declines_what_it_has_not),
		TEST(cancels_at_the_end),
		TEST(is_not_asked_too_much),
		TEST(tells_no_flood),
		TEST(waits_for_no_agent),
		TEST(few_lines_are_logged),
	};

	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
