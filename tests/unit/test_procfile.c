/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "os/procfile.h"
#include "os/procstat.h"

#define N(rows) (sizeof rows / sizeof *rows)

static void uids(void **state)
{
	static const struct {
		const char *text;
		int rc;
		unsigned uid;
	} rows[] = {
		{ "Name:\tsh\nUid:\t1001\t0\t0\t0\nGid:\t1\n", 0, 1001 },
		{ "Name:\tsh\nUid:\t0\t0\t0\t0\n", 0, 0 },
		{ "Name:\tsh\nUid:\t4294967295\t0\n", 0, 4294967295u },
		{ "Name:\tsh\nUid:\t4294967296\t0\n", -1, 0 },
		{ "Name:\tsh\nUid:\t99999999999999999999999\t0\n", -1, 0 },
		{ "Name:\tUid:\t5\t5\nUid:\t7\t7\n", 0, 7 },
		{ "Name:\tsh\nUid:\t10", -1, 0 },	/* cut */
		{ "Name:\tsh\nUid:\t", -1, 0 },
		{ "Name:\tsh\nUid:", -1, 0 },
		{ "Name:\tsh\nUid:\tx\t", -1, 0 },
		{ "Name:\tsh\n", -1, 0 },
		{ "", -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		unsigned uid = 0;

		assert_int_equal(procfile_uid(rows[i].text,
			strlen(rows[i].text), &uid), rows[i].rc);
		assert_int_equal(uid, rows[i].uid);
	}
}

static void inner_pids(void **state)
{
	static const struct {
		const char *text;
		long pid;
	} rows[] = {
		{ "Name:\tsh\nNSpid:\t582\t28\nNSpgid:\t903\t0\n", 28 },
		{ "Name:\tsh\nNSpid:\t582\t28\t1\nNSpgid:\t1\n", 1 },
		{ "Name:\tsh\nNSpid:\t582\nNSpgid:\t582\n", 0 },
		{ "Name:\tsh\nNSpid:\t582\t2", 0 },	/* cut */
		{ "Name:\tsh\nNSpid:\t582\t", 0 },
		{ "Name:\tNSpid:\t1\t2\n", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(procfile_inner_pid(rows[i].text,
			strlen(rows[i].text)), rows[i].pid);
}

static void slurm(void **state)
{
	static const struct {
		const char *text;
		int in;
	} rows[] = {
		{ "0::/system.slice/slurmstepd.scope/job_12/step_0/user/task_0",
			1 },
		{ "0::/system.slice/slurmstepd.scope", 1 },
		{ "0::/system.slice/node1_slurmstepd.scope/job_7/step_batch",
			1 },
		{ "9:pids:/\n8:devices:/slurm/uid_1000/job_12/step_0\n", 1 },
		{ "8:devices:/slurm_node1/uid_1000/job_12\n0::/\n", 1 },
		{ "4:memory:/slurm\n", 1 },
		{ "0::/system.slice/slurmd.service", 1 },
		{ "1:name=systemd:/a/job_1", 1 },
		{ "0::/user.slice/user-1000.slice/session-4.scope", 0 },
		{ "0::/", 0 },
		{ "", 0 },
		{ "0::", 0 },
		{ "0", 0 },
		{ ":::", 0 },
		{ "slurm", 0 },
		{ "0::/home/slur", 0 },
		{ "0::/user.slice/job_", 0 },
		{ "0::/user.slice/job_x1", 0 },
		{ "0::/user.slice/job_1x", 0 },
		{ "0::/user.slice/myjob_1", 0 },
		{ "0::/user.slice/my-slurm", 0 },
		/* what a user can call so himself */
		{ "0::/user.slice/user-7.slice/user@7.service/slurm.slice/x",
			0 },
		{ "1:name=systemd:/user.slice/user-7.slice/user@7.service/"
			"app.slice/job_1", 0 },
		{ "0::/user.slice/user-7.slice/user@7.service/slurm\n"
			"8:devices:/slurm/uid_7/job_1\n", 1 },
		{ "0::/system.slice/slurmstepd.scope/job_1/user@7.service",
			1 },
		{ "1:slurm:/\n", 0 },		/* a controller's name */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(procfile_in_slurm(rows[i].text,
			strlen(rows[i].text)), rows[i].in);
}

static void sockets(void **state)
{
	static const struct {
		const char *link;
		uint32_t inode;
	} rows[] = {
		{ "socket:[1]", 1 },
		{ "socket:[4294967295]", 4294967295u },
		{ "socket:[4294967296]", 0 },
		{ "socket:[]", 0 },
		{ "socket:[12", 0 },
		{ "socket:[12]x", 0 },
		{ "socket:12", 0 },
		{ "pipe:[12]", 0 },
		{ "/tmp/socket:[12]", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(procfile_socket(rows[i].link),
			rows[i].inode);
}

static void environment(void **state)
{
	static const char env[] = "A=1\0BB=two\0EMPTY=\0NOEQ\0A=3\0CUT=xy";
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "A", "1" }, { "BB", "two" }, { "EMPTY", "" },
		{ "NOEQ", NULL }, { "B", NULL }, { "CUT", "xy" },
		{ "two", NULL }, { "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		size_t len = 99;
		const char *v = procfile_env(env, sizeof env - 1,
			rows[i].name, &len);

		if (rows[i].value == NULL) {
			assert_null(v);
			continue;
		}
		assert_non_null(v);
		assert_int_equal(len, strlen(rows[i].value));
		assert_memory_equal(v, rows[i].value, len);
	}
}

static void scripts(void **state)
{
	/* | stands for NUL */
	static const struct {
		const char *cmdline, *script;
	} rows[] = {
		{ "sh|/h/.vscode-server/bin/x/code-server|--port=0|",
			"/h/.vscode-server/bin/x/code-server" },
		{ "/bin/bash|bin/run.sh|", "bin/run.sh" },
		{ "sh|-e|x|", NULL },		/* node would take a text */
		{ "bash|-c|vim /h/.vscode-server/x|", NULL },
		{ "bash|-lc|/h/.vscode-server/x|", NULL },
		{ "bash|-l|", NULL },
		{ "bash|-l|/x/y|", "/x/y" },
		{ "-bash|", NULL },
		{ "bash|", NULL },
		{ "bash", NULL },
		{ "|", NULL },
		{ "", NULL },
		{ "sh||", NULL },
		{ "sh|-|", NULL },
		{ "sh|--|/x|", "/x" },
		{ "sh|-s|/x|", NULL },
		{ "node|--max-old-space-size=100|/s/out/server-main.js|--x|",
			"/s/out/server-main.js" },
		{ "node|--dns-result-order=ipv4first|/s/a.js|", "/s/a.js" },
		{ "node|-r|/h/.vscode-server/hook.js|/x/mine.js|",
			"/x/mine.js" },
		{ "node|--require|/h/.vscode-server/hook.js|/x/mine.js|",
			"/x/mine.js" },
		{ "node|--eval|/h/.vscode-server/x|", NULL },
		{ "node|-p|/h/.vscode-server/x|", NULL },
		{ "python3|-m|debugpy|/h/.vscode-server/x|", NULL },
		{ "python3|-u|/h/.vscode-server/ext/x.py|",
			"/h/.vscode-server/ext/x.py" },
		{ "python3|-W|ignore|/x.py|", "/x.py" },
		{ "bash|--rcfile|/h/.vscode-server/init.sh|-i|", NULL },
		{ "bash|--init-file|/h/.vscode-server/init.sh|", NULL },
		{ "sh|/x/cut", NULL },
		{ "sh|-x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[256], out[128];
		size_t len = strlen(rows[i].cmdline);
		const char *got;

		memcpy(text, rows[i].cmdline, len + 1);
		for (size_t j = 0; j < len; j++)
			if (text[j] == '|')
				text[j] = '\0';
		got = procfile_script(text, len, out, sizeof out);
		if (rows[i].script == NULL)
			assert_null(got);
		else
			assert_string_equal(got ? got : "(none)",
				rows[i].script);
	}
}

/* A word that does not fit is none: half a path is another path. */
static void scripts_are_not_cut(void **state)
{
	char out[8];

	(void)state;
	assert_non_null(procfile_script("a\0" "1234567", 10, out, 8));
	assert_null(procfile_script("a\0" "12345678", 11, out, 8));
}

static void use(void **state)
{
	static const char line[] = "42 (tmux: server) S 1 2 3 34816 -1 6 7 8 9 "
		"10 100 20 3 4 -20 16 17 18 987654 5000 250 18446744073709551615"
		" 1\n";
	static const char bare[] = "1 (a-name-of-20-bytes) S 1 1 1 0 -1 0 0 0 "
		"0 0 1 1 1 1 0 0 0 0 5";
	struct procstat st;
	struct procuse u;

	(void)state;
	assert_int_equal(procstat_parse_use(line, sizeof line - 1, &st, &u),
		0);
	assert_string_equal(u.name, "tmux: server");
	assert_int_equal(u.tty, 34816);
	assert_true(u.cpu == 127);
	assert_true(u.threads == 17);
	assert_true(u.pages == 250);
	assert_true(st.starttime == 987654);
	assert_int_equal(st.session, 3);
	assert_int_equal(procstat_parse_use(bare, sizeof bare - 1, &st, &u),
		0);
	assert_string_equal(u.name, "a-name-of-20-by");
	assert_true(u.pages == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uids),
		cmocka_unit_test(inner_pids),
		cmocka_unit_test(slurm),
		cmocka_unit_test(sockets),
		cmocka_unit_test(environment),
		cmocka_unit_test(scripts),
		cmocka_unit_test(scripts_are_not_cut),
		cmocka_unit_test(use),
	};

	return cmocka_run_group_tests_name("procfile", tests, NULL, NULL);
}
