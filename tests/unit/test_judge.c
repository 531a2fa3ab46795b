/* SPDX-License-Identifier: BSD-2-Clause */
/* What doctor makes of what it has seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "doctor/account.h"
#include "doctor/contradiction.h"
#include "doctor/judge.h"
#include "doctor/startup.h"

#define GIB (1ULL << 30)

/* Which verdict, and what its text has. */
static void has(const struct finding *f, enum verdict verdict,
	const char *text)
{
	if (f->verdict != verdict || strstr(f->text, text) == NULL)
		fail_msg("%s: '%s', expected %s: '%s'",
			verdict_word(f->verdict), f->text,
			verdict_word(verdict), text);
}

static void latency(void **state)
{
	struct finding f;

	(void)state;
	judge_latency(20, &f);
	has(&f, VERDICT_OK, "20 ms");
	judge_latency(700, &f);
	has(&f, VERDICT_WARNING, "700 ms");
	judge_latency(3000, &f);
	has(&f, VERDICT_FAULT, "3000 ms");
}

static void room(void **state)
{
	struct judge_room r[2] = {
		{ .what = "/h", .bytes = 50 * GIB, .inodes = 1000000,
			.all_inodes = 2000000 },
		{ .what = "/h/s", .bytes = 50 * GIB },	/* has no such number */
	};
	struct finding f;

	(void)state;
	judge_room(r, 2, &f);
	has(&f, VERDICT_OK, "/h: room for 50 GB and 1000000 files");
	r[0].inodes = 9;
	judge_room(r, 2, &f);
	has(&f, VERDICT_WARNING, "and 9 files");
	r[1].error = "disk full: your quota is used up";
	judge_room(r, 2, &f);
	has(&f, VERDICT_FAULT, "/h/s: nothing can be written: disk full: your quota");
	r[1].error = NULL;
	r[1].no_exec = 1;
	judge_room(r, 2, &f);
	has(&f, VERDICT_FAULT, "/h/s: its file system lets no program be run");
	judge_room(r, 0, &f);
	has(&f, VERDICT_UNKNOWN, "");
}

static void clocks(void **state)
{
	struct finding f;

	(void)state;
	judge_clock(0, "the node", &f);
	has(&f, VERDICT_OK, "0 s");
	judge_clock(-30, "the node", &f);
	has(&f, VERDICT_WARNING, "the node is 30 s behind");
	judge_clock(400, "the node", &f);
	has(&f, VERDICT_FAULT, "400 s ahead of");
}

