/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/servers/folderhint.h"
#include "agent/servers/hygiene.h"

/* Instead of agent/servers/hygiene.c, which has a line or has none. */
static const char *line;
static int told;

const char *hygiene_folder_line(const struct hygiene *h)
{
	(void)h;
	return line;
}

void hygiene_folder_not_named(struct hygiene *h)
{
	(void)h;
	told++;
}

#define NAMES "VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n"
#define OURS "VSCODE_AGENT_FOLDER=/else\n"

static struct buf out;

static void out_data(const char *data, size_t len, void *arg)
{
	(void)arg;
	buf_append(&out, data, len);
}

static const struct filter_target target = { .data = out_data };

/* What a shell reads of it, in pieces of that size; and told. */
static void check(const char *in, size_t piece, const char *want, int want_told)
{
	static char hygiene;	/* which is not looked into */
	struct folderhint *h = calloc(1, sizeof *h);
	struct filters all = { 0 };

	told = 0;
	folderhint_init(h, (struct hygiene *)&hygiene, &all);
	filters_set_target(&all, &target, NULL);
	for (size_t at = 0, len = strlen(in); at < len; at += piece)
		filters_put(&all, in + at, piece < len - at ? piece :
			len - at);
	folderhint_announced(h);
	folderhint_announced(h);
	buf_append(&out, "", 1);
	assert_string_equal(buf_data(&out), want);
	assert_int_equal(told, want_told);
	buf_fini(&out);
	free(h);
}

static void puts_its_line_behind_the_one_that_names(void **state)
{
	static const char in[] = "a\n" NAMES "b\n" NAMES "c";

	(void)state;
	line = OURS;
	for (size_t piece = 1; piece <= sizeof in; piece++)
		check(in, piece, "a\n" NAMES OURS "b\n" NAMES OURS "c", 0);
}

static void tells_once_of_a_script_that_names_none(void **state)
{
	(void)state;
	line = OURS;
	check("listen\n", 3, "listen\n", 1);
}

static void leaves_all_where_no_other_folder_is_wanted(void **state)
{
	(void)state;
	line = NULL;
	check(NAMES "b\n", 5, NAMES "b\n", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_its_line_behind_the_one_that_names),
		cmocka_unit_test(tells_once_of_a_script_that_names_none),
		cmocka_unit_test(leaves_all_where_no_other_folder_is_wanted),
	};

	return cmocka_run_group_tests_name("folderhint", tests, NULL, NULL);
}
