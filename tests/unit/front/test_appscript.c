/* SPDX-License-Identifier: BSD-2-Clause */
/* Scripts about apps: what they hold, that shells take them, and what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "front/appscript.h"

#define MARK "0123456789abcdef"

static const struct appscript script = { .mark = MARK, .token = "5ec5ec",
	.tag = "fedcba9876543210", .port = { 1, 2, 3, 4, 5, 6, 7, 8 } };

static int shell_takes_bytes(const char *shell, const char *text, size_t len)
{
	char command[64];
	FILE *f;

	snprintf(command, sizeof command, "%s -n", shell);
	f = popen(command, "w");
	assert_non_null(f);
	fwrite(text, 1, len, f);
	return pclose(f) == 0;
}

/* All of it, and what it has for /bin/sh, between its first line and its last. */
static int shell_takes(const char *shell, const struct buf *text)
{
	static const char first[] = "exec /bin/sh <<\\" MARK "x\n",
		last[] = "\n" MARK "x\n";
	size_t head = sizeof first - 1, tail = sizeof last - 1;
	const char *data = buf_data(text);

	assert_memory_equal(data, first, head);
	assert_memory_equal(data + text->len - tail, last, tail);
	return shell_takes_bytes(shell, data, text->len) &&
		shell_takes_bytes(shell, data + head,
			text->len - head - tail + 1);
}

static int has(const struct buf *text, const char *part)
{
	return memmem(buf_data(text), text->len, part, strlen(part)) != NULL;
}

static void shells_take_them(void **state)
{
	static const char *const shells[] = { "sh", "bash" };
	const struct config none = { 0 };
	const struct app *b;
	struct app app;
	struct err e;

	(void)state;
	for (size_t s = 0; s < sizeof shells / sizeof *shells; s++) {
		struct buf text = { 0 };

		for (size_t i = 0; (b = app_builtin(i)) != NULL; i++) {
			assert_int_equal(app_find(&none, b->name, &app, &e), 0);
			appscript_start(&script, &app, &text);
			if (!shell_takes(shells[s], &text))
				fail_msg("%s: %s", shells[s], b->name);
			buf_fini(&text);
		}
		appscript_stop(&script, "a", &text);
		assert_true(shell_takes(shells[s], &text));
		buf_fini(&text);
		appscript_list(&script, &text);
		assert_true(shell_takes(shells[s], &text));
		buf_fini(&text);
	}
}

static struct app an_app(void)
{
	return (struct app){ "a", {
		[APPKEY_COMMAND] = "it's a \"command\" $HOME",
		[APPKEY_DIRECTORY] = "~/my dir's",
		[APPKEY_LISTEN] = "socket", [APPKEY_URL] = "/",
		[APPKEY_CLIENT_PORT] = "8080",
		[APPKEY_START_TIMEOUT] = "90s" } };
}

static void they_say_what_was_meant(void **state)
{
	struct app app = an_app();
	struct appscript other = script;
	struct buf text = { 0 };

	(void)state;
	appscript_start(&script, &app, &text);
	assert_true(has(&text, "\nit's a \"command\" $HOME\n"));
	assert_true(has(&text, "\ncd ~/'my dir'\\''s' || exit\n"));
	assert_true(has(&text, "\ntimeout=90\n"));
	assert_true(has(&text, "/ready\" <<\\" MARK "\n:\n" MARK "\n"));
	assert_false(has(&text, "for port in"));
	buf_fini(&text);
	app.value[APPKEY_LISTEN] = "port";
	app.value[APPKEY_READY] = "test -e x";
	other.directory = "/other";
	appscript_start(&other, &app, &text);
	assert_true(has(&text, "\nports='1 2 3 4 5 6 7 8'\n"));
	assert_true(has(&text, "for port in"));
	assert_true(has(&text, "/ready\" <<\\" MARK "\ntest -e x\n" MARK "\n"));
	assert_true(has(&text, "\ncd /other || exit\n"));
	buf_fini(&text);
	app.value[APPKEY_DIRECTORY] = "~";
	appscript_start(&script, &app, &text);
	assert_true(has(&text, "\ncd ~/. || exit\n"));
	buf_fini(&text);
	app.value[APPKEY_DIRECTORY] = APPKEY_HERE;
	appscript_start(&other, &app, &text);
	assert_true(has(&text, "\ncd /other || exit\n"));
	buf_fini(&text);
	appscript_start(&script, &app, &text);
	assert_true(has(&text, "\tfail 'from here it would have all of your home directory: "));
	assert_false(has(&text, "\ncd "));
	buf_fini(&text);
}

