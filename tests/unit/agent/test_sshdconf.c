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

static char keys_text[4096];	/* of the file of keys, by the last text_of() */

static char *text_of(const struct sshdconf *c, struct sshdconf_left *left)
{
	struct buf out = { 0 }, keys = { 0 };

	*left = (struct sshdconf_left){ 0 };
	sshdconf_put(&out, &keys, c, left);
	buf_append(&out, "", 1);
	snprintf(keys_text, sizeof keys_text, "%.*s", (int)keys.len,
		keys.len > 0 ? buf_data(&keys) : "");
	buf_fini(&keys);
	return out.mem;
}

static struct sshdconf conf_of(char *const *env, enum sshdconf_words words)
{
	return (struct sshdconf){ .user = "ann", .host_key = "/run/key",
		.env = env, .words = words, .echo = "/bin/echo",
		.sed = "/bin/sed", .keys = "/run/keys" };
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
		struct sshdconf c = conf_of(env, SSHDCONF_ESCAPED);
		struct sshdconf_left left;
		char *text = text_of(&c, &left);

		assert_string_equal(line_of(text, "SetEnv"), rows[i].want);
		assert_int_equal(left.n_unsaid + left.n_long, 0);
		free(text);
	}
}

/*
 * An older sshd reads no \" and takes # for the end of the line: what has these
 * are options of the key.
 */
static void quotes_for_older(void **state)
{
	static const struct {
		const char *word, *setenv, *keys;
	} rows[] = {
		{ "A=a\\b 'c\\", "SetEnv \"A=a\\b 'c\\\"\n", "" },
		{ "A=", "SetEnv \"A=\"\n", "" },
		{ "A=a\"b", NULL, "environment=\"A=a\\\"b\" @\n" },
		{ "A_1=#", NULL, "environment=\"A_1=#\" @\n" },
		{ "A=\\\"", NULL, "environment=\"A=\\\\\"\" @\n" },
		/* No way. */
		{ "A=\"\\", NULL, "" },
		{ "A.b=\"", NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *env[] = { (char *)(uintptr_t)rows[i].word, NULL };
		struct sshdconf c = conf_of(env, SSHDCONF_PLAIN);
		struct sshdconf_left left;
		char *text = text_of(&c, &left);

		if (rows[i].setenv != NULL)
			assert_string_equal(strstr(text, "SetEnv"), rows[i].setenv);
		else
			assert_null(strstr(text, "SetEnv"));
		assert_string_equal(keys_text, rows[i].keys);
		assert_int_equal(left.n_unsaid, rows[i].setenv == NULL &&
			rows[i].keys[0] == '\0');
		free(text);
	}
}

static void options_of_a_key(void **state)
{
	char *env[] = { "A=\"", "B=b", "C=#", NULL };
	struct sshdconf c = conf_of(env, SSHDCONF_PLAIN);
	struct sshdconf_left left;
	char *text = text_of(&c, &left);

	(void)state;
	line_of(text, "SetEnv \"B=b\"\n");
	line_of(text, "PermitUserEnvironment A,C\n");
	line_of(text, "AuthorizedKeysFile none\n");
	line_of(text, "AuthorizedKeysCommand /bin/sed \"s,@$,%t %k,\" \"/run/keys\"\n");
	assert_null(strchr(text, '#'));
	assert_string_equal(keys_text, "environment=\"A=\\\"\",environment=\"C=#\" @\n");
	free(text);

	/* A node without such a sed. */
	c.sed = "";
	text = text_of(&c, &left);
	line_of(text, "AuthorizedKeysCommand /bin/echo %t %k\n");
	assert_null(strstr(text, "PermitUserEnvironment"));
	assert_string_equal(left.unsaid, "A, C");
	assert_string_equal(keys_text, "");
	free(text);
}

/* Without an echo of root's: the listed keys, with the same options. */
static void listed_keys(void **state)
{
	char *env[] = { "A=\"", "B=b", NULL };
	struct sshdconf c = conf_of(env, SSHDCONF_PLAIN);
	struct sshdconf_left left;
	char *text;

	(void)state;
	c.echo = c.sed = "";
	c.list = "ssh-ed25519 AAAA\nssh-rsa BBBB\n";
	text = text_of(&c, &left);
	line_of(text, "AuthorizedKeysFile \"/run/keys\"\n");
	assert_null(strstr(text, "AuthorizedKeysCommand"));
	line_of(text, "PermitUserEnvironment A\n");
	assert_string_equal(keys_text,
		"environment=\"A=\\\"\" ssh-ed25519 AAAA\nenvironment=\"A=\\\"\" ssh-rsa BBBB\n");
	free(text);
	c.words = SSHDCONF_ESCAPED;
	text = text_of(&c, &left);
	assert_string_equal(keys_text, c.list);
	assert_null(strstr(text, "PermitUserEnvironment"));
	free(text);
}

static void knows_how_it_reads(void **state)
{
	struct buf b = { 0 };

	(void)state;
	sshdconf_put_probe(&b);
	buf_append(&b, "", 1);
	assert_string_equal(buf_data(&b), "SetEnv \"VSCODE_REMOTE_SHELL_WORDS=\\\\#\"\n");
	buf_fini(&b);
	assert_int_equal(sshdconf_words_of("port 22\nsetenv VSCODE_REMOTE_SHELL_WORDS=\\#\nx y\n"),
		SSHDCONF_ESCAPED);
	assert_int_equal(sshdconf_words_of("setenv VSCODE_REMOTE_SHELL_WORDS=\\\\#\n"),
		SSHDCONF_PLAIN);
	/* As 8.4 has it. */
	assert_int_equal(sshdconf_words_of("port 22\n"), SSHDCONF_PLAIN);
}

/* What sshd has itself, or no line can say. */
static void leaves_out(void **state)
{
	char *env[] = { "SSH_CLIENT=x", "SSH_TTY=/dev/pts/1", "TERM=xterm",
		"TERMINAL=y", "=x", "NONE", "F=() {\n}", "R=a\rb", "SSH_CLIENTS=1", NULL };
	char *none[] = { "TERM=xterm", NULL };
	struct sshdconf c = conf_of(env, SSHDCONF_ESCAPED);
	struct sshdconf_left left;
	char *text = text_of(&c, &left);

	(void)state;
	assert_string_equal(line_of(text, "SetEnv"),
		"SetEnv \"TERMINAL=y\" \"SSH_CLIENTS=1\"\n");
	assert_int_equal(left.n_unsaid, 2);
	assert_string_equal(left.unsaid, "F, R");
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
	struct sshdconf c = conf_of(env, SSHDCONF_ESCAPED);
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
	struct sshdconf c = conf_of(NULL, SSHDCONF_ESCAPED);
	struct sshdconf_left left;
	char *text;

	(void)state;
	c.host_key = "/run/a \"b\"/key";
	text = text_of(&c, &left);
	line_of(text, "HostKey \"/run/a \\\"b\\\"/key\"\n");
	line_of(text, "AuthorizedKeysCommandUser \"ann\"\n");
	line_of(text, "AuthorizedKeysCommand /bin/echo %t %k\n");
	assert_string_equal(keys_text, "");
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
		cmocka_unit_test(quotes_for_older),
		cmocka_unit_test(options_of_a_key),
		cmocka_unit_test(listed_keys),
		cmocka_unit_test(knows_how_it_reads),
		cmocka_unit_test(leaves_out),
		cmocka_unit_test(limits),
		cmocka_unit_test(says_who),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
