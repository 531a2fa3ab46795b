/* SPDX-License-Identifier: BSD-2-Clause */
/* What kills all that runs below the agent, and the keeper that outlives it. */
#include "fake.h"

#include <sys/prctl.h>

#include "agent/below.h"
#include "agent/keeper.h"
#include "base/mem.h"
#include "os/proc.h"
#include "os/tmpdir.h"

static void reap(void *arg)
{
	(void)arg;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* Its callers call it again as long as something is there. */
static int kill_until_none(void)
{
	return below_kill(reap, NULL) == 0 &&
		proc_children(&(pid_t){ 0 }, 1) == 0;
}

/* A grandchild in a session of its own, whose parent has ended. */
static void leave_a_daemon(void)
{
	if (fork() == 0) {
		setsid();
		if (fork() == 0)
			for (;;)
				pause();
		_exit(0);
	}
}

static void kills_daemons(void **state)
{
	pid_t child = fake_child(leave_a_daemon);

	(void)state;
	FAKECLOCK_WAIT(agent.job.base, kill_until_none());
	assert_false(fake_is_alive(child));
}

/* Each ends when the next is there: a chain that no list of processes holds. */
static void flee(void)
{
	if (fork() != 0)
		return;
	for (int i = 0; i < 20000; i++)
		if (fork() != 0)
			_exit(0);
	_exit(0);
}

static void kills_who_flees(void **state)
{
	(void)state;
	fake_child(flee);
	FAKECLOCK_WAIT(agent.job.base, kill_until_none());
}

/* What is asked for by argv[0] in the keeper; the test's process has no such. */
static char title[] = "test_below of the agent, with room for another title";

/* The agent below its keeper, in a child of the test: its status. */
static int with_keeper(void (*agent_does)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		char *argv[] = { title, NULL };

		if (keeper_start(1, argv, NULL) == -1)
			_exit(99);
		agent_does();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void end_with_7(void)
{
	_exit(7);
}

static void be_killed(void)
{
	signal(SIGUSR1, SIG_DFL);
	raise(SIGUSR1);
}

static void ends_as_the_agent(void **state)
{
	int status;

	(void)state;
	status = with_keeper(end_with_7);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	status = with_keeper(be_killed);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGUSR1);
}

/* What the agent leaves: a process with its pid in a file, and a directory. */
static char *rundir;

static void leave_all(void)
{
	char text[32];

	if (fork() == 0) {
		setsid();
		signal(SIGHUP, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		snprintf(text, sizeof text, "%ld\n", (long)getpid());
		fake_file("left", text);
		for (;;)
			pause();
	}
	keeper_rundir(rundir);
	while (fake_text("left") == NULL ||
		strchr(fake_text("left"), '\n') == NULL)
		;
	raise(SIGKILL);
}

static void leaves_nothing(void **state)
{
	struct err e;
	int status;

	(void)state;
	rundir = tmpdir_make("/tmp", &e);
	assert_non_null(rundir);
	status = with_keeper(leave_all);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_false(fake_is_alive(atoi(fake_text("left"))));
	assert_int_equal(access(rundir, F_OK), -1);
	free(rundir);
}

/* The scheduler signals whom it has started. */
static void take(int sig)
{
	_exit(sig == SIGTERM ? 3 : 4);
}

static void wait_for_term(void)
{
	signal(SIGTERM, take);
	kill(getppid(), SIGTERM);
	for (;;)
		pause();
}

static void passes_signals_on(void **state)
{
	int status = with_keeper(wait_for_term);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
}

/* An agent whose keeper was killed gets SIGTERM, and so ends. */
static void kill_keeper(void)
{
	signal(SIGTERM, take);
	kill(getppid(), SIGKILL);
	for (;;)
		pause();
}

static void is_not_outlived(void **state)
{
	int status = with_keeper(kill_keeper);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	/* The test is a subreaper: the agent is its child now. */
	assert_true(waitpid(-1, &status, 0) > 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_agent_begin, \
	fake_agent_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kills_daemons),
		TEST(kills_who_flees),
		TEST(ends_as_the_agent),
		TEST(leaves_nothing),
		TEST(passes_signals_on),
		TEST(is_not_outlived),
	};

	return cmocka_run_group_tests_name("below", tests, NULL, NULL);
}