/* Run where all ports that it is told are taken. */
static void takes_no_port_that_is_taken(void **state)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char dir[] = "/tmp/test_appscript.XXXXXX", command[80], said[400] = "";
	struct appscript other = script;
	struct app app = an_app();
	socklen_t len = sizeof addr;
	struct buf text = { 0 };
	FILE *f;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	for (size_t i = 0; i < APPSCRIPT_PORTS; i++)
		other.port[i] = ntohs(addr.sin_port);
	app.value[APPKEY_LISTEN] = "port";
	assert_non_null(mkdtemp(dir));
	setenv("VRS_RUNTIME_DIR", dir, 1);
	appscript_start(&other, &app, &text);
	snprintf(command, sizeof command, "sh >%s/said", dir);
	f = popen(command, "w");
	assert_non_null(f);
	fwrite(buf_data(&text), 1, text.len, f);
	assert_int_equal(WEXITSTATUS(pclose(f)), 1);
	buf_fini(&text);
	snprintf(command, sizeof command, "%s/said", dir);
	f = fopen(command, "r");
	assert_non_null(f);
	(void)!fread(said, 1, sizeof said - 1, f);
	fclose(f);
	assert_non_null(strstr(said, "\n" MARK " failed the ports that were tried are all taken on "));
	close(fd);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

/* "WHAT name pid port path token why" */
static void reads_what_they_say(void **state)
{
	static const struct {
		const char *line;
		int what;
		const char *want;
	} rows[] = {
		{ MARK " started", APPSCRIPT_STARTED, " 0 0  " },
		{ MARK " found", APPSCRIPT_FOUND, " 0 0  " },
		{ MARK " stopped", APPSCRIPT_STOPPED, " 0 0  " },
		{ MARK " none", APPSCRIPT_NOT_THERE, " 0 0  " },
		{ MARK " beyond", APPSCRIPT_BEYOND, " 0 0  " },
		{ MARK " directory /a b", APPSCRIPT_DIRECTORY, " 0 0  " },
		{ MARK " directory a", APPSCRIPT_NOTHING, NULL },
		{ MARK " directory", APPSCRIPT_NOTHING, NULL },
		{ MARK " token 00ff", APPSCRIPT_TOKEN, " 0 0  00ff" },
		{ MARK " token ", APPSCRIPT_NOTHING, NULL },
		{ MARK " token 0g", APPSCRIPT_NOTHING, NULL },
		{ MARK " token 000000000000000000000000000000000", APPSCRIPT_NOTHING, NULL },
		{ MARK " target port 80", APPSCRIPT_TARGET, " 0 80  " },
		{ MARK " target port 65536", APPSCRIPT_NOTHING, NULL },
		{ MARK " target port", APPSCRIPT_NOTHING, NULL },
		{ MARK " target socket /a b/s", APPSCRIPT_TARGET, " 0 0 /a b/s " },
		{ MARK " target socket a", APPSCRIPT_NOTHING, NULL },
		{ MARK " target pipe /a", APPSCRIPT_NOTHING, NULL },
		{ MARK " app lab 42 port 80", APPSCRIPT_APP, "lab 42 80  " },
		{ MARK " app lab 42 socket /s", APPSCRIPT_APP, "lab 42 0 /s " },
		{ MARK " app lab x port 80", APPSCRIPT_NOTHING, NULL },
		{ MARK " app ../x 42 port 80", APPSCRIPT_NOTHING, NULL },
		{ MARK " app lab  port 80", APPSCRIPT_NOTHING, NULL },
		{ MARK " app lab", APPSCRIPT_NOTHING, NULL },
		{ MARK " failed it is", APPSCRIPT_FAILED, " 0 0  " },
		{ MARK " nothing", APPSCRIPT_NOTHING, NULL },
		{ MARK, APPSCRIPT_NOTHING, NULL },
		{ MARK " ", APPSCRIPT_NOTHING, NULL },
		{ "", APPSCRIPT_NOTHING, NULL },
		{ "x" MARK " started", APPSCRIPT_NOTHING, NULL },
		{ "started", APPSCRIPT_NOTHING, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct appscript_said said;
		char got[256];

		appscript_read(&said, MARK, rows[i].line, strlen(rows[i].line));
		if ((int)said.what != rows[i].what)
			fail_msg("'%s': %d", rows[i].line, (int)said.what);
		if (rows[i].want == NULL)
			continue;
		snprintf(got, sizeof got, "%s %ld %u %s %s", said.name, said.pid,
			said.target.port, said.target.path, said.token);
		assert_string_equal(got, rows[i].want);
	}
}

static void reads_any_bytes(void **state)
{
	struct appscript_said said;
	char longer[2000];

	(void)state;
	appscript_read(&said, MARK, MARK " failed why", 27);
	assert_int_equal(said.what, APPSCRIPT_FAILED);
	assert_string_equal(said.why.text, "why");
	appscript_read(&said, MARK, MARK " started\0x", 26);
	assert_int_equal(said.what, APPSCRIPT_NOTHING);
	memset(longer, 'x', sizeof longer);
	memcpy(longer, MARK " failed ", 24);
	appscript_read(&said, MARK, longer, sizeof longer);
	assert_int_equal(said.what, APPSCRIPT_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shells_take_them),
		cmocka_unit_test(they_say_what_was_meant),
		cmocka_unit_test(takes_no_port_that_is_taken),
		cmocka_unit_test(reads_what_they_say),
		cmocka_unit_test(reads_any_bytes),
	};

	return cmocka_run_group_tests_name("appscript", tests, NULL, NULL);
}
