/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/pidfd.h"
#include "os/proc.h"

static pid_t child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void signals_the_right_one(void **state)
{
	pid_t pid = child();
	unsigned long long start;
	int fd, status;

	(void)state;
	assert_int_equal(proc_starttime(pid, &start), 0);
	fd = pidfd_open_exact(pid, start);
	assert_true(fd != -1);
	assert_int_equal(pidfd_signal(fd, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_int_equal(pidfd_signal(fd, SIGTERM), -1);
	assert_int_equal(errno, ESRCH);
	close(fd);
	assert_int_equal(pidfd_open_exact(pid, start), -1);
	assert_int_equal(errno, ESRCH);
}

static void another_start_is_another_process(void **state)
{
	unsigned long long start;

	(void)state;
	assert_int_equal(proc_starttime(getpid(), &start), 0);
	assert_int_equal(pidfd_open_exact(getpid(), start + 1), -1);
	assert_int_equal(errno, ESRCH);
}

/* A real reuse: the kernel is told which pid to give next. */
static void a_reused_pid_is_refused(void **state)
{
	const struct timespec ticks = { .tv_nsec = 30000000 };
	pid_t old = child(), pid = -1;
	unsigned long long start, start_now;

	(void)state;
	assert_int_equal(proc_starttime(old, &start), 0);
	end(old);
	nanosleep(&ticks, NULL);	/* start times count in 10 ms */
	for (int i = 0; i < 100 && pid != old; i++) {
		FILE *f = fopen("/proc/sys/kernel/ns_last_pid", "w");

		if (pid != -1)
			end(pid);
		if (f != NULL)
			fprintf(f, "%d", (int)old - 1);
		if (f == NULL || fclose(f) == EOF) {
			/* skip() of cmocka 1.1.5 counts as failed in TAP. */
			print_message("# skipped: only root may choose a pid\n");
			return;
		}
		pid = child();
	}
	if (pid != old) {
		end(pid);
		print_message("# skipped: somebody was always faster\n");
		return;
	}
	assert_int_equal(pidfd_open_exact(pid, start), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(kill(pid, 0), 0);
	assert_int_equal(proc_starttime(pid, &start_now), 0);
	assert_true(start_now != start);
	end(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_the_right_one),
		cmocka_unit_test(another_start_is_another_process),
		cmocka_unit_test(a_reused_pid_is_refused),
	};

	return cmocka_run_group_tests_name("pidfd", tests, NULL, NULL);
}
