/* SPDX-License-Identifier: BSD-2-Clause */
/* The question where the agent of another node is. */
#include "fake.h"

#include <arpa/inet.h>

#include "base/mem.h"
#include "front/job/nodelook.h"
#include "proto/message.h"

static struct nodelook *look;
static struct place place;
static struct endpoint at;
static int found, failed, status;
static struct err why;

static void found_cb(const struct endpoint *ep, void *arg)
{
	(void)arg;
	at = *ep;
	found++;
}

static void failed_cb(int s, const struct err *e, void *arg)
{
	(void)arg;
	status = s;
	why = *e;
	failed++;
}

static const struct nodelook_ops ops = { .found = found_cb,
	.failed = failed_cb };

static int setup(void **state)
{
	const struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_port = htons(17) };

	if (fake_front_begin(state) == -1)
		return -1;
	found = failed = 0;
	strcpy(place.job, "4711");
	front.opt.shell.node = mem_strdup("c2");
	look = nodelook_new(&front.inv, &place, (const struct sockaddr *)&addr,
		sizeof addr, &ops, NULL);
	return 0;
}

static int teardown(void **state)
{
	nodelook_free(look);
	return fake_front_end(state);
}

static void asks_and_hears(void **state)
{
	struct link *l = fakelink_dialed(0);
	struct endpoint ep = { .port = 23, .node = "c2" };
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(fakelink_port(l), 17);
	assert_string_equal(fakelink_text(l, FRAME_NODE), "c2");
	endpoint_add_host(&ep, "192.0.2.2");
	endpoint_write(&b, &ep);
	fakelink_say(l, FRAME_OK, NULL, 0);
	assert_int_equal(found, 0);
	fakelink_say(l, FRAME_HOME, buf_data(&b), b.len);
	buf_fini(&b);
	assert_int_equal(found, 1);
	assert_int_equal(failed, 0);
	assert_int_equal(at.port, 23);
	assert_string_equal(at.host[0], "192.0.2.2");
	assert_true(fakelink_is_freed(l));
	/* Nothing is waited for any more. */
	(void)fakelog_told();
	fakeclock_pass(front.inv.base, 10000);
	assert_string_equal(fakelog_told(), "");
}

static void tells_why_not(void **state)
{
	struct error x = { .status = EX_USAGE, .text = "no such node" };
	struct buf b = { 0 };

	(void)state;
	error_put(&b, &x);
	fakelink_say_buf(fakelink_dialed(0), &b);
	assert_int_equal(failed, 1);
	assert_int_equal(status, EX_USAGE);
	assert_string_equal(why.text, "no such node");
	assert_true(fakelink_is_freed(fakelink_dialed(0)));
}

static void takes_no_bad_record(void **state)
{
	(void)state;
	fakelink_say(fakelink_dialed(0), FRAME_HOME, "port=0\n\n", 8);
	assert_int_equal(found, 0);
	assert_int_equal(status, EX_PROTOCOL);
	assert_non_null(strstr(why.text, "where the agent of the node is: "));
}

static void tells_of_a_lost_link(void **state)
{
	(void)state;
	fakelink_down(fakelink_dialed(0), "it broke", 0);
	assert_int_equal(failed, 1);
	assert_int_equal(status, EX_TEMPFAIL);
	assert_string_equal(why.text,
		"job 4711: the connection to its agent was lost while node c2 was asked for: it broke");
}

static void says_what_takes_so_long(void **state)
{
	(void)state;
	(void)fakelog_told();
	fakeclock_pass(front.inv.base, 1900);
	assert_string_equal(fakelog_told(), "");
	fakeclock_pass(front.inv.base, 100);
	assert_non_null(strstr(fakelog_told(),
		"job 4711: waiting for an agent on its node c2"));
	fakeclock_pass(front.inv.base, 60000);
	assert_string_equal(fakelog_told(), "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(asks_and_hears),
		TEST(tells_why_not),
		TEST(takes_no_bad_record),
		TEST(tells_of_a_lost_link),
		TEST(says_what_takes_so_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
