/* SPDX-License-Identifier: BSD-2-Clause */
/* The display of the session, and the file with its cookie: agent/agent_x11.c. */
#include "fake.h"

#include "agent/agent_x11.h"
#include "agent/rundir.h"
#include "agent/service.h"
#include "proto/message.h"

static struct agent_x11 *x11;

static int setup(void **state)
{
	if (fake_services_begin(state) == -1)
		return -1;
	x11 = agent_x11_new(&agent.env, offers.all, offers.wrappers,
		&offers.peeruid);
	return 0;
}

static int teardown(void **state)
{
	fake_services_leave();
	agent_x11_free(x11);
	return fake_services_end(state);
}

#define COOKIE "00112233445566778899aabbccddeeff"

static void say_offer(int is_there)
{
	fake_offer(SERVICE_X11, is_there ? COOKIE : NULL);
}

static const char *variable(const char *name)
{
	return envlist_get(&agent.env.env, name);
}

static void is_there_with_the_first_offer(void **state)
{
	(void)state;
	assert_null(variable("DISPLAY"));
	assert_null(variable("XAUTHORITY"));
	say_offer(1);
	assert_true(agent.env.has_display);
	assert_memory_equal(variable("DISPLAY"), "127.0.0.1:", 10);
	assert_int_equal(access(variable("XAUTHORITY"), F_OK), 0);
	say_offer(0);
	assert_false(agent.env.has_display);
	assert_true(agent.env.had_display);
	assert_int_equal(access(variable("XAUTHORITY"), F_OK), -1);
	say_offer(1);
	assert_int_equal(access(variable("XAUTHORITY"), F_OK), 0);
}

/* None could be had at first: the next offer tries again. */
static void is_there_after_all(void **state)
{
	struct link *l = fake_front(SERVICE_VERSION);

	(void)state;
	fake_no_files();
	say_offer(1);
	fake_files_again();
	assert_non_null(strstr(fakelink_text(l, FRAME_NOTICE), "--forward-x11: there is no display for the session on node1: "));
	assert_false(agent.env.has_display);
	assert_false(agent.env.had_display);
	assert_null(variable("DISPLAY"));
	say_offer(0);
	say_offer(1);
	assert_true(agent.env.has_display);
	assert_non_null(variable("DISPLAY"));
	assert_int_equal(access(variable("XAUTHORITY"), F_OK), 0);
}

/* A name that is somebody else's by now is told to nobody. */
static void is_not_named_while_there_is_none(void **state)
{
	(void)state;
	say_offer(1);
	assert_non_null(variable("XAUTHORITY"));
	fake_rundir_goes();
	assert_null(variable("XAUTHORITY"));
	fake_rundir_returns();
	assert_int_equal(rundir_check(agent.env.rundir), 0);
	assert_int_equal(access(variable("XAUTHORITY"), F_OK), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_there_with_the_first_offer),
		TEST(is_there_after_all),
		TEST(is_not_named_while_there_is_none),
	};

	return cmocka_run_group_tests_name("agent_x11", tests, NULL, NULL);
}
