/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/proc.h"
#include "os/rlimit.h"

#define GENERATIONS 3

/* A name that tries to look like the rest of the line. */
static const char odd_name[] = ") Z 1 1 1 (";

/*
 * Each process has a child of its own, GENERATIONS deep; the last one writes a
 * byte when all are there, and all wait until hold is closed.
 */
static int grow(int depth, int ready, int hold)
{
	pid_t pid = 0;
	char c;

	for (; depth > 1 && pid == 0; depth--)
		pid = fork();
	if (pid == -1)
		return 1;
	if (pid == 0) {
		prctl(PR_SET_NAME, odd_name);
		if (write(ready, "x", 1) != 1)
			return 1;
	}
	if (read(hold, &c, 1) != 0)
		return 1;
	return pid > 0 && waitpid(pid, NULL, 0) != pid;
}

static void finds_descendants_leaves_first(void **state)
{
	int ready[2], hold[2], status;
	struct procstat st;
	pid_t child[2], *pids;
	size_t n;
	char c;

	(void)state;
	fflush(NULL);
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(hold), 0);
	for (int i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			close(hold[1]);
			_exit(grow(GENERATIONS, ready[1], hold[0]));
		}
		assert_true(child[i] > 0);
		assert_int_equal(read(ready[0], &c, 1), 1);
	}
	assert_int_equal(proc_descendants(getpid(), &pids, &n), 0);
	assert_int_equal(n, 2 * GENERATIONS);
	for (size_t i = 0; i < n; i++) {
		size_t parent = n;

		assert_int_not_equal(pids[i], getpid());
		assert_int_equal(proc_stat(pids[i], &st), 0);
		assert_int_equal(st.pid, pids[i]);
		for (size_t j = 0; j < n; j++)
			if (pids[j] == st.ppid)
				parent = j;
		if (st.ppid == getpid())
			assert_true(pids[i] == child[0] || pids[i] == child[1]);
		else
			assert_true(parent < n && parent > i);
	}
	free(pids);
	assert_int_equal(proc_descendants(child[0], &pids, &n), 0);
	assert_int_equal(n, GENERATIONS - 1);
	free(pids);

	close(hold[1]);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(proc_descendants(getpid(), &pids, &n), 0);
	assert_int_equal(n, 0);
	assert_null(pids);
	close(hold[0]);
	close(ready[0]);
	close(ready[1]);
}

/* A child that sits, has computed a while, and handles one signal. */
static pid_t busy_child(int ready)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	signal(SIGUSR2, exit);
	signal(SIGUSR1, SIG_IGN);
	setsid();
	while (clock() < CLOCKS_PER_SEC / 20)
		;
	if (write(ready, "", 1) == 1)
		pause();
	_exit(1);
}

static void tells_of_members(void **state)
{
	struct procmember *all;
	int ready[2], status;
	pid_t pid, pids[4];
	size_t n;
	char c;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = busy_child(ready[1]);
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(proc_family(getpid(), &all, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(all[0].st.pid, pid);
	assert_int_equal(all[0].st.session, pid);
	assert_true(all[0].use.cpu >= 4);
	assert_int_equal(all[0].use.tty, 0);
	free(all);
	assert_true(proc_catches(pid, SIGUSR2));
	assert_false(proc_catches(pid, SIGUSR1));
	assert_false(proc_catches(pid, SIGTERM));
	assert_false(proc_catches(pid, SIGHUP));
	/* A kernel without that file tells of none. */
	n = proc_children(pids, 4);
	if (n > 0) {
		assert_int_equal(n, 1);
		assert_int_equal(pids[0], pid);
		assert_int_equal(proc_children(pids, 0), 0);
	}
	kill(pid, SIGUSR2);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_false(proc_catches(pid, SIGUSR2));
	assert_int_equal(proc_family(getpid(), &all, &n), 0);
	assert_int_equal(n, 0);
	assert_null(all);
	assert_int_equal(proc_children(pids, 4), 0);
	close(ready[0]);
	close(ready[1]);
}

static void start_time_tells_processes_apart(void **state)
{
	unsigned long long ours, again, first;
	pid_t pid;

	(void)state;
	assert_int_equal(proc_starttime(getpid(), &ours), 0);
	assert_int_equal(proc_starttime(getpid(), &again), 0);
	assert_true(ours == again && ours > 0);
	assert_int_equal(proc_starttime(1, &first), 0);
	assert_true(first <= ours);
	pid = fork();
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(proc_starttime(pid, &again), -1);
	assert_int_equal(errno, ENOENT);
}

static void reads_boot_id(void **state)
{
	char id[37], again[37];

	(void)state;
	memset(id, 'x', sizeof id);
	assert_int_equal(proc_boot_id(id), 0);
	assert_int_equal(strlen(id), 36);
	assert_int_equal(strspn(id, "0123456789abcdef-"), 36);
	assert_int_equal(proc_boot_id(again), 0);
	assert_string_equal(id, again);
}

static void reads_arguments(void **state)
{
	struct buf b = { 0 };
	int go[2], done[2];
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe2(done, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		dup2(go[0], STDIN_FILENO);
		close(go[0]);
		close(go[1]);
		execl("/bin/cat", "cat", "-u", "--", "-", (char *)NULL);
		_exit(127);
	}
	close(done[1]);
	assert_int_equal(read(done[0], &c, 1), 0);	/* exec has happened */
	buf_puts(&b, ">");
	assert_int_equal(proc_cmdline(pid, &b), 0);
	assert_int_equal(b.len, 13);
	assert_memory_equal(buf_data(&b), ">cat\0-u\0--\0-\0", 13);
	buf_fini(&b);
	close(go[0]);
	close(go[1]);
	close(done[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(proc_cmdline(pid, &b), -1);
	buf_fini(&b);
}

static struct rlimit limit(int resource)
{
	struct rlimit r;

	assert_int_equal(getrlimit(resource, &r), 0);
	return r;
}

static void raises_limits(void **state)
{
	struct rlimit files = limit(RLIMIT_NOFILE);
	struct rlimit core = limit(RLIMIT_CORE);
	struct rlimit stack = limit(RLIMIT_STACK);
	struct rlimit low = { 64, files.rlim_max };
	struct rlimit no_core = { 0, core.rlim_max };
	rlim_t want = files.rlim_max < 524288 ? files.rlim_max : 524288;

	(void)state;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(setrlimit(RLIMIT_CORE, &no_core), 0);
	rlimit_raise();
	assert_true(limit(RLIMIT_NOFILE).rlim_cur == want);
	assert_true(limit(RLIMIT_NOFILE).rlim_max == files.rlim_max);
	assert_true(limit(RLIMIT_NPROC).rlim_cur ==
		limit(RLIMIT_NPROC).rlim_max);
	assert_true(limit(RLIMIT_CORE).rlim_cur == 0);
	assert_true(limit(RLIMIT_STACK).rlim_cur == stack.rlim_cur);
	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_CORE, &core);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_descendants_leaves_first),
		cmocka_unit_test(tells_of_members),
		cmocka_unit_test(start_time_tells_processes_apart),
		cmocka_unit_test(reads_boot_id),
		cmocka_unit_test(reads_arguments),
		cmocka_unit_test(raises_limits),
	};

	alarm(30);
	return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
