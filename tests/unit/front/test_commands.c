/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of all commands: they agree with each other and with the options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "front/cmd/commands.h"
#include "opt/opttable.h"

static const struct command *row_of(const char *name, size_t len)
{
	for (size_t i = 0; command_table[i] != NULL; i++)
		if (strlen(command_table[i]->name) == len &&
			memcmp(command_table[i]->name, name, len) == 0)
			return command_table[i];
	return NULL;
}

static void names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; command_table[i] != NULL; i++)
		assert_ptr_equal(row_of(command_table[i]->name,
			strlen(command_table[i]->name)), command_table[i]);
}

static void aliases_stand_for_commands(void **state)
{
	(void)state;
	for (size_t i = 0; command_table[i] != NULL; i++) {
		const struct command *c = command_table[i], *meant;

		if (c->alias == NULL) {
			assert_true(c->ops != NULL || c->print != NULL || c == &cmd_help);
			continue;
		}
		meant = row_of(c->alias, strlen(c->alias));
		assert_non_null(meant);
		assert_null(meant->alias);
		assert_int_equal(c->destroys, meant->destroys);
		assert_null(c->ops);
	}
}

static void flags_are_of_commands(void **state)
{
	(void)state;
	for (const struct opt *o = opttable; o->name || o->group; o++) {
		const char *at = o->commands;

		for (size_t n; at != NULL && *at != '\0';
			at += n + (at[n] != '\0')) {
			n = strcspn(at, " ");
			if (row_of(at, n) == NULL)
				fail_msg("--%s is of '%.*s', which is none",
					o->name, (int)n, at);
		}
	}
}

static void what_is_wanted_of_a_session(void **state)
{
	static const struct {
		const struct command *command;
		int starts, is_typed, has_shell;
	} rows[] = {
		{ &cmd_attach, 1, 0, 1 },
		{ &cmd_list, 0, 0, 0 },
		{ &cmd_status, 0, 0, 0 },
		{ &cmd_alloc, 1, 1, 0 },
		{ &cmd_shell, 0, 0, 1 },
		{ &cmd_forced, 1, 0, 1 },
		{ &cmd_forward, 0, 0, 1 },
		{ &cmd_extend, 0, 0, 0 },
		{ &cmd_logs, 0, 0, 0 },
		{ &cmd_cancel, 0, 0, 0 },
		{ &cmd_doctor, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum session_want want = rows[i].command->want;

		assert_int_equal(want_starts(want), rows[i].starts);
		assert_int_equal(want_is_typed(want), rows[i].is_typed);
		assert_int_equal(want_has_shell(want), rows[i].has_shell);
	}
	/* alloc --no-wait */
	assert_true(want_starts(SESSION_QUEUE));
	assert_true(want_is_typed(SESSION_QUEUE));
	assert_false(want_has_shell(SESSION_QUEUE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(aliases_stand_for_commands),
		cmocka_unit_test(flags_are_of_commands),
		cmocka_unit_test(what_is_wanted_of_a_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
