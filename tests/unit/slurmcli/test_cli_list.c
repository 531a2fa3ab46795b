/* SPDX-License-Identifier: BSD-2-Clause */
/* squeue's list, read back from its own form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launch/slurmcli/cli_list.h"

#define SEAL "0af3"
#define F "\x1f" SEAL
#define END "\x1e" SEAL "\n"
/* id, state, reason, exit code, submitted, start, end, limit, cpus */
#define RUNS "7" F "RUNNING" F "None" F "0" F "1000" F "1100" F "4700" F "1:00:00" F "2" F
/* tres, gres (4), partition, user, batch host, nodes, origin, batch, output */
#define HAS "cpu=2,mem=200M,node=1,billing=2" F "N/A" F "gres:gpu:1" F "N/A" F "N/A" F "devel" F "alice" F "c1" F "c[1-2]" F "NA" F "1" F "/home/a/log" F
#define MARK "vscode-remote-shell session=s tag=0123456789abcdef"

static struct cli_list list;

static int drop(void **state)
{
	(void)state;
	cli_list_fini(&list);
	return 0;
}

static int read_text(const char *text)
{
	struct buf b = { 0 };
	int ret;

	cli_list_fini(&list);
	buf_puts(&b, text);
	ret = cli_list_read(&list, &b, SEAL);
	assert_null(buf_data(&b));
	return ret;
}

static void take(const char *text)
{
	assert_int_equal(read_text(text), 0);
}

static void asks_for_all_fields(void **state)
{
	char *format = cli_list_format(SEAL);
	size_t n = 1;

	(void)state;
	for (const char *at = format; (at = strchr(at, ',')); at++)
		n++;
	assert_int_equal(n, 23);
	assert_int_equal(strncmp(format, "jobid:0" F ",state:0" F ",",
		strlen("jobid:0" F ",state:0" F ",")), 0);
	assert_non_null(strstr(format, ",comment:0\x1e" SEAL));
	free(format);
}

static void reads_a_job(void **state)
{
	const struct slurmjob *j;

	(void)state;
	take(RUNS HAS "/dev/stdin " MARK F MARK "; a\nb" END);
	assert_int_equal(list.n, 1);
	j = cli_list_pick(&list, 7);
	assert_non_null(j);
	assert_int_equal(j->state, JOBSTATE_RUNNING);
	assert_int_equal(j->submitted, 1000);
	assert_int_equal(j->start, 1100);
	assert_int_equal(j->end, 4700);
	assert_int_equal(j->limit, 3600);
	assert_int_equal(j->cpus, 2);
	assert_int_equal(j->mem, 200);
	assert_string_equal(j->gres, "gres:gpu:1");
	assert_string_equal(j->partition, "devel");
	assert_string_equal(j->user, "alice");
	assert_string_equal(j->node, "c1");
	assert_string_equal(j->output, "/home/a/log");
	assert_string_equal(j->command, "/dev/stdin " MARK);
	assert_string_equal(j->comment, MARK "; a\nb");
	assert_false(j->is_federated);
	assert_false(j->is_allocation);
	assert_null(cli_list_pick(&list, 8));
}

static void reads_what_is_not_set(void **state)
{
	const struct slurmjob *j;

	(void)state;
	take("8" F "PENDING" F "Resources" F "0" F "1000" F "N/A" F "Unknown" F
		"UNLIMITED" F "1-4" F "" F "N/A" F "N/A" F "N/A" F "N/A" F
		"a,b" F "" F "n/a" F "" F "big" F "0" F "(null)" F "(null)" F "" END);
	j = cli_list_pick(&list, 8);
	assert_non_null(j);
	assert_int_equal(j->reason, 3);
	assert_int_equal(j->start, 0);
	assert_int_equal(j->end, 0);
	assert_int_equal(j->limit, SLURMJOB_UNLIMITED);
	assert_int_equal(j->cpus, 1);
	assert_int_equal(j->mem, 0);
	assert_null(j->gres);
	assert_null(j->node);
	assert_null(j->output);
	assert_null(j->command);
	assert_null(j->comment);
	assert_true(j->is_federated);
	assert_true(j->is_allocation);
}

static void sorts_by_number(void **state)
{
	(void)state;
	take("20" F "RUNNING" F "None" F "0" F "1" F "1" F "1" F "1" F "1" F
		HAS "x" F "y" END RUNS HAS "x" F "y" END);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.job[0].id, 7);
	assert_int_equal(list.job[1].id, 20);
}

/* What is cut off, has a field too many or another form, may be a job all the same. */
static void believes_nothing_else(void **state)
{
	static const char *const rows[] = {
		"squeue: something is wrong\n", "7 devel RUNNING c1\n",
		RUNS HAS "x" F "y",
		RUNS HAS "x" END,
		RUNS HAS "x" F "y" F "z" END,
		"x" RUNS HAS "x" F "y" END,
		"0" F "RUNNING" F "None" F "0" F "1" F "1" F "1" F "1" F "1" F
			HAS "x" F "y" END,
		"99999999999" F "RUNNING" F "None" F "0" F "1" F "1" F "1" F
			"1" F "1" F HAS "x" F "y" END,
		END END END,
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(read_text(rows[i]), -1);
		assert_int_equal(list.n, 0);
	}
	assert_int_equal(read_text(END RUNS HAS "x" F "y" END), -1);
	assert_int_equal(read_text(RUNS HAS "x" F "y" END "rest"), -1);
	take("");
	take("\n \r\n");
	assert_int_equal(list.n, 0);
	take(RUNS HAS "x" F "y" END "\n\n");
	assert_int_equal(list.n, 1);
}

