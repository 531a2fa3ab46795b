/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <pty.h>
#include <sys/ioctl.h>

#include "agent/terminals.h"

/* Terminals of the session: our end of each, and the other. */
static int master[2], slave[2];

static void take_terminal(int i)
{
	setsid();
	if (ioctl(slave[i], TIOCSCTTY, 0) == -1)
		_exit(1);
}

static void take_first(void)
{
	take_terminal(0);
}

static void take_second(void)
{
	take_terminal(1);
}

static int setup(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	for (int i = 0; i < 2; i++) {
		if (openpty(&master[i], &slave[i], NULL, NULL, NULL) == -1)
			return -1;
		fcntl(master[i], F_SETFL, O_NONBLOCK);
		/* What mesg(1) says. */
		if (fchmod(slave[i], i == 0 ? 0620 : 0600) == -1)
			return -1;
	}
	fake_child(take_first);
	fake_child(take_second);
	return 0;
}

static int teardown(void **state)
{
	for (int i = 0; i < 2; i++) {
		close(master[i]);
		close(slave[i]);
	}
	return fake_agent_end(state);
}

static const char *said(int i)
{
	static char text[1024];
	ssize_t n = read(master[i], text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void tells_who_wants_it(void **state)
{
	(void)state;
	terminals_tell("it ends");
	assert_string_equal(said(0), "\a\r\r\nvscode-remote-shell: it ends\r\r\n");
	/* mesg n */
	assert_string_equal(said(1), "");
}

/* Of a terminal of several processes once; and only when it was asked for. */
static void tells_it_once(void **state)
{
	(void)state;
	news_tell(agent.news, "x", -1, "one");
	assert_string_equal(said(0), "");
	options.session.notify_terminals = 1;
	news_tell(agent.news, "x", -1, "two");
	assert_string_equal(said(0), "\a\r\r\nvscode-remote-shell: two\r\r\n");
	news_end(agent.news, "three", 0);
	assert_string_equal(said(0),
		"\a\r\r\nvscode-remote-shell: session 'test' ends: three\r\r\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_who_wants_it),
		TEST(tells_it_once),
	};

	return cmocka_run_group_tests_name("terminals", tests, NULL, NULL);
}
