/* SPDX-License-Identifier: BSD-2-Clause */
/* A command has bounds: what it says, how long it runs, who is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch/slurmcli/cli_tool.h"
#include "os/clock.h"

#define FOREVER 600000

static struct tool t;

static int drop(void **state)
{
	(void)state;
	cli_tool_fini(&t);
	return 0;
}

static void start(const char *script, struct buf *in)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	struct err e;

	if (cli_tool_start(&t, argv, environ, in, &e) == -1)
		fail_msg("%s", e.text);
}

static void wait_ms(long ms)
{
	struct tool *all[] = { &t, NULL };

	cli_tool_wait(all, 2, clock_ms() + ms);
}

static void says(const struct buf *b, const char *text)
{
	assert_int_equal(b->len, strlen(text));
	assert_memory_equal(buf_data(b), text, b->len);
}

static void gives_and_takes(void **state)
{
	struct buf in = { 0 };

	(void)state;
	/* More than a pipe holds, both ways. */
	for (int i = 0; i < 300000; i++)
		buf_puts(&in, "x");
	start("cat; echo word >&2", &in);
	assert_null(buf_data(&in));
	wait_ms(FOREVER);
	assert_true(cli_tool_is_good(&t));
	assert_int_equal(t.out.len, 300000);
	says(&t.err, "word\n");
}

static void tells_how_it_ended(void **state)
{
	(void)state;
	start("exit 3", NULL);
	wait_ms(FOREVER);
	assert_false(cli_tool_runs(&t));
	assert_false(cli_tool_is_good(&t));
	cli_tool_fini(&t);
	start("kill -9 $$", NULL);
	wait_ms(FOREVER);
	assert_false(cli_tool_is_good(&t));
}

static void is_not_waited_for_too_long(void **state)
{
	(void)state;
	start("echo a; exec sleep 600", NULL);
	while (t.out.len == 0)
		wait_ms(10);
	assert_true(cli_tool_runs(&t));
	cli_tool_stop(&t);
	assert_false(cli_tool_runs(&t));
	assert_false(cli_tool_is_good(&t));
	says(&t.out, "a\n");
}

/* What it left behind holds its pipes. */
static void its_end_is_that_of_the_process(void **state)
{
	pid_t left;

	(void)state;
	start("sleep 600 & echo $! ", NULL);
	wait_ms(FOREVER);
	assert_true(cli_tool_is_good(&t));
	buf_append(&t.out, "", 1);
	left = (pid_t)strtol(buf_data(&t.out), NULL, 10);
	assert_true(left > 1);
	kill(left, SIGKILL);
}

static void a_reader_may_be_gone(void **state)
{
	struct buf in = { 0 };

	(void)state;
	for (int i = 0; i < 300000; i++)
		buf_puts(&in, "x");
	start("exec <&-; echo done", &in);
	wait_ms(FOREVER);
	assert_true(cli_tool_is_good(&t));
	says(&t.out, "done\n");
}

static void says_too_much(void **state)
{
	(void)state;
	start("exec yes", NULL);
	wait_ms(FOREVER);
	assert_true(t.too_much);
	assert_false(cli_tool_is_good(&t));
	assert_int_equal(t.out.len, 16 << 20);
	cli_tool_fini(&t);
	start("{ yes | head -c 1000000; echo why; } >&2", NULL);
	wait_ms(FOREVER);
	assert_true(cli_tool_is_good(&t));
	assert_int_equal(t.err.len, 16384);
	assert_memory_equal(buf_data(&t.err) + 16384 - 6, "y\nwhy\n", 6);
	cli_tool_fini(&t);
	/* Both at once */
	start("yes >&2 & exec yes", NULL);
	wait_ms(60000);
	assert_true(t.too_much);
	assert_false(cli_tool_runs(&t));
}

static void may_not_be_there(void **state)
{
	char *argv[] = { (char *)"no-such-command", NULL };
	struct err e;

	(void)state;
	assert_int_equal(cli_tool_start(&t, argv, environ, NULL, &e), -1);
	assert_non_null(strstr(e.text, "no-such-command"));
	assert_false(cli_tool_runs(&t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(gives_and_takes, drop),
		cmocka_unit_test_teardown(tells_how_it_ended, drop),
		cmocka_unit_test_teardown(is_not_waited_for_too_long, drop),
		cmocka_unit_test_teardown(its_end_is_that_of_the_process, drop),
		cmocka_unit_test_teardown(a_reader_may_be_gone, drop),
		cmocka_unit_test_teardown(says_too_much, drop),
		cmocka_unit_test_teardown(may_not_be_there, drop),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("cli_tool", tests, NULL, NULL);
}
