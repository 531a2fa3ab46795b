/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of a question, with Slurm's commands as scripts of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "launch/munge.h"
#include "launch/slurmcli/cli_ask.h"
#include "launch/slurmconf.h"
#include "os/clock.h"

static char dir[] = "/tmp/test_cli_ask.XXXXXX";
static struct cli_failure f;
static int looks;	/* at the clock, since the question */

/* What this machine has is no part of the test. */
int munge_look(const char *path, struct err *e)
{
	(void)path;
	(void)e;
	return 0;
}

int slurmconf_look(struct err *e)
{
	(void)e;
	return 0;
}

const char *slurmconf_where(void)
{
	return "/etc";
}

void slurmconf_cluster(char *name, size_t size)
{
	snprintf(name, size, "rig");
}

/*
 * Stands still until a script has said that it is late, and jumps an hour then,
 * but not at the first look: that is when the question begins.
 */
long long clock_ms(void)
{
	char late[64];

	snprintf(late, sizeof late, "%s/late", dir);
	return looks++ > 0 && access(late, F_OK) == 0 ? 3600000 : 0;
}

static void script(const char *name, const char *text)
{
	char path[64];
	FILE *out;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	out = fopen(path, "w");
	assert_non_null(out);
	fprintf(out, "#!/bin/sh\n%s\n", text);
	fclose(out);
	assert_int_equal(chmod(path, 0700), 0);
}

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	cli_ask_patience(30);
	return setenv("PATH", dir, 1);
}

static int drop(void **state)
{
	static const char *const names[] = { "sbatch", "squeue", "late" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char path[64];

		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		unlink(path);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(dir);
}

/* How sbatch fails */
static void fails(const char *class, const char *text, const char *words)
{
	char *argv[] = { (char *)"sbatch", NULL };
	struct tool t;

	looks = 0;
	assert_int_equal(cli_ask(&t, argv, environ, NULL, 1, &f), -1);
	cli_tool_fini(&t);
	assert_string_equal(f.class, class);
	assert_string_equal(f.e.text, text);
	assert_string_equal(f.words, words);
}

static void tells_a_refusal_from_a_lost_answer(void **state)
{
	(void)state;
	script("sbatch", "echo 'sbatch: error: first' >&2\n"
		"echo 'sbatch: error: Batch job submission failed: Invalid account' >&2; exit 1");
	fails("refused", "Invalid account", "sbatch: error: first\n");
	script("sbatch", "echo 'sbatch: error: Batch job submission failed: Message receive failure' >&2; exit 1");
	fails("unavailable", "sbatch: Message receive failure; the job may have been made all the same",
		"");
}

static void tells_what_it_lacks(void **state)
{
	char host[256] = "", *want;

	(void)state;
	gethostname(host, sizeof host - 1);
	want = mem_printf("sbatch is not in PATH on %s; add Slurm's bin directory to PATH in ~/.bashrc",
		host);
	fails("config", want, "");
	free(want);
	script("sbatch", "echo 'sbatch: error while loading shared libraries: libmunge.so.2: no' >&2; exit 127");
	fails("config", "sbatch cannot be run: error while loading shared libraries: libmunge.so.2: no; it must find its libraries without LD_LIBRARY_PATH, which is not given to a job",
		"");
}

static void gives_up_with_what_it_heard(void **state)
{
	char *text = mem_printf("echo 'sbatch: error: Slurm job queue full, sleeping and retrying' >&2\n"
		": >%s/late\nexec /bin/sleep 600", dir);

	(void)state;
	script("sbatch", text);
	free(text);
	fails("unavailable", "sbatch: Slurm job queue full, sleeping and retrying; given up after 25 s; the job may have been made all the same",
		"");
	drop(NULL);
	text = mem_printf(": >%s/late\nexec /bin/sleep 600", dir);
	script("sbatch", text);
	free(text);
	cli_ask_patience(120);
	fails("unavailable", "no answer from slurmctld or munged within 100 s; the job may have been made all the same",
		"");
}

static void believes_no_wrapper(void **state)
{
	static const char strange[] = "squeue does not answer as --Format has it; is there a wrapper of that name in PATH?";
	struct cli_list list;

	(void)state;
	script("squeue", "echo '7 devel RUNNING'");
	assert_int_equal(cli_ask_jobs(&list, 0, 0, NULL, &f), -1);
	assert_string_equal(f.class, "internal");
	assert_string_equal(f.e.text, strange);
	cli_list_fini(&list);
	script("squeue", ":");
	assert_int_equal(cli_ask_jobs(&list, 0, 0, NULL, &f), 0);
	assert_int_equal(list.n, 0);
	cli_list_fini(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(tells_a_refusal_from_a_lost_answer,
			drop),
		cmocka_unit_test_teardown(tells_what_it_lacks, drop),
		cmocka_unit_test_teardown(gives_up_with_what_it_heard, drop),
		cmocka_unit_test_teardown(believes_no_wrapper, drop),
	};

	return cmocka_run_group_tests_name("cli_ask", tests, setup, teardown);
}
