/* SPDX-License-Identifier: BSD-2-Clause */
/* What libslurm says on stderr, kept or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launch/slurm/overheard.h"
#include "os/fd.h"

/* What is said while it is kept, as one line. */
static const char *line(const char *said)
{
	static struct overheard o;

	overheard_begin(&o);
	assert_int_equal(fd_write_all(STDERR_FILENO, said, strlen(said)), 0);
	overheard_end(&o);
	assert_int_equal(o.len, strlen(said) < sizeof o.text ? strlen(said) :
		sizeof o.text);
	return overheard_line(&o, " ", "nothing");
}

static void makes_one_line(void **state)
{
	static const struct {
		const char *said, *want;
	} rows[] = {
		{ "", "nothing" },
		{ "\n\n", "nothing" },
		{ "launch-slurm: error: No batch here\n", "No batch here" },
		{ "error: No batch here", "No batch here" },
		{ "launch-slurm: No\nlaunch-slurm: error: batch\n\nhere\n",
			"No batch here" },
		{ "slurm: error: No\n", "slurm: error: No" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(line(rows[i].said), rows[i].want);
}

static void keeps_no_more_than_it_can(void **state)
{
	static char much[9000];

	(void)state;
	memset(much, 'x', sizeof much - 1);
	assert_string_equal(line(much), "nothing");
	memset(much + 900, '\n', 1);
	assert_int_equal(strlen(line(much)), 900);
}

static void gives_it_back(void **state)
{
	struct overheard o;
	char got[64] = "";
	int saved, fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	saved = dup(STDERR_FILENO);
	dup2(fd[1], STDERR_FILENO);
	overheard_begin(&o);
	dprintf(STDERR_FILENO, "kept");
	overheard_end(&o);
	dprintf(STDERR_FILENO, "1");
	overheard_repeat(&o);
	overheard_unmute(overheard_mute());
	dprintf(STDERR_FILENO, "2");
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd[1]);
	assert_int_equal(read(fd[0], got, sizeof got - 1), 6);
	assert_string_equal(got, "1kept2");
	close(fd[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_one_line),
		cmocka_unit_test(keeps_no_more_than_it_can),
		cmocka_unit_test(gives_it_back),
	};

	return cmocka_run_group_tests_name("overheard", tests, NULL, NULL);
}