static void sshd(void **state)
{
	static const struct {
		const char *said;
		enum verdict verdict;
		const char *text;
	} rows[] = {
		{ "port 22\nallowtcpforwarding yes\nmaxsessions 10\n", VERDICT_OK,
			"MaxSessions 10" },
		{ "allowtcpforwarding local\nmaxsessions 10", VERDICT_OK, "local" },
		{ "allowtcpforwarding no\nmaxsessions 10\n", VERDICT_FAULT,
			"AllowTcpForwarding no" },
		{ "allowtcpforwarding remote\nmaxsessions 10\n", VERDICT_FAULT,
			"AllowTcpForwarding remote" },
		{ "maxsessions 0\nallowtcpforwarding yes\n", VERDICT_FAULT,
			"MaxSessions 0" },
		{ "maxsessions 1\nallowtcpforwarding yes\n", VERDICT_WARNING,
			"MaxSessions 1" },
		{ "maxsessions 10\nallowtcpforwarding yes\ndisableforwarding yes\n",
			VERDICT_FAULT, "DisableForwarding" },
		{ "maxsessions 10\nallowtcpforwarding yes\nallowstreamlocalforwarding no\n",
			VERDICT_WARNING, "AllowStreamLocalForwarding no" },
		{ "sshd: no hostkeys available -- exiting.\n", VERDICT_UNKNOWN,
			"no hostkeys" },
		{ "allowtcpforwarding yes\nmaxsessions many\n", VERDICT_UNKNOWN, "" },
		{ "xallowtcpforwarding no\n", VERDICT_UNKNOWN, "" },
		{ "", VERDICT_UNKNOWN, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct finding f;

		judge_sshd(rows[i].said, &f);
		has(&f, rows[i].verdict, rows[i].text);
	}
}

static void libraries(void **state)
{
	static const char good[] = "\0GLIBCXX_3.4\0GLIBCXX_3.4.9\0GLIBCXX_3.4.25";
	static const char old[] = "GLIBCXX_3.4.24\0GLIBCXX_3.4.9";
	struct finding f;

	(void)state;
	judge_libc("glibc 2.28\n", &f);
	has(&f, VERDICT_OK, "2.28");
	judge_libc("glibc 2.9\n", &f);
	has(&f, VERDICT_FAULT, "glibc 2.9,");
	judge_libc("glibc 3.0", &f);
	has(&f, VERDICT_OK, "3.0");
	judge_libc("undefined\n", &f);
	has(&f, VERDICT_UNKNOWN, "undefined");
	judge_libc("glibc x", &f);
	has(&f, VERDICT_UNKNOWN, "glibc x");
	judge_libstdcxx(good, sizeof good, "/l", &f);
	has(&f, VERDICT_OK, "/l has GLIBCXX_3.4.25");
	/* The last one may be cut. */
	judge_libstdcxx(good, sizeof good - 4, "/l", &f);
	has(&f, VERDICT_FAULT, "3.4.9,");
	judge_libstdcxx(old, sizeof old, "/l", &f);
	has(&f, VERDICT_FAULT, "3.4.24");
	judge_libstdcxx("", 0, "/l", &f);
	has(&f, VERDICT_UNKNOWN, "/l");
}

static void programs(void **state)
{
	struct finding f;

	(void)state;
	judge_version("vscode-remote-agent 1.2\n", 1, "/a", "1.2", &f);
	has(&f, VERDICT_OK, "1.2");
	judge_version("vscode-remote-agent 1.20\n", 1, "/a", "1.2", &f);
	has(&f, VERDICT_FAULT, "/a is of version 1.20, this program of 1.2");
	judge_version("lib x: cannot open\n", 0, "/a", "1.2", &f);
	has(&f, VERDICT_FAULT, "lib x: cannot open");
	judge_version("", 1, "/a", "1.2", &f);
	has(&f, VERDICT_FAULT, "does not say");
	judge_scheduler("", 1, 30, "launch-slurm", &f);
	has(&f, VERDICT_OK, "30 ms");
	judge_scheduler("job=1\nsession=a\n\n", 1, 2500, "launch-slurm", &f);
	has(&f, VERDICT_WARNING, "2500 ms");
	judge_scheduler("error=unavailable\nmessage=munged does not run\n\n", 1,
		30, "l", &f);
	has(&f, VERDICT_FAULT, "l, after 30 ms: munged does not run");
	judge_scheduler("l: error: no\nl: fatal: not found\nerror=config\n"
		"message=cannot be used (Slurm's own words are above); looked for: x\n\n",
		0, 3, "l", &f);
	has(&f, VERDICT_FAULT, "l, after 3 ms: cannot be used: not found; looked for: x");
	judge_scheduler("no such file\n", 0, 3, "l", &f);
	has(&f, VERDICT_FAULT, "no such file");
	judge_quota("", 1, &f);
	has(&f, VERDICT_OK, "");
	judge_quota("\nOver block quota on /home\n", 0, &f);
	has(&f, VERDICT_FAULT, "Over block quota on /home");
	judge_quota("quota: no file system\n", 0, &f);
	has(&f, VERDICT_UNKNOWN, "no file system");
	judge_logind("b false\n", 1, 300, &f);
	has(&f, VERDICT_OK, "=no");
	judge_logind("b true\n", 1, 300, &f);
	has(&f, VERDICT_WARNING, "=yes");
	judge_logind("b true\n", 1, 0, &f);
	has(&f, VERDICT_OK, "=yes");
	judge_logind("Failed to connect\n", 0, 300, &f);
	has(&f, VERDICT_UNKNOWN, "Failed");
	judge_folders(0, NULL, &f);
	has(&f, VERDICT_OK, "no folder");
	judge_folders(3 * GIB, "/h/.vscode-server", &f);
	has(&f, VERDICT_WARNING, "/h/.vscode-server has 3072 MB");
}

static void limits(void **state)
{
	unsigned long long is[JUDGE_LIMITS] = { 4096, JUDGE_NO_LIMIT, 4 * GIB,
		JUDGE_NO_LIMIT };
	struct finding f;

	(void)state;
	judge_limits(is, CHECK_LOGIN, &f);
	has(&f, VERDICT_OK, "");
	judge_limits(is, CHECK_NODE, &f);
	has(&f, VERDICT_FAULT, "virtual memory (ulimit -v): 4096 MB");
	is[JUDGE_ADDRESSES] = JUDGE_NO_LIMIT;
	judge_limits(is, CHECK_NODE, &f);
	has(&f, VERDICT_OK, "");
	is[JUDGE_FILES] = 64;
	judge_limits(is, CHECK_LOGIN, &f);
	has(&f, VERDICT_FAULT, "open files");
}

/* Runs of shells, with what they print and what is typed to them. */
static void startups(void **state)
{
	static const struct {
		const char *said;
		int late;
		long ms;
		enum verdict verdict;
		const char *text;
	} rows[] = {
#define T "+vrs-doctor:"
#define TYPED T "@:1:echo vrs-doctor-first\nvrs-doctor-first\n" \
	T "@:2:echo vrs-doctor-second\nvrs-doctor-second\n"
		{ T "/etc/profile:1:true\n" TYPED, 0, 20, VERDICT_OK, "20 ms" },
		{ TYPED, 0, 2500, VERDICT_WARNING, "2500 ms" },
		{ T "/h/.profile:3:echo hello\nhello\n" TYPED, 0, 20,
			VERDICT_WARNING, "prints 'hello', at /h/.profile, line 3" },
		{ "+" T "/h/.more:7:date\nMon\n" T "/h/.profile:4:true\n" TYPED, 0,
			20, VERDICT_WARNING, "prints 'Mon', at /h/.more, line 7" },
		{ T "/h/.profile:3:read x\n" T "@:2:echo vrs-doctor-second\nvrs-doctor-second\n",
			0, 20, VERDICT_FAULT, "reads what an editor types: /h/.profile, line 3: read x" },
		{ T "/h/.profile:3:python3 x\n" T "@:2:echo vrs-doctor-second\nvrs-doctor-second\n",
			0, 20, VERDICT_FAULT, "which line is not known" },
		{ T "/h/.profile:3:cat\n", 0, 20, VERDICT_FAULT,
			"last step is /h/.profile, line 3: cat" },
		{ T "/h/.profile:3:exec tmux\n", 0, 20, VERDICT_FAULT,
			"line 3: exec tmux" },
		{ T "/h/.profile:3:exec zsh\nvrs-doctor-first\nvrs-doctor-second\n", 0,
			20, VERDICT_WARNING, "line 3: the shell becomes another program: exec zsh" },
		/* Of descriptors only. */
		{ T "/h/.profile:3:exec\n" TYPED, 0, 20, VERDICT_OK, "" },
		{ T "/h/.profile:3:sleep 60\n", 1, 3500, VERDICT_FAULT,
			"it is at /h/.profile, line 3: sleep 60" },
		{ T ":0:sleep 60\n", 1, 3500, VERDICT_FAULT,
			"it is at a start-up file: sleep 60" },
		{ "", 0, 20, VERDICT_FAULT, "never comes" },
		{ T "broken\n" T "\n" TYPED, 0, 20, VERDICT_WARNING, "prints" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char said[1024];
		struct finding f;

		snprintf(said, sizeof said, "%s", rows[i].said);
		startup_judge(said, rows[i].late, rows[i].ms, "/bin/bash", &f);
		has(&f, rows[i].verdict, rows[i].text);
	}
	assert_non_null(strstr(startup_ps4("/usr/bin/zsh"), "%x"));
	assert_non_null(strstr(startup_ps4("/bin/dash"), ":0:"));
}

/* A step that may hold a secret, and what a person sees of it. */
static void steps(void **state)
{
	static const struct {
		const char *step, *rest, *text;
		int late;
	} rows[] = {
		{ "export TOKEN=x", "", "line 3: export TOKEN", 1 },
		{ "TOKEN=x", "", "line 3: TOKEN", 1 },
		{ "TOKEN='a secret'", "", "line 3: TOKEN", 0 },
		{ "curl -H 'Authorization: x' host", "", "line 3: curl", 0 },
		{ "login --token=x", "", "line 3: login", 1 },
		{ "kinit me secret", "", "line 3: kinit me", 0 },
		{ "read name -s", T "@:2:echo vrs-doctor-second\nvrs-doctor-second\n",
			"line 3: read name", 0 },
		{ "exec env TOKEN=x sh", "vrs-doctor-first\nvrs-doctor-second\n",
			"line 3: the shell becomes another program: exec env", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char said[1024];
		struct finding f;
		size_t len, want = strlen(rows[i].text);

		snprintf(said, sizeof said, T "/h/.profile:3:%s\n%s",
			rows[i].step, rows[i].rest);
		startup_judge(said, rows[i].late, 3500, "/bin/bash", &f);
		len = strlen(f.text);
		if (len < want || strcmp(f.text + len - want, rows[i].text) != 0)
			fail_msg("'%s' does not end with '%s'", f.text,
				rows[i].text);
	}
}

static void contradictions(void **state)
{
	struct options o;
	struct finding f;

	(void)state;
	options_init(&o, OPT_PROGRAM);
	contradiction_find(&o, 1, &f);
	has(&f, VERDICT_OK, "");
	o.link.ports.first = o.link.ports.last = 60000;
	contradiction_find(&o, 1, &f);
	has(&f, VERDICT_WARNING, "link-port");
	contradiction_find(&o, 0, &f);
	has(&f, VERDICT_OK, "");
	o.forward.listen_port = 1;
	contradiction_find(&o, 0, &f);
	has(&f, VERDICT_WARNING, "listen-port");
	o.forward.linger = 0;
	o.prefetch.what = OPTIONS_PREFETCH_ON;
	o.servers.dir = OPTIONS_SERVER_DIR_NODE;
	contradiction_find(&o, 0, &f);
	has(&f, VERDICT_WARNING, "prefetch");
	o.servers.dir = OPTIONS_SERVER_DIR_HOME;
	o.session.idle_timeout = 0;
	o.session.unattended_timeout = 60;
	o.session.idle_busy = OPTIONS_BUSY_CPU;
	contradiction_find(&o, 0, &f);
	has(&f, VERDICT_WARNING, "idle-timeout");
	o.forward.peer_check = OPTIONS_PEER_OFF;
	contradiction_find(&o, 0, &f);
	has(&f, VERDICT_WARNING, "peer-check");
	options_free(&o);
}

static void rows_are_whole(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct doctor_check *c = check_table; c->name; c++, n++) {
		assert_ptr_equal(check_find(c->name), c);
		assert_true((c->places != 0) == (c->look != NULL));
		assert_true((c->means == NULL) == (c->advice == NULL));
		if (c->blame != NULL)
			assert_non_null(check_find(c->blame));
	}
	assert_true(n <= CHECKS_MAX);
	assert_null(check_find("none"));
}

/* What an agent writes is read back, whatever a start-up file prints around it. */
static void accounts(void **state)
{
	struct examined x[2] = {
		{ .check = check_find("libc"), .place = CHECK_NODE },
		{ .check = check_find("home"), .place = CHECK_NODE },
	}, got[CHECKS_MAX];
	struct buf b = { 0 }, text = { 0 };
	unsigned count[VERDICTS];
	struct err e;
	long now;

	(void)state;
	finding_set(&x[0].finding, VERDICT_FAULT, "a\\b\nc=\033[1m");
	finding_set(&x[1].finding, VERDICT_OK, "fine");
	buf_puts(&b, "Welcome\n");
	account_write(x, 2, 1234, &b);
	buf_puts(&b, "bye\n");
	buf_append(&b, "", 1);
	assert_int_equal(account_read(buf_data(&b), got, &now, &e), 2);
	assert_int_equal(now, 1234);
	for (int i = 0; i < 2; i++) {
		assert_ptr_equal(got[i].check, x[i].check);
		assert_int_equal(got[i].finding.verdict, x[i].finding.verdict);
		assert_string_equal(got[i].finding.text, x[i].finding.text);
	}
	assert_int_equal(account_worst(got, 2, count), VERDICT_FAULT);
	assert_int_equal(count[VERDICT_OK], 1);
	account_text(got, 2, &text);
	buf_append(&text, "", 1);
	assert_null(strchr(buf_data(&text), '\033'));
	assert_non_null(strstr(buf_data(&text), "do: "));
	/* Cut anywhere before its end it is none. */
	for (size_t n = 0; n + 6 < b.len; n++) {
		buf_data(&b)[b.len - 6 - n] = '\0';
		if (strstr(buf_data(&b), "that is all\n") == NULL)
			assert_int_equal(account_read(buf_data(&b), got, &now, &e), -1);
	}
	buf_fini(&b);
	buf_fini(&text);
}

static void words(void **state)
{
	enum verdict v;

	(void)state;
	for (int i = 0; i < VERDICTS; i++) {
		assert_int_equal(verdict_read(verdict_word((enum verdict)i), &v), 0);
		assert_int_equal(v, i);
	}
	assert_int_equal(verdict_read("good", &v), -1);
	assert_int_equal(verdict_status(VERDICT_UNKNOWN), 0);
	assert_int_equal(verdict_status(VERDICT_WARNING), 1);
	assert_int_equal(verdict_status(VERDICT_FAULT), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(latency),
		cmocka_unit_test(room),
		cmocka_unit_test(clocks),
		cmocka_unit_test(sshd),
		cmocka_unit_test(libraries),
		cmocka_unit_test(programs),
		cmocka_unit_test(limits),
		cmocka_unit_test(startups),
		cmocka_unit_test(steps),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(accounts),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
