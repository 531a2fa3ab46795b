/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that is tried: what it says, how it ends, and that it does end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "agent/trial.h"

static int try_script(const char *script, long seconds, struct buf *said,
	struct err *e)
{
	char sh[] = "sh", c[] = "-c", *argv[] = { sh, c, NULL, NULL };
	int ret;

	argv[2] = (char *)(uintptr_t)script;
	ret = trial_run(&(struct spawn){ .path = "/bin/sh", .argv = argv },
		seconds, said, e);
	buf_append(said, "", 1);
	return ret;
}

static void hears_both_and_the_status(void **state)
{
	struct buf said = { 0 };
	struct err e;
	int status = try_script("cat; echo a; echo b >&2; exit 3", 60, &said, &e);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_string_equal(buf_data(&said), "a\nb\n");
	buf_fini(&said);
}

/* As a runtime that tells of each layer that it fetches, and then runs it. */
static void keeps_the_end(void **state)
{
	struct buf said = { 0 };
	struct err e;
	int status = try_script("head -c 3000000 /dev/zero | tr '\\0' '\\n'; echo last",
		60, &said, &e);

	(void)state;
	assert_int_equal(status, 0);
	assert_true(said.len >= TRIAL_MAX && said.len <= 2 * TRIAL_MAX);
	assert_string_equal(buf_data(&said) + said.len - sizeof "last\n",
		"last\n");
	buf_fini(&said);
}

/* As what a runtime leaves to serve a file system has its output. */
static void waits_for_nobody_else(void **state)
{
	struct buf said = { 0 };
	struct err e;
	int status = try_script("sleep 600 & echo $!", 60, &said, &e);
	pid_t left = atoi(buf_data(&said));

	(void)state;
	assert_true(left > 1);
	assert_int_equal(kill(left, SIGKILL), 0);
	assert_int_equal(status, 0);
	buf_fini(&said);
}

/* With what it has started; a busy machine may not have come to that in a second. */
static void ends_what_hangs(void **state)
{
	struct buf said = { 0 };
	struct err e = { "" };
	pid_t started = 0;
	int status, ret;

	(void)state;
	/* What it has started becomes our own child. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	for (int i = 0; i < 60 && started == 0; i++) {
		buf_fini(&said);
		ret = try_script("sleep 600 & echo $!; wait", 1, &said, &e);
		started = atoi(buf_data(&said));
		if (ret != -1 && started > 1)
			kill(started, SIGKILL);
		assert_int_equal(ret, -1);
		assert_string_equal(e.text, "/bin/sh did not end within 1 s");
	}
	assert_true(started > 0);
	assert_int_equal(waitpid(started, &status, 0), started);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	buf_fini(&said);
}

/* As an instance that stays, and one that does not come up. */
static int asked;

static int is_up(void *arg)
{
	return ++asked > *(int *)arg;
}

static void leaves_alone_what_is_up(void **state)
{
	char sh[] = "sh", c[] = "-c", script[] = "echo $$; exec sleep 600",
		fails[] = "echo why; exit 4", *argv[] = { sh, c, script, NULL };
	struct spawn s = { .path = "/bin/sh", .argv = argv };
	struct buf said = { 0 };
	struct err e;
	int times = 3, status;
	pid_t pid;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	for (asked = 0; said.len == 0; times *= 2)
		assert_int_equal(trial_start(&s, 60, is_up, &times, &said, &e),
			0);
	assert_true(asked > 3);
	buf_append(&said, "", 1);
	pid = atoi(buf_data(&said));
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (waitpid(-1, &status, 0) > 0)
		if (times-- == 0)
			break;
	buf_fini(&said);
	argv[2] = fails;
	times = 1 << 30;
	status = trial_start(&s, 60, is_up, &times, &said, &e);
	assert_int_equal(WEXITSTATUS(status), 4);
	buf_fini(&said);
}

static void tells_what_cannot_be_run(void **state)
{
	char *argv[] = { NULL };
	struct buf said = { 0 };
	struct err e = { "" };

	(void)state;
	assert_int_equal(trial_run(&(struct spawn){ .path = "/dev/null/none",
		.argv = argv }, 60, &said, &e), -1);
	assert_non_null(strstr(e.text, "/dev/null/none"));
	buf_fini(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hears_both_and_the_status),
		cmocka_unit_test(keeps_the_end),
		cmocka_unit_test(waits_for_nobody_else),
		cmocka_unit_test(ends_what_hangs),
		cmocka_unit_test(leaves_alone_what_is_up),
		cmocka_unit_test(tells_what_cannot_be_run),
	};

	return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
