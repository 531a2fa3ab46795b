/* SPDX-License-Identifier: BSD-2-Clause */
/* The agent of a further node, as it belongs to the first. */
#include "fake.h"

#include "agent/agent_control.h"
#include "agent/agent_limit.h"
#include "agent/idle.h"
#include "agent/uplink.h"
#include "base/mem.h"
#include "os/safepath.h"
#include "proto/message.h"

static struct uplink *up;
static struct idle *idle;
static struct agent_limit *limit;
static struct endpoint here;
static struct tls_key key;
static struct err e;

static void write_record(const char *host, const char *other)
{
	char *text = mem_printf("port=17\nhost=%s\nhost=%s\nnode=c1\n\n", host,
		other);

	fake_file("state/0123456789abcdef/endpoint", text);
	free(text);
}

static int setup(void **state)
{
	char *path;

	if (fake_agent_begin(state) == -1)
		return -1;
	write_record("192.0.2.1", "192.0.2.2");
	path = mem_printf("%s/%s", options.session.state_dir, options.agent.tag);
	agent.job.dir = safepath_dir(path, 0, NULL, &e);
	free(path);
	options.agent.node = mem_strdup("n2");
	options.session.idle_timeout = 100;
	idle = idle_new(&agent.job, agent.news, agent.end);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	here = (struct endpoint){ .port = 23, .node = "host2" };
	endpoint_add_host(&here, "192.0.2.9");
	up = uplink_new(&(struct node_parts){ .job = &agent.job, .at = &here,
		.fronts = agent.fronts, .idle = idle, .limit = limit,
		.end = agent.end });
	return agent.job.dir == -1 ? -1 : 0;
}

static int teardown(void **state)
{
	uplink_free(up);
	agent_limit_free(limit);
	idle_free(idle);
	free(options.agent.node);
	close(agent.job.dir);
	return fake_agent_end(state);
}

/* By the second of two addresses, with what it says first. */
static struct link *begin_up(void)
{
	struct link *l;
	struct endpoint at;
	struct frame f;

	assert_int_equal(uplink_open(up, &key, &e), 0);
	l = fakelink_dialed(1);
	assert_int_equal(fakelink_port(l), 17);
	fakelink_expect_nothing(l);
	fakelink_up(l, NODE_VERSION, "c1");
	assert_true(fakelink_is_freed(fakelink_dialed(0)));
	f = fakelink_expect(l, FRAME_HOME);
	assert_int_equal(endpoint_parse(&at, f.data, f.len, &e), 0);
	assert_string_equal(at.node, "n2");
	assert_int_equal(at.port, 23);
	assert_string_equal(at.host[0], "192.0.2.9");
	fakelink_expect_nothing(l);
	fakelink_say(l, FRAME_OK, NULL, 0);
	return l;
}

static struct uses expect_uses(struct link *l)
{
	struct frame f = fakelink_expect(l, FRAME_USES);
	struct uses u;

	assert_int_equal(uses_get(&u, &f, &e), 0);
	return u;
}

static void say_text(struct link *l, enum frame_type type, const char *text)
{
	struct buf b = { 0 };

	text_put(&b, type, text);
	fakelink_say_buf(l, &b);
}

static void says_where_it_is(void **state)
{
	(void)state;
	begin_up();
	assert_false(end_has_begun(agent.end));
}

static void needs_the_record(void **state)
{
	(void)state;
	unlinkat(agent.job.dir, "endpoint", 0);
	assert_int_equal(uplink_open(up, &key, &e), -1);
	assert_non_null(strstr(e.text, "where the first agent is: "));
	fake_file("state/0123456789abcdef/endpoint", "port=99999\n\n");
	assert_int_equal(uplink_open(up, &key, &e), -1);
}

/* Every change, and nothing else. */
static void tells_who_is_connected(void **state)
{
	struct link *l = begin_up();

	(void)state;
	idle_count(idle, USE_CLIENT, 1);
	assert_int_equal(expect_uses(l).clients, 1);
	idle_count(idle, USE_SHELL, 1);
	assert_int_equal(expect_uses(l).shells, 1);
	fake_front(NODE_VERSION);
	assert_int_equal(expect_uses(l).fronts, 1);
	idle_count(idle, USE_CLIENT, -1);
	assert_int_equal(expect_uses(l).clients, 0);
	fakelink_expect_nothing(l);
}

/* Who came before the first agent had answered is told as well. */
static void tells_who_was_early(void **state)
{
	struct link *l;

	(void)state;
	assert_int_equal(uplink_open(up, &key, &e), 0);
	idle_count(idle, USE_SHELL, 1);
	l = fakelink_dialed(0);
	fakelink_up(l, NODE_VERSION, "c1");
	fakelink_expect(l, FRAME_HOME);
	assert_int_equal(expect_uses(l).shells, 1);
}

