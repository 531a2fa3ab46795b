/* SPDX-License-Identifier: BSD-2-Clause */
/* It goes ahead of what is typed, once, whole, whatever comes first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "front/longcommand.h"

static struct buf got;
static int ended;

static void data_cb(const char *data, size_t len, void *arg)
{
	(void)arg;
	buf_append(&got, data, len);
}

static void end_cb(void *arg)
{
	(void)arg;
	ended = 1;
}

static void released_cb(void *arg)
{
	(void)arg;
}

static const struct filter_target target = { data_cb, end_cb, released_cb };

static void assert_got(const char *want)
{
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(buf_data(&got), want, got.len);
}

static void comes_first(void **state)
{
	struct filters all = { 0 };
	struct longcommand l = { 0 };

	(void)state;
	longcommand_send(&l, &all, "command\n", 8);
	filters_set_target(&all, &target, NULL);
	/* What releases a store has nothing. */
	filters_put(&all, NULL, 0);
	assert_got("command\n");
	filters_put(&all, "typed", 5);
	filters_put(&all, " more", 5);
	filters_end(&all);
	assert_got("command\ntyped more");
	assert_true(ended);
	longcommand_fini(&l);
	buf_fini(&got);
}

static void is_never_used(void **state)
{
	struct filters all = { 0 };
	struct longcommand l = { 0 }, none = { 0 };

	(void)state;
	longcommand_send(&l, &all, "command", 7);
	longcommand_fini(&l);
	longcommand_fini(&none);
}

static char *run(const char *command, const char *input, size_t len)
{
	char *path = mem_strdup("/tmp/longcommand.XXXXXX"), *line, *out;
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(input, 1, len, f), len);
	fclose(f);
	line = mem_printf("cat %s | { %s; }", path, command);
	f = popen(line, "r");
	assert_non_null(f);
	out = mem_alloc(300000);
	assert_int_not_equal(fread(out, 1, 299999, f), 0);
	pclose(f);
	remove(path);
	free(path);
	free(line);
	return out;
}

/* 100 kB of quotes and newlines, read by a shell as they were, and then stdin. */
static void becomes_the_command(void **state)
{
	struct buf put = { 0 }, input = { 0 };
	char *out;
	size_t len;

	(void)state;
	setenv("SHELL", "/bin/sh", 1);
	buf_puts(&input, "printf '%s' '");
	while (input.len < 100000)
		buf_puts(&input, "a\"\\ $x `y` \n\tb!\303\n");
	buf_puts(&input, "'; cat\n\n");
	len = input.len;
	buf_puts(&input, "typed");
	longcommand_put(&put, len);
	buf_append(&put, "", 1);
	out = run(buf_data(&put), buf_data(&input), input.len);
	assert_int_equal(strlen(out), len - 13 - 8 + 5);
	assert_memory_equal(out, buf_data(&input) + 13, len - 13 - 8);
	assert_string_equal(out + len - 13 - 8, "typed");
	free(out);
	buf_fini(&put);
	buf_fini(&input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_first),
		cmocka_unit_test(is_never_used),
		cmocka_unit_test(becomes_the_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
