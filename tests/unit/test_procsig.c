/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/types.h>

static pid_t asked;
static int calls;

/* Nobody is hurt, whatever is asked. */
static int note(pid_t pid, int sig)
{
	(void)sig;
	asked = pid;
	calls++;
	return 0;
}

#define kill note
#include "os/procsig.c"
#undef kill

static void refuses_what_means_many(void **state)
{
	static const pid_t nobody[] = { 1, 0, -1, -2, INT_MIN };

	(void)state;
	for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
		errno = 0;
		assert_int_equal(procsig_send(nobody[i], SIGKILL), -1);
		assert_int_equal(errno, ESRCH);
		errno = 0;
		assert_int_equal(procsig_send_group(nobody[i], SIGKILL), -1);
		assert_int_equal(errno, ESRCH);
	}
	assert_int_equal(calls, 0);
}

static void sends_to_one_and_to_its_group(void **state)
{
	(void)state;
	assert_int_equal(procsig_send(4711, SIGTERM), 0);
	assert_int_equal(asked, 4711);
	assert_int_equal(procsig_send_group(4711, SIGTERM), 0);
	assert_int_equal(asked, -4711);
	assert_int_equal(calls, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_means_many),
		cmocka_unit_test(sends_to_one_and_to_its_group),
	};

	return cmocka_run_group_tests_name("procsig", tests, NULL, NULL);
}
