/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "opt/ini.h"

/* want: "" nothing, "[name]", "key=value", or NULL: refused with this in it. */
static const struct {
	const char *in, *want, *why;
} rows[] = {
	{ "", "", NULL }, { " \t", "", NULL }, { "\r", "", NULL },
	{ "; age = 1h", "", NULL }, { "# age = 1h", "", NULL }, { "\t;x", "", NULL },
	{ "age=1h", "age=1h", NULL },
	{ "  age \t=\t 1h  ", "age=1h", NULL },
	{ "age = 1h\r", "age=1h", NULL },
	{ "age = 1h ; an hour", "age=1h", NULL },
	{ "age = 1h\t# an hour", "age=1h", NULL },
	{ "exempt = */a;b#c", "exempt=*/a;b#c", NULL },
	{ "kind = zed=.zed_server", "kind=zed=.zed_server", NULL },
	{ "url = https://x/y", "url=https://x/y", NULL },
	{ "a = two words", "a=two words", NULL },
	{ "q = \"quoted ; x\"", "q=quoted ; x", NULL },
	{ "q = \"# x\" ; comment", "q=# x", NULL },
	{ "q = \" x \"", "q= x ", NULL },
	{ "q = x \"y\"", "q=x \"y\"", NULL },
	{ "q = 'x'", "q='x'", NULL },
	{ "q = \\n", "q=\\n", NULL },
	{ "q = \xc3\xa4", "q=\xc3\xa4", NULL },
	{ "q = \"x", NULL, "q: a value that begins" },
	{ "q = \"x\"y", NULL, "q: a value that begins" },
	{ "q = \"x\";y", NULL, "q: a value that begins" },
	{ "q = \"x\" y", NULL, "q: a value that begins" },
	{ "q = \"x\"y\"", NULL, "q: a value that begins" },
	{ "q = \"", NULL, "q: a value that begins" },
	{ "q = \"\"", NULL, "q: has no value" },
	{ "age =", NULL, "age: has no value" },
	{ "age = ; an hour", NULL, "age: has no value" },
	{ "age =;x", NULL, "age: has no value" },
	{ "=x", NULL, "neither KEY = VALUE" },
	{ " = x", NULL, "neither KEY = VALUE" },
	{ "age", NULL, "behind 'age' comes no '='" },
	{ "age: 1h", NULL, "behind 'age' comes no '='" },
	{ "age 1h = x", NULL, "behind 'age' comes no '='" },
	{ "Age = 1h", NULL, "neither KEY = VALUE" },
	{ "-age = 1h", NULL, "neither KEY = VALUE" },
	{ "--age=1h", NULL, "neither KEY = VALUE" },
	{ "age_x = 1h", NULL, "behind 'age' comes no '='" },
	{ "\"age\" = 1h", NULL, "neither KEY = VALUE" },
	{ "\xef\xbb\xbf" "age = 1h", NULL, "neither KEY = VALUE" },
	{ "[vscode-grim-reaper]", "[vscode-grim-reaper]", NULL },
	{ " [ a.B_1 ] ; x", "[a.B_1]", NULL },
	{ "[a", NULL, "is no [SECTION]" }, { "[]", NULL, "is no [SECTION]" },
	{ "[a b  c]", "[a b c]", NULL },
	{ "[a b c d]", NULL, "is no [SECTION]" },
	{ "[profile  gpu ]", "[profile gpu]", NULL },
	{ "[a]x", NULL, "is no [SECTION]" },
	{ "[a];x", NULL, "is no [SECTION]" },
	{ "[a]]", NULL, "is no [SECTION]" },
	{ "age = 1h\x01", NULL, "control character, byte 9" },
	{ "age\r = 1h", NULL, "control character, byte 4" },
	{ "age = 1h\r\r", NULL, "control character, byte 9" },
	{ "; \x7f", NULL, "control character" },
};

