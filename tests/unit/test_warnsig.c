/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>

#include "os/warnsig.h"

static const struct {
	const char *in;
	int signal;		/* -1: refused */
	long seconds;
} rows[] = {
	{ NULL, 0, 60 },
	{ "USR2", SIGUSR2, 60 },
	{ "SIGUSR1@300", SIGUSR1, 300 },
	{ "usr2@0", SIGUSR2, 0 },
	{ "sigXcpu@65535", SIGXCPU, 65535 },
	{ "10@5", 10, 5 },
	{ "64", 64, 60 },
	{ "TERM@1", SIGTERM, 1 },
	{ "", -1, 0 },
	{ "@60", -1, 0 },
	{ "SIG", -1, 0 },
	{ "SIG@1", -1, 0 },
	{ "U", -1, 0 },
	{ "USR", -1, 0 },
	{ "USR22", -1, 0 },
	{ "USR2@", -1, 0 },
	{ "USR2@x", -1, 0 },
	{ "USR2@-1", -1, 0 },
	{ "USR2@1s", -1, 0 },
	{ "USR2@65536", -1, 0 },
	{ "USR2@99999999999999999999", -1, 0 },
	{ "0", -1, 0 },
	{ "65", -1, 0 },
	{ "-1", -1, 0 },
	{ "12x", -1, 0 },
	{ "B:USR2@60", -1, 0 },
	{ "KILL", -1, 0 },
	{ "9", -1, 0 },
	{ "STOP@5", -1, 0 },
	{ "19", -1, 0 },
};

static void reads_a_signal(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct err e = { "" };
		struct warnsig w;
		int ret = warnsig_parse(&w, rows[i].in, &e);

		if ((ret == -1) != (rows[i].signal == -1) ||
			(ret == -1) != (e.text[0] != '\0'))
			fail_msg("%s: %d %s", rows[i].in, ret, e.text);
		if (ret == -1)
			assert_int_equal(w.signal, 0);
		else if (w.signal != rows[i].signal ||
			w.seconds != rows[i].seconds)
			fail_msg("%s: %d@%ld", rows[i].in, w.signal, w.seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_signal),
	};

	return cmocka_run_group_tests_name("warnsig", tests, NULL, NULL);
}
