/* SPDX-License-Identifier: BSD-2-Clause */
/* What Slurm's commands print, and what stands among it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "launch/slurmcli/cli_says.h"

static void tells_why(void **state)
{
	static const struct {
		const char *printed, *why, *class, *before;
	} rows[] = {
		{ "sbatch: error: invalid partition specified: x\n"
			"sbatch: error: Batch job submission failed: Invalid partition name specified\n",
			"Invalid partition name specified", "refused",
			"sbatch: error: invalid partition specified: x\n" },
		{ "sbatch: unrecognized option '--x'\n"
			"Try \"sbatch --help\" for more information\n",
			"unrecognized option '--x'", "usage", "" },
		{ "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n",
			"Unable to contact slurm controller (connect failure)",
			"unavailable", "" },
		{ "scancel: Terminating job 2\nscancel: error: Kill job error on job id 2: Job/step already completing or completed\n",
			"Kill job error on job id 2: Job/step already completing or completed",
			"gone", "scancel: Terminating job 2\n" },
		{ "squeue: fatal: Could not establish a configuration source",
			"Could not establish a configuration source", "config",
			"" },
		{ "a site's own words\n\n", "a site's own words", "refused",
			"" },
		{ "sbatch: error: no account, see our munge page\n",
			"no account, see our munge page", "refused", "" },
		{ "sbatch: error: Munge encode failed: Failed to access \"/run/munge/munge.socket.2\": No such file or directory\n",
			"Munge encode failed: Failed to access \"/run/munge/munge.socket.2\": No such file or directory",
			"unavailable", "" },
		{ "sbatch: error while loading shared libraries: libmunge.so.2: cannot open shared object file: No such file or directory\n",
			"error while loading shared libraries: libmunge.so.2: cannot open shared object file: No such file or directory",
			"config", "" },
		/* As they are: who shows them looks to it that a terminal is safe. */
		{ "sbatch: error: %s%n \x1b[2J\n", "%s%n \x1b[2J", "refused", "" },
		{ "sbatch: error: sbatch: error: twice\n",
			"sbatch: error: twice", "refused", "" },
		{ "", "", "refused", "" },
		{ "\n\n", "", "refused", "\n\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b = { 0 };
		char why[512];

		buf_puts(&b, rows[i].printed);
		cli_says_why(&b, why, sizeof why);
		assert_string_equal(why, rows[i].why);
		assert_string_equal(cli_says_class(why), rows[i].class);
		assert_int_equal(b.len, strlen(rows[i].before));
		assert_memory_equal(buf_data(&b), rows[i].before, b.len);
		buf_fini(&b);
	}
}

/*
 * The job may have been made when these are said: slurm_errtab from 1000, 1800 and
 * 5000, and the system's own.
 */