/* The first agent decides: this one warns of nothing and ends for nothing. */
static void has_no_idle_end(void **state)
{
	(void)state;
	begin_up();
	idle_count(idle, USE_CLIENT, 1);
	idle_count(idle, USE_CLIENT, -1);
	fakeclock_pass(agent.job.base, 100000);
	assert_false(end_has_begun(agent.end));
}

static void passes_on_what_fronts_are_told(void **state)
{
	struct link *l = begin_up(), *front = fake_front(NODE_VERSION);

	(void)state;
	expect_uses(l);
	say_text(l, FRAME_NOTICE, "a line");
	assert_string_equal(fakelink_text(front, FRAME_NOTICE), "a line");
	fakelink_say(l, FRAME_LIMIT, "\0\0\0\x3c", 4);
	assert_int_equal(fakelink_expect(front, FRAME_LIMIT).data[3], 60);
	fakelink_say(l, FRAME_MEANT, NULL, 0);
	say_text(l, FRAME_END, "cancelled");
	fakelink_expect(front, FRAME_MEANT);
	assert_string_equal(fakelink_text(front, FRAME_END), "cancelled");
	assert_int_equal(end_exit_status(agent.end), EX_OK);
}

/* What a front says of the session, by its control link. */
static void passes_up_what_fronts_say(void **state)
{
	struct agent_control_parts parts = { .job = &agent.job,
		.fronts = agent.fronts, .limit = limit, .end = agent.end,
		.memory = agent.memory, .uplink = up };
	struct link *l = begin_up(), *front = fakelink_new(NODE_VERSION);

	(void)state;
	parts.services = services_new(&agent.job, agent.fronts, NULL, NULL);
	agent_control_new(&parts, front);
	expect_uses(l);
	fakelink_say(front, FRAME_LIMIT, "\0\0\0\x3c", 4);
	assert_int_equal(fakelink_expect(l, FRAME_LIMIT).data[3], 60);
	assert_int_equal(agent_limit_left(limit), -1);
	fakelink_say(front, FRAME_MEANT, NULL, 0);
	fakelink_expect(l, FRAME_MEANT);
	say_text(front, FRAME_END, "by a front");
	assert_string_equal(fakelink_text(l, FRAME_END), "by a front");
	assert_false(end_has_begun(agent.end));
	fakelink_expect(front, FRAME_OK);
	fakelink_say(front, FRAME_PING, "12345678", 8);
	fakelink_expect(front, FRAME_PONG);
	fakelink_expect_nothing(l);
	fronts_drop_all(agent.fronts);
	services_free(parts.services);
}

static void ends_with_its_link(void **state)
{
	struct link *l = begin_up(), *front = fake_front(NODE_VERSION);

	(void)state;
	fakelink_down(l, "the peer closed the connection", 0);
	assert_int_equal(end_exit_status(agent.end), EX_UNAVAILABLE);
	assert_string_equal(fakelink_text(front, FRAME_END),
		"the session's first agent, on c1, is not reached: the peer closed the connection");
	assert_true(fakelink_is_freed(l));
}

static void ends_when_it_is_refused(void **state)
{
	struct error x = { .status = EX_UNAVAILABLE, .text = "nobody waits" };
	struct link *l = begin_up();
	struct buf b = { 0 };

	(void)state;
	error_put(&b, &x);
	fakelink_say_buf(l, &b);
	assert_int_equal(end_exit_status(agent.end), EX_UNAVAILABLE);
}

/* An address that fails is nothing while there is another. */
static void ends_when_none_answers(void **state)
{
	(void)state;
	assert_int_equal(uplink_open(up, &key, &e), 0);
	fakelink_down(fakelink_dialed(0), "refused", 0);
	assert_false(end_has_begun(agent.end));
	fakelink_down(fakelink_dialed(1), "refused", 0);
	assert_true(end_has_begun(agent.end));
}

static void ends_when_it_hears_nothing(void **state)
{
	struct link *l = begin_up();

	(void)state;
	for (int i = 0; i < 30; i++) {
		fakeclock_pass(agent.job.base, 10000);
		fakelink_expect(l, FRAME_PING);
		fakelink_say(l, FRAME_PONG, "12345678", 8);
	}
	fakeclock_pass(agent.job.base, 120000);
	assert_false(end_has_begun(agent.end));
	fakeclock_pass(agent.job.base, 10000);
	assert_true(end_has_begun(agent.end));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(says_where_it_is),
		TEST(needs_the_record),
		TEST(tells_who_is_connected),
		TEST(tells_who_was_early),
		TEST(has_no_idle_end),
		TEST(passes_on_what_fronts_are_told),
		TEST(passes_up_what_fronts_say),
		TEST(ends_with_its_link),
		TEST(ends_when_it_is_refused),
		TEST(ends_when_none_answers),
		TEST(ends_when_it_hears_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
