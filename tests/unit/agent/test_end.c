/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include "agent/end.h"
#include "base/mem.h"

/* A child that writes the letter of each signal that it gets. */
static int told[2];

static void take(int sig)
{
	const char *c = sig == SIGHUP ? "H" : sig == SIGTERM ? "T" : "C";

	if (write(told[1], c, 1) != 1)
		_exit(1);
}

static void outlive(void)
{
	signal(SIGHUP, take);
	signal(SIGTERM, take);
}

static void ignore_hup(void)
{
	signal(SIGHUP, SIG_IGN);
}

static int setup(void **state)
{
	if (pipe2(told, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	return fake_session_begin(state);
}

static int teardown(void **state)
{
	close(told[0]);
	close(told[1]);
	return fake_session_end(state);
}

static char next_signal(void)
{
	char c = '\0';

	return read(told[0], &c, 1) == 1 ? c : '\0';
}

static void without_processes(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	end_session(agent.end, EX_UNAVAILABLE, "a reason");
	assert_string_equal(fakelink_text(front, FRAME_END), "a reason");
	assert_int_equal(end_exit_status(agent.end), EX_UNAVAILABLE);
	event_base_loop(agent.job.base, EVLOOP_NONBLOCK);
	/* The first reason counts. */
	end_session(agent.end, EX_OK, "another");
	fakelink_expect_nothing(front);
	assert_int_equal(end_exit_status(agent.end), EX_UNAVAILABLE);
}

/* SIGHUP at once, SIGTERM after 0.9 s, SIGKILL after 2.9 s. */
static void in_three_steps(void **state)
{
	pid_t hup = fake_child(NULL), term = fake_child(ignore_hup);
	pid_t kill = fake_child(outlive);
	int is_over;
	char c;

	(void)state;
	end_session(agent.end, EX_OK, "a reason");
	FAKECLOCK_WAIT(agent.job.base, (c = next_signal()) != '\0');
	assert_int_equal(c, 'H');
	FAKECLOCK_WAIT(agent.job.base, !fake_is_alive(hup));
	assert_true(fake_is_alive(term));
	fakeclock_pass(agent.job.base, 899);
	assert_true(fake_is_alive(term));
	assert_int_equal(next_signal(), '\0');
	fakeclock_pass(agent.job.base, 1);
	FAKECLOCK_WAIT(agent.job.base, (c = next_signal()) != '\0');
	assert_int_equal(c, 'T');
	FAKECLOCK_WAIT(agent.job.base, !fake_is_alive(term));
	fakeclock_pass(agent.job.base, 1999);
	assert_true(fake_is_alive(kill));
	assert_false(fake_is_over());
	/* Not waited for any longer than it takes. */
	fakeclock_pass(agent.job.base, 1);
	is_over = fake_is_over();
	FAKECLOCK_WAIT(agent.job.base, !fake_is_alive(kill));
	if (!is_over)
		assert_in_range(fakeclock_pass(agent.job.base, 60000), 0, 100);
}

static int is_the_pid(pid_t pid, pid_t session, void *arg)
{
	(void)session;
	return pid == *(pid_t *)arg;
}

/* What others live in hears nothing while there are some, and waits for nothing then. */
static void what_goes_last(void **state)
{
	pid_t other = fake_child(ignore_hup), last = fake_child(outlive);
	struct end_spared spared;

	(void)state;
	end_spare(agent.end, &spared, is_the_pid, &last, 1);
	end_session(agent.end, EX_OK, "a reason");
	fakeclock_pass(agent.job.base, 899);
	assert_true(fake_is_alive(other));
	assert_true(fake_is_alive(last));
	fakeclock_pass(agent.job.base, 1);
	FAKECLOCK_WAIT(agent.job.base, !fake_is_alive(other));
	fakeclock_pass(agent.job.base, 200);
	FAKECLOCK_WAIT(agent.job.base, !fake_is_alive(last));
	assert_int_equal(next_signal(), '\0');
	end_unspare(&spared);
	assert_false(end_spares(agent.end, last, last));
}

static void ended(pid_t pid, int status, void *arg)
{
	(void)pid;
	*(int *)arg = status;
}

/* What is stopped acts on no signal. */
static void wakes_the_stopped(void **state)
{
	pid_t pid = fake_child(NULL);
	int stopped, status = 0;

	(void)state;
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pid, &stopped, WUNTRACED), pid);
	child_watch(agent.job.children, pid, ended, &status);
	end_session(agent.end, EX_OK, "a reason");
	FAKECLOCK_WAIT(agent.job.base, status != 0);
	assert_int_equal(WTERMSIG(status), SIGHUP);
}

/* A minute counts between the wish and the end. */
static void says_whether_it_is_meant(void **state)
{
	static const struct {
		long long passed;
		int meant;
	} rows[] = { { 0, 1 }, { 59999, 1 }, { 60000, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct link *front = fake_front(2);

		end_free(agent.end);	/* that of the row before */
		agent.end = end_new(&agent.job, agent.news, agent.hook,
			agent.memory);
		end_is_meant(agent.end);
		fakeclock_pass(agent.job.base, rows[i].passed);
		end_session(agent.end, EX_OK, "a reason");
		if (rows[i].meant)
			fakelink_expect(front, FRAME_MEANT);
		fakelink_expect(front, FRAME_END);
	}
}

/* It has the whole of the end for what it does. */
static void spares_the_hook(void **state)
{
	pid_t other = fake_child(NULL);

	(void)state;
	options.session.notify_command = mem_printf("trap 'echo H >>%s/hup' HUP; echo >%s/up; while :; do sleep 0.01; done",
		fake_dir, fake_dir);
	/* It is told of this end. */
	end_session(agent.end, EX_OK, "a reason");
	FAKECLOCK_WAIT(agent.job.base, fake_text("up") != NULL);
	FAKECLOCK_WAIT(agent.job.base, !fake_is_alive(other));
	fakeclock_pass(agent.job.base, 2799);
	assert_int_not_equal(hook_pid(agent.hook), 0);
	assert_null(fake_text("hup"));
	fakeclock_pass(agent.job.base, 200);
	FAKECLOCK_WAIT(agent.job.base, hook_pid(agent.hook) == 0);
}

static int said_cb(void *arg)
{
	return *(int *)arg;
}

/* What the processes have said may take longer than they. */
static void waits_until_all_is_said(void **state)
{
	int said = 0;

	(void)state;
	end_await(agent.end, said_cb, &said);
	end_session(agent.end, EX_OK, "a reason");
	fakeclock_pass(agent.job.base, 5000);
	assert_false(fake_is_over());
	said = 1;
	assert_in_range(fakeclock_pass(agent.job.base, 60000), 1, 100);
}

/* Then he who wanted the end would kill us. */
static void waits_so_long_at_most(void **state)
{
	int said = 0;

	(void)state;
	end_await(agent.end, said_cb, &said);
	end_session(agent.end, EX_OK, "a reason");
	assert_in_range(fakeclock_pass(agent.job.base, 60000), 9000, 10000);
	assert_non_null(strstr(fakelog_logged(), "did not take all"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_processes),
		TEST(in_three_steps),
		TEST(what_goes_last),
		TEST(wakes_the_stopped),
		TEST(says_whether_it_is_meant),
		TEST(spares_the_hook),
		TEST(waits_until_all_is_said),
		TEST(waits_so_long_at_most),
	};

	return cmocka_run_group_tests_name("end", tests, NULL, NULL);
}