static void knows_a_lost_answer(void **state)
{
	static const char *const texts[] = {
		"Unexpected message received",
		"Communication connection failure",
		"Message send failure", "Message receive failure",
		"Communication shutdown failure",
		"Incompatible versions of client and server code",
		"I/O stream version number error",
		"Protocol authentication error", "Insane message length",
		"Plugin initialization failed",
		"Can't find an address, check slurm.conf",
		"Unexpected missing socket error",
		"Unable to process incoming file descriptor",
		"Unable to process outgoing file descriptor",
		"Unable to process incoming and outgoing file descriptors",
		"Read would block", "Write would block",
		"Connection rejected by handler",
		"Connection forced closed by quiesce timeout",
		"Connection timed out establishing",
		"Connection timed out writing", "Connection timed out reading",
		"Kernel reported delayed socket error after successful write(), client side likely closed",
		"Process is shutting down and closing all communications",
		"Unable to contact slurm controller (connect failure)",
		"Unable to contact slurm controller (send failure)",
		"Unable to contact slurm controller (receive failure)",
		"Unable to contact slurm controller (shutdown failure)",
		"Received zero length message", "Received message length < 0",
		"Failed to send entire message",
		"Header lengths are longer than data received",
		"Socket timed out on send/recv operation",
		"Zero Bytes were transmitted or received", "No error",
	};
	static const int numbers[] = {
		ECONNREFUSED, ECONNRESET, ECONNABORTED, EPIPE, ENOTCONN, EISCONN,
		ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN,
		EADDRNOTAVAIL, EAGAIN, EINTR, EIO, ENOBUFS, ENOMEM, EINPROGRESS,
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_string_equal(cli_says_class(texts[i]), "unavailable");
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		assert_string_equal(cli_says_class(strerror(numbers[i])),
			"unavailable");
}

static void reads_the_number(void **state)
{
	static const struct {
		const char *printed;
		uint32_t id;
	} rows[] = {
		{ "17\n", 17 }, { "17", 17 }, { "17;c1\n", 17 },
		{ "4294967295\n", 4294967295U }, { "17 \n\n", 17 },
		{ "Welcome!\n99 jobs are before yours\n17;c1\n", 17 },
		{ "", 0 }, { "\n", 0 }, { "0\n", 0 }, { "-1\n", 0 },
		{ "4294967296\n", 0 }, { "99999999999999999999\n", 0 },
		{ "17x\n", 0 }, { "17 jobs\n", 0 }, { "x17\n", 0 },
		{ ";c1\n", 0 }, { "17\nbye\n", 0 }, { "+17\n", 0 },
		{ "Submitted batch job 17\n", 0 }, { "0x11\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b = { 0 };

		buf_puts(&b, rows[i].printed);
		assert_int_equal(cli_says_job(&b), rows[i].id);
		buf_fini(&b);
	}
}

static void reads_a_start(void **state)
{
	static const struct {
		const char *printed;
		long time, cpus;
		const char *nodes, *partition, *rest;
	} rows[] = {
		{ "sbatch: Job 7 to start at 1795935378 using 2 processors on nodes c[1-2] in partition devel\n",
			1795935378, 2, "c[1-2]", "devel", "" },
		{ "sbatch: be nice\nsbatch: Job 7 to start at 9 using 1 processors on nodes c1 in partition x\nsbatch:   Preempts: 1,2",
			9, 1, "c1", "x", "sbatch: be nice\nsbatch:   Preempts: 1,2\n" },
		{ "sbatch: Job 7 to start at 1795969001 a using 1 processors on nodes c1 in partition devel\n",
			1795969001, 1, "c1", "devel", "" },
		{ "sbatch: Job 7 to start at 9 on cluster rig a using 1 processors on nodes c1 in partition x\n",
			9, 1, "c1", "x", "" },
		{ "sbatch: Job 7 to start at 2026-11-29T10:00:00 using 1 processors on nodes c1 in partition x\n",
			0, 0, "", "", NULL },
		{ "sbatch: Job 7 to start at 9 using x processors on nodes c1 in partition x\n",
			0, 0, "", "", NULL },
		{ "sbatch: Job 7 to start at 9 using 1 processors on c1\n",
			0, 0, "", "", NULL },
		{ "Job %s%n to start at 99999999999999999999 using 1 processors on nodes c1 in partition x\n",
			0, 0, "", "", NULL },
		{ "", 0, 0, "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *rest = rows[i].rest ? rows[i].rest : rows[i].printed;
		struct cli_start start;
		struct buf b = { 0 };

		buf_puts(&b, rows[i].printed);
		cli_says_start(&b, &start);
		assert_int_equal(start.time, rows[i].time);
		assert_int_equal(start.cpus, rows[i].cpus);
		assert_string_equal(start.nodes, rows[i].nodes);
		assert_string_equal(start.partition, rows[i].partition);
		assert_int_equal(b.len, strlen(rest));
		assert_true(b.len == 0 ||
			memcmp(buf_data(&b), rest, b.len) == 0);
		buf_fini(&b);
	}
}

static void knows_who_is_down(void **state)
{
	static const struct {
		const char *ping;
		int down;
		const char *host;
	} rows[] = {
		{ "Slurmctld(primary) at ctl is DOWN\n*****\n", 1, "ctl" },
		{ "Slurmctld(primary) at ctl is UP\n", 0, "ctl" },
		{ "Slurmctld(primary) at a is DOWN\nSlurmctld(backup) at b is UP\n",
			0, "a, b" },
		{ "Slurmctld(primary) at a is DOWN\nSlurmctld(backup) at b is DOWN\n",
			1, "a, b" },
		{ "", 0, "" },
		{ "scontrol: error: is DOWN at all", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b = { 0 };
		char host[128];

		buf_puts(&b, rows[i].ping);
		assert_int_equal(cli_says_down(&b, host, sizeof host),
			rows[i].down);
		assert_string_equal(host, rows[i].host);
		buf_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_why),
		cmocka_unit_test(knows_a_lost_answer),
		cmocka_unit_test(reads_the_number),
		cmocka_unit_test(reads_a_start),
		cmocka_unit_test(knows_who_is_down),
	};

	return cmocka_run_group_tests_name("cli_says", tests, NULL, NULL);
}