/*
 * What somebody may have written into a comment or a name to be taken for another
 * job, for the end of his, or for a mark. Every such job is found, with its own
 * number and its whole text, and it alone.
 */
static void takes_text_for_text(void **state)
{
	static const char *const texts[] = {
		"a\x1f" "b\x1f", "\x1e\n", "\x1e", "\x1f", "\x1e\x1e\x1f\x1f",
		/* A whole job, with the ends that an older seal had. */
		"x\x1e\n8\x1fRUNNING\x1fNone\x1f" "0\x1f" "1",
		"x\x1e" "0af2\n8\x1f" "0af2RUNNING\x1f" "0af2",
		"\x1f" "0af", "\x1e" "0af",
		"%N %j %i %%", "jobid:0,comment:0", "two\nlines\r\n", "\t|;,'\"`$(id)",
		"\x1b]0;title\a", "\xff\xfe\x80", "error=refused\nmessage=no\n\n",
		"job=8\ntag=0123456789abcdef\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		const struct slurmjob *j;
		struct slurmjob_mark mark;
		struct buf b = { 0 };

		cli_list_fini(&list);
		buf_printf(&b, "%s%s%s%s%s%s", RUNS HAS, texts[i], F, texts[i],
			END, "9" F "RUNNING" F "None" F "0" F "1" F "1" F "1" F
			"1" F "1" F HAS "/dev/stdin " MARK F "c" END);
		assert_int_equal(cli_list_read(&list, &b, SEAL), 0);
		assert_int_equal(list.n, 2);
		j = cli_list_pick(&list, 7);
		assert_non_null(j);
		assert_string_equal(j->command, texts[i]);
		assert_string_equal(j->comment, texts[i]);
		assert_int_equal(slurmjob_mark(&mark, j), -1);
		j = cli_list_pick(&list, 9);
		assert_non_null(j);
		assert_int_equal(slurmjob_mark(&mark, j), 0);
	}
}

/* Only what begins with the mark is one, and it ends where a tag does. */
static void knows_a_mark(void **state)
{
	static const struct {
		const char *text;
		int is_one;
	} rows[] = {
		{ MARK, 1 }, { "/dev/stdin " MARK, 1 }, { MARK "; more", 1 },
		{ MARK ";", 1 },
		{ " " MARK, 0 }, { "/dev/stdin  " MARK, 0 },
		{ "/dev/stdin\n" MARK, 0 }, { "x " MARK, 0 },
		{ "/dev/stdin x " MARK, 0 }, { MARK " more", 0 },
		{ MARK "\n", 0 }, { MARK "0", 0 },
		{ "vscode-remote-shell session= tag=0123456789abcdef", 0 },
		{ "vscode-remote-shell session=.. tag=0123456789abcdef", 0 },
		{ "vscode-remote-shell session=../x tag=0123456789abcdef", 0 },
		{ "vscode-remote-shell session=s\n tag=0123456789abcdef", 0 },
		{ "vscode-remote-shell session=s tag=0123456789ABCDEF", 0 },
		{ "vscode-remote-shell session=s tag=../../../../etc", 0 },
		{ "vscode-remote-shell session=s%20 tag=0123456789abcdef", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct slurmjob by_command = { .command = rows[i].text };
		struct slurmjob by_comment = { .comment = rows[i].text };
		struct slurmjob_mark mark;

		assert_int_equal(slurmjob_mark(&mark, &by_command),
			rows[i].is_one - 1);
		assert_int_equal(slurmjob_mark(&mark, &by_comment),
			rows[i].is_one - 1);
	}
}

static void reads_memory(void **state)
{
	static const struct {
		const char *tres;
		uint64_t mem;
	} rows[] = {
		{ "cpu=1,mem=100M,node=1", 100 },
		{ "mem=4G", 4096 },
		{ "mem=1.50G,cpu=1", 1536 },
		{ "mem=0.5T", 524288 },
		{ "mem=2048K", 2 },
		{ "mem=77", 77 },
		{ "mem=", 0 }, { "mem=x", 0 }, { "cpu=1", 0 },
		{ "mem=99999999999999999999G", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[512];

		snprintf(text, sizeof text, "%s%s%s%s", RUNS, rows[i].tres,
			strchr(HAS, '\x1f'), "x" F "y" END);
		take(text);
		assert_int_equal(list.n, 1);
		assert_int_equal(list.job[0].mem, rows[i].mem);
	}
}

static void reads_a_setting(void **state)
{
	struct buf b = { 0 };
	char value[16];

	(void)state;
	buf_puts(&b, "Configuration data as of 1795935378\n"
		"ClusterNameX            = no\n"
		"ClusterName             = rig\nLong = 0123456789012345678\nlast");
	cli_list_setting(&b, "ClusterName ", value, sizeof value);
	assert_string_equal(value, "rig");
	cli_list_setting(&b, "Long", value, sizeof value);
	assert_string_equal(value, "");
	cli_list_setting(&b, "Nothing", value, sizeof value);
	assert_string_equal(value, "");
	assert_int_equal(cli_list_clock(&b), 1795935378);
	buf_fini(&b);
	assert_int_equal(cli_list_clock(&b), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(asks_for_all_fields, drop),
		cmocka_unit_test_teardown(reads_a_job, drop),
		cmocka_unit_test_teardown(reads_what_is_not_set, drop),
		cmocka_unit_test_teardown(sorts_by_number, drop),
		cmocka_unit_test_teardown(believes_nothing_else, drop),
		cmocka_unit_test_teardown(takes_text_for_text, drop),
		cmocka_unit_test(knows_a_mark),
		cmocka_unit_test_teardown(reads_memory, drop),
		cmocka_unit_test(reads_a_setting),
	};

	return cmocka_run_group_tests_name("cli_list", tests, NULL, NULL);
}
