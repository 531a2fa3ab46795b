/* SPDX-License-Identifier: BSD-2-Clause */
/* Links without a request, what becomes of it, and a STATUS. */
#include "fake.h"

#include "agent/agent_limit.h"
#include "agent/agent_request.h"
#include "agent/container.h"
#include "agent/idle.h"
#include "agent/serve.h"
#include "proto/message.h"
#include "proto/report.h"

static int taken;
static struct idle *idle;
static struct agent_limit *limit;
static struct serve *serve;
static struct tls_key key;
static struct status_parts status;
static struct jobenv env = { .job = &agent.job };
static struct requests requests;

static void take(struct link *l, const struct frame *f, void *arg)
{
	assert_ptr_equal(arg, &taken);
	assert_int_equal(f->type, FRAME_STATUS);
	(void)l;
	taken++;
}

static int setup(void **state)
{
	struct err e;

	if (fake_agent_begin(state) == -1)
		return -1;
	options.link.address = "127.0.0.1";
	idle = idle_new(&agent.job, agent.news, agent.end);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	status = (struct status_parts){ .job = &agent.job, .env = &env,
		.fronts = agent.fronts, .idle = idle, .limit = limit,
		.memory = agent.memory };
	requests = (struct requests){ .status = &status };
	serve = serve_new(&agent.job, agent.end, take, &taken);
	taken = 0;
	return serve_open(serve, &key, &e);
}

static int teardown(void **state)
{
	serve_free(serve);
	agent_limit_free(limit);
	idle_free(idle);
	return fake_agent_end(state);
}

static void says_where_it_is(void **state)
{
	(void)state;
	assert_int_not_equal(serve_endpoint(serve)->port, 0);
	assert_int_equal(serve_endpoint(serve)->n, 1);
	assert_string_equal(serve_endpoint(serve)->host[0], "127.0.0.1");
	assert_string_equal(serve_endpoint(serve)->node, "node1");
}

static void hands_the_first_frame_out(void **state)
{
	struct link *l = fakelink_new(2);

	(void)state;
	serve_again(serve, l);
	assert_int_equal(serve_waiting(serve), 1);
	fakelink_say(l, FRAME_STATUS, NULL, 0);
	assert_int_equal(taken, 1);
	assert_int_equal(serve_waiting(serve), 0);
	assert_false(fakelink_is_freed(l));
}

/* An older front closes a link that was used. */
static void keeps_no_link_of_an_old_front(void **state)
{
	struct link *l = fakelink_new(1);

	(void)state;
	serve_again(serve, l);
	assert_true(fakelink_is_leaving(l));
	assert_int_equal(serve_waiting(serve), 0);
}

static void lets_go_who_goes(void **state)
{
	struct link *l = fakelink_new(2);

	(void)state;
	serve_again(serve, l);
	fakelink_down(l, "gone", 0);
	assert_true(fakelink_is_freed(l));
	assert_int_equal(serve_waiting(serve), 0);
}

/* The oldest goes. */
static void has_a_number_of_them(void **state)
{
	struct link *l[66];

	(void)state;
	for (int i = 0; i < 66; i++)
		serve_again(serve, l[i] = fakelink_new(2));
	assert_int_equal(serve_waiting(serve), 64);
	assert_true(fakelink_is_freed(l[0]) && fakelink_is_freed(l[1]));
	for (int i = 2; i < 66; i++)
		assert_false(fakelink_is_freed(l[i]));
}

static void refuses_at_the_end(void **state)
{
	struct link *before = fakelink_new(2), *after = fakelink_new(2);

	(void)state;
	serve_again(serve, before);
	fake_end();
	fakelink_say(before, FRAME_STATUS, NULL, 0);
	serve_again(serve, after);
	fakelink_refused(before, EX_UNAVAILABLE, "the session is ending");
	fakelink_refused(after, EX_UNAVAILABLE, "the session is ending");
	assert_int_equal(taken, 0);
}

static void refuses_what_is_no_request(void **state)
{
	struct link *l = fakelink_new(2), *later = fakelink_new(2);
	struct frame f = { .type = FRAME_PONG };

	(void)state;
	agent_request_take(l, &f, &requests);
	fakelink_refused(l, EX_PROTOCOL,
		"pong frame where a request was expected");
	f.type = 200;
	agent_request_take(later, &f, &requests);
	fakelink_refused(later, EX_PROTOCOL,
		"frame 200 frame where a request was expected");
}

static void reports(void **state)
{
	struct link *l = fakelink_new(2);
	struct frame f = { .type = FRAME_STATUS };
	struct report r;

	(void)state;
	agent.job.started = 0;
	agent_limit_set(limit, 600);
	fakeclock_pass(agent.job.base, 5000);
	fake_front(2);
	idle_count(idle, USE_SHELL, 1);
	idle_count(idle, USE_CLIENT, 1);
	idle_count(idle, USE_CLIENT, 1);
	agent_request_take(l, &f, &requests);
	f = fakelink_expect(l, FRAME_REPORT);
	assert_true(fakelink_is_leaving(l));
	assert_int_equal(report_parse(&r, f.data, f.len, NULL), 0);
	assert_string_equal(r.session, "test");
	assert_string_equal(r.job, "17");
	assert_string_equal(r.node, "node1");
	assert_int_equal(r.left, 595);
	assert_int_equal(r.idle, 0);
	assert_int_equal(r.clients, 2);
	assert_int_equal(r.shells, 1);
	assert_int_equal(r.fronts, 1);
	assert_true(r.memory_used > 0);
	assert_string_equal(r.image, "");
	assert_string_equal(r.runtime, "");
}

static void reports_the_container(void **state)
{
	static char image[] = "/x.sif", name[] = "auto";
	struct runtime runtime = { .name = "proot" };
	struct container found = { { .runtime = &runtime } };
	struct options_container before = options.container;

	(void)state;
	options.container.image = image;
	options.container.runtime = name;
	for (int i = 0; i < 2; i++) {
		struct link *l = fakelink_new(2 + i);
		struct frame f = { .type = FRAME_STATUS };
		struct report r;

		env.container = i == 0 ? NULL : &found;
		agent_request_take(l, &f, &requests);
		f = fakelink_expect(l, FRAME_REPORT);
		assert_int_equal(report_parse(&r, f.data, f.len, NULL), 0);
		assert_string_equal(r.image, "/x.sif");
		assert_string_equal(r.runtime, i == 0 ? "auto" : "proot");
	}
	env.container = NULL;
	options.container = before;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_where_it_is),
		TEST(hands_the_first_frame_out),
		TEST(keeps_no_link_of_an_old_front),
		TEST(lets_go_who_goes),
		TEST(has_a_number_of_them),
		TEST(refuses_at_the_end),
		TEST(refuses_what_is_no_request),
		TEST(reports),
		TEST(reports_the_container),
	};

	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
