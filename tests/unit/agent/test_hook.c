/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include "agent/hook.h"
#include "base/mem.h"

static int is_done(void)
{
	return hook_pid(agent.hook) == 0;
}

static void command(const char *fmt)
{
	options.session.notify_command = mem_printf("cd %s; %s", fake_dir, fmt);
}

static void nothing_without_a_command(void **state)
{
	(void)state;
	hook_run(agent.hook, "x", "y", 1);
	assert_int_equal(hook_pid(agent.hook), 0);
}

static void has_what_it_is_about(void **state)
{
	(void)state;
	envlist_set(&agent.env.env, "OF_THE_JOB", "yes");
	command("env | grep -E '^(VSCODE_REMOTE|OF_THE)' | grep -v RUNTIME | sort >env; pwd >dir");
	hook_run(agent.hook, "limit-warning", "it ends\nsoon", 60);
	FAKECLOCK_WAIT(agent.job.base, is_done());
	assert_string_equal(fake_text("env"), "OF_THE_JOB=yes\n"
		"VSCODE_REMOTE_EVENT=limit-warning\nVSCODE_REMOTE_JOB=17\n"
		"VSCODE_REMOTE_REASON=it ends\nVSCODE_REMOTE_SECONDS=60\n");
	/* Of an end of which the time is not known it says none. */
	hook_run(agent.hook, "out-of-memory", "x", -1);
	FAKECLOCK_WAIT(agent.job.base, is_done());
	assert_null(strstr(fake_text("env"), "SECONDS"));
}

/* One at a time, in order; the oldest of too many are dropped. */
static void runs_one_at_a_time(void **state)
{
	char event[16];

	(void)state;
	command("test ! -e running || echo two >>ran; echo >running; "
		"echo $VSCODE_REMOTE_EVENT >>ran; rm running");
	for (int i = 0; i < 12; i++) {
		snprintf(event, sizeof event, "e%d", i);
		hook_run(agent.hook, event, "x", -1);
	}
	FAKECLOCK_WAIT(agent.job.base, is_done());
	assert_string_equal(fake_text("ran"),
		"e0\ne4\ne5\ne6\ne7\ne8\ne9\ne10\ne11\n");
}

/* With all that it has started. */
static void is_killed_when_it_takes_long(void **state)
{
	pid_t pid;

	(void)state;
	command("sleep 1000 & echo $! >pid; wait");
	hook_run(agent.hook, "x", "y", -1);
	FAKECLOCK_WAIT(agent.job.base, fake_text("pid") != NULL &&
		strchr(fake_text("pid"), '\n') != NULL);
	pid = atoi(fake_text("pid"));
	fakeclock_pass(agent.job.base, 29999);
	assert_true(fake_is_alive(pid));
	fakeclock_pass(agent.job.base, 1);
	FAKECLOCK_WAIT(agent.job.base, is_done() && !fake_is_alive(pid));
}

/* What cannot be run is no signal 13, and the next is tried all the same. */
static void survives_a_failed_exec(void **state)
{
	(void)state;
	command("echo >>ran");
	strcpy(agent.env.posix_shell, "/nonexistent");
	hook_run(agent.hook, "x", "y", -1);
	FAKECLOCK_WAIT(agent.job.base, is_done());
	assert_null(fake_text("ran"));
	strcpy(agent.env.posix_shell, "/bin/sh");
	hook_run(agent.hook, "x", "y", -1);
	FAKECLOCK_WAIT(agent.job.base, is_done());
	assert_non_null(fake_text("ran"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_session_begin, \
	fake_session_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_without_a_command),
		TEST(has_what_it_is_about),
		TEST(runs_one_at_a_time),
		TEST(is_killed_when_it_takes_long),
		TEST(survives_a_failed_exec),
	};

	return cmocka_run_group_tests_name("hook", tests, NULL, NULL);
}
