/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "os/log.h"
#include "os/logpipe.h"

/* Stderr is a pipe that nobody reads: as a file system that hangs. */
static void never_waits(void **state)
{
	static char all[4 << 20];
	int saved = dup(STDERR_FILENO), p[2];
	size_t len = 0;
	ssize_t n;
	struct err e;

	(void)state;
	assert_int_equal(pipe(p), 0);
	/* So little fits that the thread waits at once. */
	assert_true(fcntl(p[1], F_SETPIPE_SZ, 4096) >= 0);
	dup2(p[1], STDERR_FILENO);
	assert_int_equal(logpipe_open(&e), 0);
	log_init("test");
	for (int i = 0; i < 20000; i++)
		log_error("%d %0200d", i, 0);
	/* What was kept comes, whole lines, the first ones. */
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	for (int idle = 0; idle < 20; idle++) {
		while ((n = read(p[0], all + len, sizeof all - 1 - len)) > 0) {
			len += (size_t)n;
			idle = 0;
		}
		usleep(10000);
	}
	logpipe_close();
	log_error("last");
	n = read(p[0], all + len, sizeof all - 1 - len);
	assert_true(n > 0);
	len += (size_t)n;
	dup2(saved, STDERR_FILENO);
	all[len] = '\0';
	assert_true(len > 40000 && len < 2000000);
	assert_non_null(strstr(all, "] 0 00"));
	assert_non_null(strstr(all, "] 100 00"));
	assert_null(strstr(all, "] 19999 00"));
	assert_non_null(strstr(all, "] last\n"));
	assert_int_equal(all[len - 1], '\n');
	close(p[0]);
	close(p[1]);
	close(saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_waits),
	};

	return cmocka_run_group_tests_name("logpipe", tests, NULL, NULL);
}
