/* SPDX-License-Identifier: BSD-2-Clause */
#include "net.h"

#include <sys/prctl.h>

#include "net/child.h"

static struct children *all;

struct seen {
	pid_t pid;
	int status, calls;
	struct child *forget;	/* in the callback */
	pid_t then;		/* watch this one in the callback */
	struct seen *then_seen;
};

static void ended_cb(pid_t pid, int status, void *arg)
{
	struct seen *s = arg;

	s->pid = pid;
	s->status = status;
	s->calls++;
	child_forget(s->forget);
	if (s->then != 0)
		child_watch(all, s->then, ended_cb, s->then_seen);
}

/* A child that ends when its pipe is closed, or at once without one. */
static pid_t start(int status, int *hold)
{
	int p[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		/* Nor may it hold those of others open. */
		for (int fd = 3; fd < 1024; fd++)
			if (fd != p[0])
				close(fd);
		(void)!read(p[0], &c, 1);
		_exit(status);
	}
	close(p[0]);
	if (hold != NULL)
		*hold = p[1];
	else
		close(p[1]);
	return pid;
}

static int is_reaped(pid_t pid)
{
	return kill(pid, 0) == -1 && errno == ESRCH;
}

static void tells_how_each_ended(void **state)
{
	struct seen seen[20] = { 0 };
	int hold[20];
	pid_t pid[20];

	(void)state;
	for (int i = 0; i < 20; i++) {
		pid[i] = start(i, &hold[i]);
		child_watch(all, pid[i], ended_cb, &seen[i]);
	}
	settle();
	for (int i = 0; i < 20; i++)
		assert_int_equal(seen[i].calls, 0);
	kill(pid[7], SIGKILL);
	WAIT_FOR(seen[7].calls);
	/* Several at once share one SIGCHLD. */
	for (int i = 0; i < 20; i++)
		close(hold[i]);
	for (int i = 0; i < 20; i++) {
		WAIT_FOR(seen[i].calls);
		assert_int_equal(seen[i].pid, pid[i]);
		if (i == 7)
			assert_int_equal(WTERMSIG(seen[i].status), SIGKILL);
		else
			assert_int_equal(WEXITSTATUS(seen[i].status), i);
	}
	settle();
	for (int i = 0; i < 20; i++)
		assert_int_equal(seen[i].calls, 1);
}

static void forgets(void **state)
{
	struct seen a = { 0 }, b = { 0 };
	struct child *c;
	int hold;
	pid_t pid;

	(void)state;
	child_forget(NULL);
	pid = start(0, &hold);
	c = child_watch(all, pid, ended_cb, &a);
	child_forget(c);
	close(hold);
	WAIT_FOR(is_reaped(pid));
	assert_int_equal(a.calls, 0);

	/* Also in its own callback. */
	pid = start(0, &hold);
	b.forget = child_watch(all, pid, ended_cb, &b);
	close(hold);
	WAIT_FOR(b.calls);
	settle();
	assert_int_equal(b.calls, 1);
}

static void sees_one_that_has_ended_already(void **state)
{
	struct seen s = { 0 };
	siginfo_t info;
	pid_t pid = start(3, NULL);

	(void)state;
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT),
		0);
	child_watch(all, pid, ended_cb, &s);
	children_reap(all);
	assert_int_equal(s.calls, 1);
	assert_int_equal(WEXITSTATUS(s.status), 3);
	settle();
	assert_int_equal(s.calls, 1);
}

/* A callback may watch the next, which has ended as well. */
static void watches_in_a_callback(void **state)
{
	struct seen second = { 0 }, first = { .then_seen = &second };
	int hold, hold2;
	pid_t pid = start(1, &hold);

	(void)state;
	first.then = start(2, &hold2);
	child_watch(all, pid, ended_cb, &first);
	close(hold);
	WAIT_FOR(first.calls);
	assert_int_equal(second.calls, 0);
	close(hold2);
	WAIT_FOR(second.calls);
	assert_int_equal(second.pid, first.then);
}

/* Those that a subreaper inherits leave no zombies. */
static void reaps_orphans(void **state)
{
	int told[2], status;
	pid_t pid, orphan;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		orphan = fork();
		if (orphan == 0)
			_exit(0);
		_exit(write(told[1], &orphan, sizeof orphan) == -1);
	}
	close(told[1]);
	assert_int_equal(read(told[0], &orphan, sizeof orphan),
		sizeof orphan);
	close(told[0]);
	WAIT_FOR(is_reaped(pid) && is_reaped(orphan));
	assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* It ends with children that are still watched. */
static void is_freed_with_children(void **state)
{
	struct seen s = { 0 };
	int hold;
	pid_t pid = start(0, &hold);

	(void)state;
	child_watch(all, pid, ended_cb, &s);
	children_free(all);
	close(hold);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	all = children_new(evbase);
	settle();
	assert_int_equal(s.calls, 0);
}

static int group_setup(void **state)
{
	(void)state;
	loop_init();
	all = children_new(evbase);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	children_free(all);
	loop_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_how_each_ended),
		cmocka_unit_test(forgets),
		cmocka_unit_test(sees_one_that_has_ended_already),
		cmocka_unit_test(watches_in_a_callback),
		cmocka_unit_test(reaps_orphans),
		cmocka_unit_test(is_freed_with_children),
	};

	return cmocka_run_group_tests_name("child", tests, group_setup,
		group_teardown);
}
