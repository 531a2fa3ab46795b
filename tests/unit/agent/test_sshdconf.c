/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration of an sshd, above all the line with the environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/sshdconf.h"
#include "base/mem.h"

static char *text_of(const struct sshdconf *c, struct sshdconf_left *left)
{
	struct buf out = { 0 };

	*left = (struct sshdconf_left){ 0 };
	sshdconf_put(&out, c, left);
	buf_append(&out, "", 1);
	return out.mem;
}

static const char *line_of(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	assert_non_null(at);
	assert_true(at == text || at[-1] == '\n');
	return at;
}

static void quotes(void **state)
{
	static const struct {
		const char *word, *want;
	} rows[] = {
		{ "A=b", "SetEnv \"A=b\"\n" },
		{ "A=", "SetEnv \"A=\"\n" },
		{ "A=b=c d", "SetEnv \"A=b=c d\"\n" },
		{ "A=a\"b", "SetEnv \"A=a\\\"b\"\n" },
		{ "A=a\\b", "SetEnv \"A=a\\\\b\"\n" },
		{ "A=\\\"", "SetEnv \"A=\\\\\\\"\"\n" },
		{ "A=$HOME #x;*\t'", "SetEnv \"A=$HOME #x;*\t'\"\n" },
		{ "A=\303\244", "SetEnv \"A=\303\244\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *env[] = { (char *)(uintptr_t)rows[i].word, NULL };
		struct sshdconf c = { "ann", "/run/key", env };
		struct sshdconf_left left;
		char *text = text_of(&c, &left);

		assert_string_equal(line_of(text, "SetEnv"), rows[i].want);
		assert_int_equal(left.n_lines + left.n_long, 0);
		free(text);
	}
}

/* What sshd has itself, or no line can say. */
static void leaves_out(void **state)
{
	char *env[] = { "SSH_AUTH_SOCK=/x", "SSH_TTY=/dev/pts/1", "TERM=xterm",
		"TERMINAL=y", "F=() {\n}", "R=a\rb", "SSH_CLIENTS=1", NULL };
	char *none[] = { "TERM=xterm", NULL };
	struct sshdconf c = { "ann", "/run/key", env };
	struct sshdconf_left left;
	char *text = text_of(&c, &left);

	(void)state;
	assert_string_equal(line_of(text, "SetEnv"),
		"SetEnv \"TERMINAL=y\" \"SSH_CLIENTS=1\"\n");
	assert_int_equal(left.n_lines, 2);
	free(text);
	c.env = none;
	text = text_of(&c, &left);
	assert_null(strstr(text, "SetEnv"));
	free(text);
}

/* Of too many the longest, and they are named. */
static void limits(void **state)
{
	enum { N = SSHDCONF_VARIABLES + 2 };
	char *env[N + 1] = { NULL };
	struct sshdconf c = { "ann", "/run/key", env };
	struct sshdconf_left left;
	char *text;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < N; i++)
		env[i] = i == 3 ? mem_strdup("SLURM_JOB_NODELIST=node[1-9]") :
			mem_printf("V%04d=%s", i, i == 7 ? "long" :
				i == 9 ? "longer" : "");
	text = text_of(&c, &left);
	assert_int_equal(left.n_long, 2);
	assert_string_equal(left.names, "V0009, V0007");
	assert_null(strstr(text, "\"V0007="));
	assert_non_null(strstr(text, "\"V0951=\""));
	assert_non_null(strstr(text, " \"SLURM_JOB_NODELIST=node[1-9]\""));
	for (const char *at = text; (at = strstr(at, " \"V")) != NULL; at++)
		n++;
	assert_int_equal(n + 1, SSHDCONF_VARIABLES);
	free(text);

	/* Just as many as there may be. */
	free(env[N - 1]);
	free(env[N - 2]);
	env[N - 2] = NULL;
	text = text_of(&c, &left);
	assert_int_equal(left.n_long, 0);
	assert_non_null(strstr(text, "\"V0009=longer\""));
	free(text);
	for (int i = 0; env[i] != NULL; i++)
		free(env[i]);
}

/* Nobody but the user, by no other way, and with no port. */
static void says_who(void **state)
{
	struct sshdconf c = { "ann", "/run/a \"b\"/key", NULL };
	struct sshdconf_left left;
	char *text = text_of(&c, &left);

	(void)state;
	line_of(text, "HostKey \"/run/a \\\"b\\\"/key\"\n");
	line_of(text, "AuthorizedKeysCommandUser ann\n");
	line_of(text, "AuthorizedKeysFile none\n");
	line_of(text, "PasswordAuthentication no\n");
	line_of(text, "UsePAM no\n");
	assert_null(strstr(text, "Port"));
	assert_null(strstr(text, "ListenAddress"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes),
		cmocka_unit_test(leaves_out),
		cmocka_unit_test(limits),
		cmocka_unit_test(says_who),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
