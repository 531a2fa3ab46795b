/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/fd.h"

static volatile sig_atomic_t signals;

static void count(int sig)
{
	(void)sig;
	signals++;
}

/* Every 5 ms a signal that is handled, until it is 0. */
static void signal_each(int ms)
{
	struct sigaction a = { .sa_handler = count };
	struct itimerval t = { .it_interval.tv_usec = ms * 1000,
		.it_value.tv_usec = ms * 1000 };

	sigaction(SIGALRM, &a, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
}

/* It is not over at the first of them, and not later for all of them. */
static void waits_to_its_time(void **state)
{
	long long until = clock_ms() + 60;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	signals = 0;
	signal_each(5);
	assert_int_equal(fd_wait(p[0], POLLIN, until), 0);
	signal_each(0);
	assert_true(clock_ms() >= until);
	assert_true(signals > 0);
	close(p[0]);
	close(p[1]);
}

static void looks_once_when_it_is_past(void **state)
{
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(fd_wait(p[0], POLLIN, clock_ms() - 1), 0);
	assert_int_equal(fd_wait(p[0], POLLIN, clock_ms() - 5000), 0);
	assert_int_equal(write(p[1], "x", 1), 1);
	assert_int_equal(fd_wait(p[0], POLLIN, clock_ms() - 1), 1);
	assert_int_equal(fd_wait(p[0], POLLIN, FD_FOREVER), 1);
	close(p[0]);
	close(p[1]);
}

static void sees_a_death(void **state)
{
	int p[2], s[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_false(fd_is_dead(p[1]));
	close(p[0]);
	assert_true(fd_is_dead(p[1]));
	/* No events asked for: only that. */
	assert_int_equal(fd_wait(p[1], 0, FD_FOREVER), 1);
	close(p[1]);
	assert_true(fd_is_dead(p[1]));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	shutdown(s[1], SHUT_WR);
	assert_false(fd_is_dead(s[0]));
	close(s[1]);
	assert_true(fd_is_dead(s[0]));
	close(s[0]);
}

#define MUCH 300000

static void *read_all(void *arg)
{
	static char got[MUCH];
	size_t n = 0;
	ssize_t some;

	while (n < sizeof got && (some = read(*(int *)arg, got + n,
		sizeof got - n)) > 0)
		n += (size_t)some;
	for (size_t i = 0; i < n; i++)
		if (got[i] != (char)(i % 251))
			return NULL;
	return n == sizeof got ? got : NULL;
}

/* More than a pipe holds, into one that does not wait by itself. */
static void writes_all(void **state)
{
	static char all[MUCH];
	pthread_t reader;
	sigset_t alarms;
	void *got;
	int p[2];

	(void)state;
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (char)(i % 251);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(fcntl(p[1], F_SETFL, O_NONBLOCK), 0);
	/* The signals are for who writes. */
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarms, NULL);
	assert_int_equal(pthread_create(&reader, NULL, read_all, &p[0]), 0);
	pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
	signal_each(1);
	assert_int_equal(fd_write_all(p[1], all, sizeof all), 0);
	signal_each(0);
	pthread_join(reader, &got);
	assert_non_null(got);
	close(p[0]);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(fd_write_all(p[1], all, 1), -1);
	assert_int_equal(errno, EPIPE);
	fd_close(p[1]);
	assert_int_equal(errno, EPIPE);
	fd_close(p[1]);
	assert_int_equal(errno, EPIPE);
	fd_close(-1);
	assert_int_equal(errno, EPIPE);
}

static unsigned entries(DIR *dir)
{
	unsigned n = 0;

	while (readdir(dir) != NULL)
		n++;
	return n;
}

/* The lowest that is free: the same again when nothing was left open. */
static int lowest(void)
{
	int fd = open("/dev/null", O_RDONLY);

	close(fd);
	return fd;
}

static void opens_a_directory_anew(void **state)
{
	char path[] = "/tmp/test_fd.XXXXXX";
	int dirfd, file, before;
	struct stat st;
	DIR *dir;

	(void)state;
	assert_non_null(mkdtemp(path));
	dirfd = open(path, O_RDONLY | O_DIRECTORY);
	file = openat(dirfd, "x", O_WRONLY | O_CREAT, 0600);
	before = lowest();
	for (int i = 0; i < 2; i++) {
		dir = fd_opendir(dirfd);
		assert_non_null(dir);
		assert_int_equal(entries(dir), 3);
		closedir(dir);
	}
	errno = 0;
	assert_null(fd_opendir(file));
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(lowest(), before);
	assert_int_equal(fstat(dirfd, &st), 0);
	assert_true(fd_now(dirfd) >= st.st_mtime && fd_now(dirfd) > 0);
	assert_int_equal(fd_now(-1), 0);
	unlinkat(dirfd, "x", 0);
	rmdir(path);
	close(file);
	close(dirfd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_to_its_time),
		cmocka_unit_test(looks_once_when_it_is_past),
		cmocka_unit_test(sees_a_death),
		cmocka_unit_test(writes_all),
		cmocka_unit_test(opens_a_directory_anew),
	};

	return cmocka_run_group_tests_name("fd", tests, NULL, NULL);
}
