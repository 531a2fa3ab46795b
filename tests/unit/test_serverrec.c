/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "editor/serverrec.h"
#include "reaper/kind.h"

#define N(rows) (sizeof rows / sizeof *rows)
#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define SERVER "cli/servers/Stable-" COMMIT

static void names(void **state)
{
	static const struct {
		const char *entry, *file, *dir;
	} rows[] = {
		{ "." COMMIT ".pid", "." COMMIT, NULL },
		{ ".abcdef.pid", ".abcdef", NULL },
		{ "." COMMIT ".log", NULL, NULL },
		{ "." COMMIT ".token", NULL, NULL },
		{ ".cli." COMMIT ".log", NULL, NULL },
		{ ".cli." COMMIT ".pid", NULL, NULL },
		{ COMMIT ".pid", NULL, NULL },
		{ ".abcde.pid", NULL, NULL },
		{ "." COMMIT "-x.pid", NULL, NULL },
		{ "." COMMIT "/.pid", NULL, NULL },
		{ ".ABCDEF.pid", NULL, NULL },
		{ "." COMMIT COMMIT ".pid", NULL, NULL },
		{ ".pid", NULL, NULL },
		{ "", NULL, NULL },
		{ "..", NULL, NULL },
		{ "Stable-" COMMIT, NULL, SERVER },
		{ "Stable-" COMMIT "-web", NULL, SERVER "-web" },
		{ "Insiders-" COMMIT, NULL, "cli/servers/Insiders-" COMMIT },
		{ "lru.json", NULL, NULL },
		{ "-" COMMIT, NULL, NULL },
		{ "Stable-", NULL, NULL },
		{ "Stable-abc", NULL, NULL },
		{ "Stable-" COMMIT "/x", NULL, NULL },
		{ "..-" COMMIT, NULL, NULL },
		{ "Stable-" COMMIT ".staging", NULL, NULL },
		{ "abcdefghijklmnopq-" COMMIT, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char name[SERVERREC_NAME_MAX];

		assert_int_equal(serverrec_of_file(rows[i].entry, name),
			rows[i].file ? 0 : -1);
		if (rows[i].file != NULL)
			assert_string_equal(name, rows[i].file);
		assert_int_equal(serverrec_of_dir(rows[i].entry, name),
			rows[i].dir ? 0 : -1);
		if (rows[i].dir != NULL)
			assert_string_equal(name, rows[i].dir);
	}
	assert_string_equal(serverrec_commit("." COMMIT), COMMIT);
	assert_string_equal(serverrec_commit(SERVER), COMMIT);
}

#define LOCK "cli/agent-host-stable"
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ENTRY "agent-host/local-endpoint/entries/" SHA

static void agents_names(void **state)
{
	static const struct {
		const char *entry, *lock, *in_registry;
	} rows[] = {
		{ "agent-host-stable.lock", LOCK, NULL },
		{ "agent-host-oss-2.lock", "cli/agent-host-oss-2", NULL },
		{ "agent-host-.lock", NULL, NULL },
		{ "agent-host-stable.log", NULL, NULL },
		{ "agent-host-stable.lock.lock", NULL, NULL },
		{ "agent-host-../x.lock", NULL, NULL },
		{ "agent-host-abcdefghijklmnopqrstuvwxyzabcdefg.lock", NULL,
			NULL },
		{ "agent-host-token", NULL, NULL },
		{ "tunnel-stable.lock", NULL, NULL },
		{ ".lock", NULL, NULL }, { "", NULL, NULL },
		{ SHA ".json", NULL, ENTRY },
		{ SHA "0.json", NULL, NULL },
		{ SHA ".json.tmp", NULL, NULL },
		{ "metadata.json", NULL, NULL }, { ".json", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char name[SERVERREC_NAME_MAX];

		assert_int_equal(serverrec_of_lock(rows[i].entry, name),
			rows[i].lock ? 0 : -1);
		if (rows[i].lock != NULL)
			assert_string_equal(name, rows[i].lock);
		assert_int_equal(serverrec_of_entry(rows[i].entry, name),
			rows[i].in_registry ? 0 : -1);
		if (rows[i].in_registry != NULL)
			assert_string_equal(name, rows[i].in_registry);
	}
	assert_true(serverrec_is_agents(LOCK));
	assert_true(serverrec_is_agents(ENTRY));
	assert_false(serverrec_is_agents(SERVER));
	assert_false(serverrec_is_agents("." COMMIT));
	assert_int_equal(serverrec_log_file(LOCK), 0);
	assert_int_equal(serverrec_log_file(ENTRY), 0);
}

static void agents_texts(void **state)
{
#define STANDALONE "\"schemaVersion\":2,\"type\":\"standalone\","
#define TCP "\"endpoint\":{\"type\":\"tcp\",\"host\":\"127.0.0.1\",\"port\":4041}"
	static const struct {
		const char *name, *text;
		enum serverrec_text want;
		int pid;
		const char *port;
	} rows[] = {
		{ LOCK, "{\"schemaVersion\":1,\"pid\":4711,\"port\":4040,"
			"\"connectionToken\":\"x\"}", SERVERREC_PID, 4711,
			"4040" },
		{ LOCK, " {\"pid\": 4711}\n", SERVERREC_PID, 4711, NULL },
		{ LOCK, "{\"pid\":1,\"port\":1}", SERVERREC_JUNK, 0, "1" },
		{ LOCK, "{\"pid\":-5}", SERVERREC_JUNK, 0, NULL },
		{ LOCK, "{\"port\":4040}", SERVERREC_OTHER, 0, "4040" },
		{ LOCK, "{\"pid\":4711", SERVERREC_JUNK, 0, NULL },
		{ LOCK, "4711", SERVERREC_JUNK, 0, NULL },
		{ LOCK, "\n", SERVERREC_EMPTY, 0, NULL },
		{ ENTRY, "{" STANDALONE "\"pid\":4711," TCP "}",
			SERVERREC_PID, 4711, "4041" },
		{ ENTRY, "{\"schemaVersion\":2,\"type\":\"editor\",\"pid\":4711,"
			"\"endpoint\":{\"type\":\"socket\",\"path\":\"/x\"}}",
			SERVERREC_OTHER, 0, NULL },
		{ ENTRY, "{\"schemaVersion\":3,\"type\":\"standalone\","
			"\"pid\":4711," TCP "}", SERVERREC_OTHER, 0, "4041" },
		{ ENTRY, "{" STANDALONE "\"pid\":4711,\"endpoint\":{\"type\":"
			"\"tcp\",\"host\":\"10.1.1.1\",\"port\":4041}}",
			SERVERREC_OTHER, 0, "4041" },
		{ ENTRY, "{" STANDALONE TCP "}", SERVERREC_OTHER, 0, "4041" },
		{ ENTRY, "{" STANDALONE "\"pid\":4711,", SERVERREC_JUNK, 0,
			NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		size_t len = strlen(rows[i].text);
		int pid;
		char *port = serverrec_listening(rows[i].name, rows[i].text,
			len);

		if (serverrec_pid(rows[i].name, rows[i].text, len, &pid) !=
			rows[i].want)
			print_message("# %s\n", rows[i].text);
		assert_int_equal(serverrec_pid(rows[i].name, rows[i].text, len,
			&pid), rows[i].want);
		assert_int_equal(pid, rows[i].pid);
		if (rows[i].port == NULL)
			assert_null(port);
		else
			assert_string_equal(port, rows[i].port);
		free(port);
	}
}

static void agents_programs(void **state)
{
	static const char *const dirs[] = { "/home/u/.vscode-server",
		"/data/u/.vscode-server", NULL };
	static const struct {
		const char *exe;
		int is;
	} rows[] = {
		{ "/home/u/.vscode-server/code-" COMMIT, 1 },
		{ "/data/u/.vscode-server/code-" COMMIT " (deleted)", 1 },
		{ "/home/u/.vscode-server/code-x/bin/node", 0 },
		{ "/home/u/.vscode-server/bin/code-x", 0 },
		{ "/home/u/.vscode-server2/code-x", 0 },
		{ "/usr/bin/code-x", 0 }, { NULL, 0 },
	};
	static const char cmdline[] = "/home/u/.vscode-server/code-1\0agent";

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(serverrec_is_server(LOCK, dirs, rows[i].exe,
			cmdline, sizeof cmdline), rows[i].is);
}

static void files(void **state)
{
	static const struct {
		const char *name;
		unsigned i;
		const char *want;
	} rows[] = {
		{ "." COMMIT, 0, "." COMMIT ".pid" },
		{ "." COMMIT, 1, "." COMMIT ".token" },
		{ "." COMMIT, 2, "." COMMIT ".log" },
		{ "." COMMIT, 3, NULL },
		{ SERVER, 0, SERVER "/pid.txt" },
		{ SERVER, 1, SERVER "/log.txt" },
		{ SERVER, 2, NULL },
		{ LOCK, 0, LOCK ".lock" },
		{ LOCK, 1, NULL },
		{ ENTRY, 0, ENTRY ".json" },
		{ ENTRY, 1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char *path = serverrec_file(rows[i].name, rows[i].i);

		if (rows[i].want == NULL)
			assert_null(path);
		else
			assert_string_equal(path, rows[i].want);
		free(path);
	}
}

static void pid_files(void **state)
{
	static const struct {
		const char *text;
		enum serverrec_text want;
		int pid;
	} rows[] = {
		{ "4711\n", SERVERREC_PID, 4711 },
		{ "4711", SERVERREC_PID, 4711 },
		{ "4711 \r\n", SERVERREC_PID, 4711 },
		{ "2147483647", SERVERREC_PID, 2147483647 },
		{ "00012", SERVERREC_PID, 12 },
		{ "", SERVERREC_EMPTY, 0 },
		{ " \n\n", SERVERREC_EMPTY, 0 },
		{ "2147483648", SERVERREC_JUNK, 0 },
		{ "99999999999999999999999999", SERVERREC_JUNK, 0 },
		{ "0000000000000000000000000000000000002", SERVERREC_JUNK, 0 },
		{ "0", SERVERREC_JUNK, 0 },
		{ "1", SERVERREC_JUNK, 0 },
		{ "-1", SERVERREC_JUNK, 0 },
		{ "+5", SERVERREC_JUNK, 0 },
		{ " 5", SERVERREC_JUNK, 0 },
		{ "12\n13\n", SERVERREC_JUNK, 0 },
		{ "12x", SERVERREC_JUNK, 0 },
		{ "$(reboot)", SERVERREC_JUNK, 0 },
	};
	int pid;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(serverrec_pid("." COMMIT,
			rows[i].text, strlen(rows[i].text), &pid),
			rows[i].want);
		assert_int_equal(pid, rows[i].pid);
	}
	assert_int_equal(serverrec_pid(SERVER, "47\0" "11", 5, &pid), SERVERREC_JUNK);
}

static void logs(void **state)
{
#define SAYS "Extension host agent listening on "
	static const char *const rows[][2] = {
		{ SAYS "40453\n", "40453" },
		{ "*\n* Visual Studio Code Server\n" SAYS "1\nx\n", "1" },
		{ SAYS "/tmp/code-0f\r\n", "/tmp/code-0f" },
		{ SAYS "1\n" SAYS "2\n", "1" },
		{ SAYS "404", NULL },	/* more may come */
		{ SAYS "\n", NULL },
		{ SAYS, NULL },
		{ "Extension host agent listening on", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char *where = serverrec_listening(SERVER, rows[i][0],
			strlen(rows[i][0]));

		if (rows[i][1] == NULL)
			assert_null(where);
		else
			assert_string_equal(where, rows[i][1]);
		free(where);
	}
	assert_null(serverrec_listening(SERVER, NULL, 0));
	assert_int_equal(serverrec_log_file("." COMMIT), 2);
	assert_int_equal(serverrec_log_file(SERVER), 1);
}

static void processes(void **state)
{
	static const char *const dirs[] = { "/home/u/.vscode-server",
		"/nfs/u/.vscode-server", NULL };
#define BELOW "/.vscode-server/bin/" COMMIT "/bin/code-server"
	static const struct {
		const char *exe, *words;	/* '|' for NUL */
		int want;
	} rows[] = {
		{ "/bin/dash", "sh|/home/u" BELOW "|--start-server|", 1 },
		{ "/bin/dash", "sh|/nfs/u" BELOW "|", 1 },
		{ "/home/u" BELOW, "node|", 1 },
		{ "/home/u" BELOW " (deleted)", "", 1 },
		{ NULL, "/usr/bin/env|node|/home/u" BELOW "|", 1 },
		{ "/bin/dash", "sh|/home/v" BELOW "|", 0 },
		{ "/bin/dash", "sh|x/home/u" BELOW "|", 0 },
		{ "/bin/dash", "sh|/home/u" BELOW, 0 },
		{ "/bin/dash", "sh|/home/u/.vscode-server/bin/0123/x|", 0 },
		{ "/bin/dash", "sh|/home/u/.vscode-server-oss/" COMMIT "|", 0 },
		{ "/usr/bin/tail", "tail|-n|9|-f|/home/u" BELOW "|", 0 },
		{ "/usr/bin/sleep", "sleep|100|", 0 },
		{ "/usr/bin/sleep", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char words[256];
		size_t len = strlen(rows[i].words);

		for (size_t j = 0; j <= len; j++)
			words[j] = rows[i].words[j] == '|' ? '\0' :
				rows[i].words[j];
		assert_int_equal(serverrec_is_server("." COMMIT, dirs,
			rows[i].exe, words, len), rows[i].want);
	}
	assert_int_equal(serverrec_is_server(SERVER "-web", dirs,
		"/home/u/.vscode-server/" SERVER "/server/node", "", 0), 1);
}

/* What must hold, whatever the rows say. */
static void check_rules(const struct serverrec_facts *f, int move)
{
	int elsewhere = f->owner == SERVERREC_ELSEWHERE ||
		f->owner == SERVERREC_REBOOTED;
	int runs = f->process == SERVERREC_SERVER ||
		f->process == SERVERREC_OURS;

	if (f->text == SERVERREC_OTHER) {
		assert_int_equal(move, 0);
		return;
	}
	/* Never a live one's, unless it leads to another's port. */
	if (f->text == SERVERREC_PID && runs && !elsewhere)
		assert_int_equal(move, f->astray && !f->fresh &&
			f->process == SERVERREC_OURS);
	if (f->text == SERVERREC_PID && f->process == SERVERREC_STRANGER)
		assert_int_equal(move, 1);	/* never to be killed */
	if (elsewhere)
		assert_int_equal(move, 1);
	if (f->text == SERVERREC_PID && f->process == SERVERREC_NONE)
		assert_int_equal(move, f->local ||
			f->owner != SERVERREC_NOBODY);
	if (f->text != SERVERREC_PID && !elsewhere)
		assert_int_equal(move, !f->fresh);
}

static void whole_product(void **state)
{
	struct serverrec_facts f;
	unsigned n = 0;

	(void)state;
	for (int text = 0; text < SERVERREC_TEXTS; text++)
	for (int process = 0; process < SERVERREC_PROCESSES; process++)
	for (int owner = 0; owner < SERVERREC_OWNERS; owner++)
	for (int bits = 0; bits < 8; bits++) {
		const struct serverrec_verdict *v;

		f = (struct serverrec_facts){ text, process, owner, bits & 1,
			bits >> 1 & 1, bits >> 2 };
		v = serverrec_judge(&f);
		assert_non_null(v->reason);
		check_rules(&f, v->move);
		n++;
	}
	assert_int_equal(n, 4 * 4 * 4 * 8);
}

static void marks(void **state)
{
	struct serverrec_marks m = { 0 }, again;
	struct serverrec_mark k = { (char *)".vscode-server",
		(char *)"." COMMIT, 4711, 1234567890123ULL, 1700000000,
		999999999 };
	struct buf text = { 0 };
	struct err e;

	(void)state;
	m.host = strdup("c1");
	m.boot = strdup("b");
	m.session = strdup("default");
	serverrec_mark_add(&m, &k);
	k.name = (char *)SERVER;
	k.pid = 12;
	serverrec_mark_add(&m, &k);
	serverrec_marks_write(&text, &m);
	assert_int_equal(serverrec_marks_parse(&again, buf_data(&text),
		text.len, &e), 0);
	assert_string_equal(again.host, "c1");
	assert_string_equal(again.boot, "b");
	assert_string_equal(again.session, "default");
	assert_int_equal(again.n, 2);
	assert_ptr_equal(serverrec_mark_find(&again, &k), &again.mark[1]);
	k.nsec--;
	assert_null(serverrec_mark_find(&again, &k));
	k.nsec++;
	k.pid++;
	assert_null(serverrec_mark_find(&again, &k));
	k.pid--;
	k.folder = (char *)".cursor-server";
	assert_null(serverrec_mark_find(&again, &k));
	for (int i = 0; i < 2 * SERVERREC_MARKS_MAX; i++)
		serverrec_mark_add(&m, &k);
	assert_int_equal(m.n, SERVERREC_MARKS_MAX);
	buf_fini(&text);
	serverrec_marks_write(&text, &m);
	serverrec_marks_fini(&again);
	assert_int_equal(serverrec_marks_parse(&again, buf_data(&text),
		text.len, &e), 0);
	assert_int_equal(again.n, SERVERREC_MARKS_MAX);
	serverrec_marks_fini(&again);
	serverrec_marks_fini(&m);
	buf_fini(&text);
}

static void bad_marks(void **state)
{
	static const char *const rows[] = {
		"", "\n\n", "nonsense", "process=1 2 3 4\n",
		"folder=f\nprocess=1 2 3 4\n",
		"folder=f\nname=n\nprocess=1 2 3\n",
		"folder=f\nname=n\nprocess=1 2 3 4 5\n",
		"folder=f\nname=n\nprocess=x 2 3 4\n",
		"folder=f\nname=n\nprocess=-1 2 3 4\n",
		"folder=f\nname=n\nprocess=2147483648 2 3 4\n",
		"folder=f\nname=n\nprocess=1 2 3 1000000000\n",
		"folder=f\nname=n\nprocess=1 99999999999999999999 3 4\n",
	};
	struct serverrec_marks m;
	struct err e;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		int ret = serverrec_marks_parse(&m, rows[i], strlen(rows[i]),
			&e);

		/* An empty record is one without marks. */
		assert_int_equal(ret, i == 1 ? 0 : -1);
		assert_int_equal(m.n, 0);
		serverrec_marks_fini(&m);
	}
}

static void the_reaper_knows_the_folders(void **state)
{
	struct kind k;

	(void)state;
	kind_init(&k);
	for (size_t i = 0; serverrec_folders[i] != NULL; i++) {
		char path[256];

		snprintf(path, sizeof path, "/home/u/%s/bin/x/node",
			serverrec_folders[i]);
		assert_int_not_equal(kind_path(&k, path), -1);
	}
	kind_fini(&k);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(agents_names),
		cmocka_unit_test(agents_texts),
		cmocka_unit_test(agents_programs),
		cmocka_unit_test(files),
		cmocka_unit_test(pid_files),
		cmocka_unit_test(logs),
		cmocka_unit_test(processes),
		cmocka_unit_test(whole_product),
		cmocka_unit_test(marks),
		cmocka_unit_test(bad_marks),
		cmocka_unit_test(the_reaper_knows_the_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
