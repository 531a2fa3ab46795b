/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "agent/agent_control.h"
#include "agent/agent_limit.h"
#include "agent/idle.h"
#include "os/hostaddr.h"
#include "proto/message.h"

static struct link *front;
static struct peeruid peeruid;
static struct idle *idle;
static struct agent_limit *limit;
static struct shells *shells;
static struct agent_control_parts parts;

static int setup(void **state)
{
	struct err e;

	if (fake_agent_begin(state) == -1 ||
		peeruid_open(&peeruid, &e) == -1)
		return -1;
	idle = idle_new(&agent.job, agent.news, agent.end);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	shells = shells_new(&agent.env, idle, agent.memory, NULL, NULL);
	parts = (struct agent_control_parts){ .job = &agent.job, .peeruid = &peeruid,
		.fronts = agent.fronts, .shells = shells, .limit = limit,
		.memory = agent.memory, .end = agent.end,
		.services = services_new(&agent.job, agent.fronts,
			&peeruid, NULL) };
	front = fakelink_new(2);
	agent_control_new(&parts, front);
	return 0;
}

static int teardown(void **state)
{
	fronts_drop_all(agent.fronts);
	services_free(parts.services);
	shells_free(shells);
	agent_limit_free(limit);
	idle_free(idle);
	peeruid_close(&peeruid);
	return fake_agent_end(state);
}

/* A listener of ours on a free port; 0: on that one. */
static int listen_on(uint16_t *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(*port) };
	socklen_t len = sizeof addr;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*port = ntohs(addr.sin_port);
	return fd;
}

static void ask(uint32_t id, uint16_t port, uint16_t wait_ms)
{
	struct check c = { .id = id, .wait_ms = wait_ms, .target.port = port };
	struct buf b = { 0 };

	check_put(&b, &c);
	fakelink_say_buf(front, &b);
}

static void expect_answer(uint32_t id, int ours, const char *why)
{
	struct frame f = fakelink_expect(front, FRAME_CHECKED);
	struct checked c;

	assert_int_equal(checked_get(&c, &f, NULL), 0);
	assert_int_equal(c.id, id);
	assert_int_equal(c.ours, ours);
	if (why != NULL)
		assert_string_equal(c.why, why);
}

static void says_its_node(void **state)
{
	struct frame f = fakelink_expect(front, FRAME_OK);
	struct buf networks = { 0 };
	struct control_ok ok;
	struct err e;

	(void)state;
	assert_int_equal(control_ok_get(&ok, &f, &e), 0);
	assert_string_equal(ok.node, "node1");
	assert_int_equal(hostaddr_list(&networks, 1), 0);
	buf_append(&networks, "", 1);
	assert_string_equal(ok.networks, buf_data(&networks));
	buf_fini(&networks);
	assert_int_equal(fronts_count(agent.fronts), 1);
}

static void knows_a_listener(void **state)
{
	uint16_t port = 0;
	int fd = listen_on(&port);
	char why[128];

	(void)state;
	fakelink_expect(front, FRAME_OK);
	ask(7, port, 0);
	expect_answer(7, 1, "");
	close(fd);
	ask(8, port, 0);
	snprintf(why, sizeof why, "nothing listens on 127.0.0.1 port %u of node1",
		port);
	expect_answer(8, 0, why);
}

/* One that was announced a moment before it listens. */
static void waits_for_a_listener(void **state)
{
	uint16_t port = 0;
	int fd = listen_on(&port);

	(void)state;
	fakelink_expect(front, FRAME_OK);
	close(fd);
	ask(7, port, 1000);
	fakeclock_pass(agent.job.base, 990);
	fakelink_expect_nothing(front);
	fd = listen_on(&port);
	fakeclock_pass(agent.job.base, 50);
	expect_answer(7, 1, "");
	close(fd);
	ask(8, port, 1000);
	fakeclock_pass(agent.job.base, 999);
	fakelink_expect_nothing(front);
	fakeclock_pass(agent.job.base, 1);
	expect_answer(8, 0, NULL);
}

/* The front holds a line until there is an answer. */
static void answers_what_it_refuses(void **state)
{
	uint16_t port = 0;

	(void)state;
	fakelink_expect(front, FRAME_OK);
	close(listen_on(&port));
	/* Its number is 5, the rest is none that there is. */
	fakelink_say(front, FRAME_CHECK, "\0\0\0\5\0\0\77\77\77\77", 10);
	expect_answer(5, 0, NULL);
	for (uint32_t i = 0; i < 64; i++)
		ask(100 + i, port, 60000);
	fakelink_expect_nothing(front);
	ask(200, port, 60000);
	expect_answer(200, 0, "the agent is asked too much at once");
	/* When one of them is answered there is room for another. */
	fakeclock_pass(agent.job.base, 60000);
	for (int i = 0; i < 64; i++)
		fakelink_expect(front, FRAME_CHECKED);
	ask(201, port, 0);
	expect_answer(201, 0, NULL);
}

static void takes_the_limit(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(agent_limit_left(limit), -1);
	limit_put(&b, 600);
	fakelink_say_buf(front, &b);
	assert_int_equal(agent_limit_left(limit), 600);
	/* Three bytes are none. */
	fakelink_say(front, FRAME_LIMIT, "\0\0\1", 3);
	assert_int_equal(agent_limit_left(limit), 600);
}

static void ends_the_session(void **state)
{
	struct link *other = fake_front(2);
	struct buf b = { 0 };

	(void)state;
	fakelink_say(front, FRAME_MEANT, NULL, 0);
	text_put(&b, FRAME_END, "cancelled by somebody");
	fakelink_say_buf(front, &b);
	fakelink_expect(other, FRAME_MEANT);
	assert_string_equal(fakelink_text(other, FRAME_END),
		"cancelled by somebody");
	assert_int_equal(end_exit_status(agent.end), EX_OK);
	assert_true(end_has_begun(agent.end));
}

static void answers_a_heartbeat(void **state)
{
	struct frame f;

	(void)state;
	fakelink_expect(front, FRAME_OK);
	fakelink_say(front, FRAME_PING, "01234567", 8);
	f = fakelink_expect(front, FRAME_PONG);
	assert_memory_equal(f.data, "01234567", 8);
	/* A frame of a later version is none of ours. */
	fakelink_say(front, 99, "x", 1);
	fakelink_expect_nothing(front);
}

/* Who asks and does not listen is not heard. */
static void hears_who_listens(void **state)
{
	(void)state;
	fakelink_fill(front, 1);
	fakelink_say(front, FRAME_PING, "01234567", 8);
	assert_true(fakelink_is_paused(front));
	fakelink_fill(front, 0);
	assert_false(fakelink_is_paused(front));
}

/* With questions that nobody will hear the answer of. */
static void forgets_who_goes(void **state)
{
	uint16_t port = 0;

	(void)state;
	close(listen_on(&port));
	ask(1, port, 1000);
	fakelink_down(front, "cut", 0);
	assert_true(fakelink_is_freed(front));
	assert_int_equal(fronts_count(agent.fronts), 0);
	fakeclock_pass(agent.job.base, 5000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_its_node),
		TEST(knows_a_listener),
		TEST(waits_for_a_listener),
		TEST(answers_what_it_refuses),
		TEST(takes_the_limit),
		TEST(ends_the_session),
		TEST(answers_a_heartbeat),
		TEST(hears_who_listens),
		TEST(forgets_who_goes),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
