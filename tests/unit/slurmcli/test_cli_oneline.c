/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of scontrol, with what administrators may have written into them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "launch/slurmcli/cli_oneline.h"

static void finds_values(void **state)
{
	static const char *const keys[] = { "State", "Gres", "CPUTot" };
	static const struct {
		const char *line, *value[3];
	} rows[] = {
		{ "NodeName=c1 CPUTot=4 Gres=gpu:a:2(S:0-1) State=IDLE+DRAIN ",
			{ "IDLE+DRAIN", "gpu:a:2(S:0-1)", "4" } },
		{ "State=UP", { "UP", NULL, NULL } },
		{ "NodeState=x GresUsed=y CPUTot=", { NULL, NULL, NULL } },
		{ "Gres=(null) CPUTot=N/A State=", { NULL, NULL, NULL } },
		/* Words of a comment do not come first. */
		{ "State=DOWN Comment=now State=IDLE Gres=gpu:9",
			{ "DOWN", "gpu:9", NULL } },
		{ "xState=a Statey=b State", { NULL, NULL, NULL } },
		{ "", { NULL, NULL, NULL } }, { " = ", { NULL, NULL, NULL } },
		{ "StateState=x State=%s%n", { "%s%n", NULL, NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *line = mem_strdup(rows[i].line);
		const char *v[3];

		cli_oneline_take(line, keys, 3, v);
		for (int k = 0; k < 3; k++) {
			if (rows[i].value[k] == NULL)
				assert_null(v[k]);
			else
				assert_string_equal(v[k], rows[i].value[k]);
		}
		free(line);
	}
}

static void goes_over_lines(void **state)
{
	struct buf b = { 0 };
	char *at = NULL;

	(void)state;
	buf_puts(&b, "\n\na b\nc\n\nd");
	assert_string_equal(cli_oneline_next(&b, &at), "a b");
	assert_string_equal(cli_oneline_next(&b, &at), "c");
	assert_string_equal(cli_oneline_next(&b, &at), "d");
	assert_null(cli_oneline_next(&b, &at));
	assert_null(cli_oneline_next(&b, &at));
	buf_fini(&b);
	at = NULL;
	assert_null(cli_oneline_next(&b, &at));
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_values),
		cmocka_unit_test(goes_over_lines),
	};

	return cmocka_run_group_tests_name("cli_oneline", tests, NULL, NULL);
}