static void reads_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ini_line l;
		struct err e = { "" };
		struct buf got = { 0 };
		int ret = ini_read_line(&l, rows[i].in, strlen(rows[i].in),
			&e);

		if (rows[i].want == NULL) {
			if (ret != -1 || strstr(e.text, rows[i].why) == NULL)
				print_message("# row %zu: %s\n", i, e.text);
			assert_int_equal(ret, -1);
			assert_non_null(strstr(e.text, rows[i].why));
			continue;
		}
		if (ret == -1)
			print_message("# row %zu: %s\n", i, e.text);
		assert_int_equal(ret, 0);
		if (l.kind == INI_SECTION)
			buf_printf(&got, "[%s]", l.name);
		else if (l.kind == INI_PAIR)
			buf_printf(&got, "%s=%s", l.name, l.value);
		buf_append(&got, "", 1);
		assert_string_equal(buf_data(&got), rows[i].want);
		buf_fini(&got);
	}
}

static void has_bounds(void **state)
{
	static char line[INI_LINE_MAX + 3];
	struct ini_line l;
	struct err e;

	(void)state;
	memset(line, 'x', sizeof line);
	line[1] = '=';
	assert_int_equal(ini_read_line(&l, line, INI_LINE_MAX, &e), 0);
	assert_int_equal(strlen(l.value), INI_LINE_MAX - 2);
	assert_int_equal(ini_read_line(&l, line, INI_LINE_MAX + 1, &e), -1);
	assert_string_equal(e.text, "is longer than 4096 bytes");
	line[0] = ';';
	assert_int_equal(ini_read_line(&l, line, INI_LINE_MAX + 1, &e), -1);
	memset(line, 'x', INI_NAME_MAX);
	line[INI_NAME_MAX] = '=';
	assert_int_equal(ini_read_line(&l, line, INI_NAME_MAX + 2, &e), 0);
	assert_int_equal(strlen(l.name), INI_NAME_MAX);
	line[INI_NAME_MAX] = 'x';
	line[INI_NAME_MAX + 1] = '=';
	assert_int_equal(ini_read_line(&l, line, INI_NAME_MAX + 3, &e), -1);
}

static int take(const struct ini_line *l, void *arg, struct err *e)
{
	if (strcmp(l->name, "stop") == 0)
		return err_set(e, "stopped");
	buf_printf(arg, "%s=%s;", l->name, l->value);
	return 0;
}

static void reads_files(void **state)
{
	static const struct {
		const char *in, *want;
		size_t number;		/* of a line that is refused */
	} files[] = {
		{ "", "", 0 },
		{ "a=1", "a=1;", 0 },
		{ "\xef\xbb\xbf" "a=1\r\n\r\n b=2\n", "a=1;b=2;", 0 },
		{ "\xef\xbb\xbf" "[s]\na=1\n;x\na=2", "s=;a=1;a=2;", 0 },
		{ "a=1\n\nb\nc=3\n", "a=1;", 3 },
		{ "a=1\nstop=2\nc=3\n", "a=1;", 2 },
		/* a bad header does not leave what follows to the one before */
		{ "[s]\na=1\n[t\nb=2\n", "s=;a=1;", 3 },
		/* no value goes on in the next line */
		{ "a=1\n  2\n", "a=1;", 2 },
		{ "a=1\n  b=2\n", "a=1;b=2;", 0 },
		{ "\n\xef\xbb\xbf" "a=1\n", "", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct buf got = { 0 };
		size_t number = 0;
		struct err e;
		int ret = ini_read(files[i].in, strlen(files[i].in), take,
			&got, &number, &e);

		assert_int_equal(ret, files[i].number ? -1 : 0);
		if (ret == -1)
			assert_int_equal(number, files[i].number);
		buf_append(&got, "", 1);
		assert_string_equal(buf_data(&got), files[i].want);
		buf_fini(&got);
	}
	assert_int_equal(ini_read("a=\0b\n", 5, take, NULL, &(size_t){ 0 },
		NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(has_bounds),
		cmocka_unit_test(reads_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
