/* SPDX-License-Identifier: BSD-2-Clause */
/* Apps: those that are built in, and what settings say of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "opt/app.h"
#include "settings.h"

/* Each is whole, passes its own checks, and has no secret as an argument. */
static void builtin_ones_are_good(void **state)
{
	const struct config none = { 0 };
	const struct app *b;
	struct app app;
	struct err e;

	(void)state;
	for (size_t i = 0; (b = app_builtin(i)) != NULL; i++) {
		assert_int_equal(appkey_is_app(b->name, &e), 0);
		assert_int_equal(app_find(&none, b->name, &app, &e), 0);
		assert_non_null(app.value[APPKEY_DESCRIPTION]);
		for (int k = 0; k < APPKEYS; k++)
			if (app.value[k] != NULL && appkey_check(
				(enum appkey)k, app.value[k], &e) == -1)
				fail_msg("%s: %s", b->name, e.text);
		/*
		 * The token stands behind '=' of a variable, nowhere else, and of
		 * that one only which the tool keeps from what it starts.
		 */
		for (const char *at = app.value[APPKEY_COMMAND];
			(at = strstr(at, "$APP_TOKEN")) != NULL; at++)
			assert_true(strncmp(at, "$APP_TOKEN_FILE", 15) == 0 ||
				(strcmp(b->name, "code-server") == 0 &&
				strncmp(at - 9, "PASSWORD=", 9) == 0));
		assert_non_null(strstr(app.value[APPKEY_COMMAND],
			app_has_socket(&app) ? "APP_SOCKET" : "APP_PORT"));
	}
	assert_int_equal(app_find(&none, "nosuch", &app, &e), -1);
	assert_string_equal(e.text, "there is no app 'nosuch'; there are: jupyterlab, notebook, code-server, tensorboard, rstudio, marimo, files");
}

/* examples/apps.conf is what they are, so that it can be changed from there. */
static void the_example_says_the_same(void **state)
{
	char text[16384];
	FILE *f = fopen("examples/apps.conf", "r");
	struct config c = { 0 };
	const struct app *b;
	struct app app;
	struct err e;
	size_t len, keys = 0;

	(void)state;
	assert_non_null(f);	/* it is run from the top of the tree */
	len = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[len] = '\0';
	if (settings_add(&c, OPT_BY_USER, text, &e) == -1)
		fail_msg("%s", e.text);
	for (size_t i = 0; (b = app_builtin(i)) != NULL; i++) {
		assert_int_equal(app_find(&c, b->name, &app, &e), 0);
		keys++;
		for (int k = 0; k < APPKEYS; k++) {
			if (b->value[k] == NULL)
				continue;
			assert_string_equal(app.value[k], b->value[k]);
			assert_ptr_not_equal(app.value[k], b->value[k]);
			keys++;
		}
	}
	/* And no more than that. */
	assert_int_equal(c.n, keys);
	config_fini(&c);
}

static void settings_say_more(void **state)
{
	struct config c = { 0 };
	struct opt_list names = { 0 };
	struct app app;
	struct err e;

	(void)state;
	assert_int_equal(settings_add(&c, OPT_BY_SITE, "[app files]\ndirectory = /data\nclient-port = 9\n"
		"[app mine]\ncommand = exec x # \n[app none]\n", &e), 0);
	assert_int_equal(settings_add(&c, OPT_BY_USER, "[app files]\ndirectory = ~/x\n"
		"[app mine]\nlisten = socket\nstart-timeout = 2m\nurl = /a?t={token}&u={token}\n", &e), 0);
	assert_int_equal(app_find(&c, "files", &app, &e), 0);
	assert_string_equal(app.value[APPKEY_DIRECTORY], "~/x");
	assert_int_equal(app_number(&app, APPKEY_CLIENT_PORT), 9);
	assert_true(app_has_socket(&app));
	assert_int_equal(app_find(&c, "mine", &app, &e), 0);
	assert_string_equal(app.value[APPKEY_COMMAND], "exec x");
	assert_string_equal(app.value[APPKEY_DIRECTORY], "~");
	assert_true(app_has_socket(&app));
	assert_int_equal(app_number(&app, APPKEY_START_TIMEOUT), 120);
	assert_int_equal(app_number(&app, APPKEY_CLIENT_PORT), 8080);
	assert_int_equal(app_find(&c, "none", &app, &e), -1);
	assert_string_equal(e.text, "F:6: nothing says the command of the app 'none'");
	app_names(&c, &names);
	assert_int_equal(names.n, 9);
	assert_string_equal(names.word[0], "jupyterlab");
	assert_string_equal(names.word[7], "mine");
	assert_string_equal(names.word[8], "none");
	optlist_free(&names);
	config_fini(&c);
}

static void urls_have_the_token(void **state)
{
	struct app app = { "a", { [APPKEY_URL] = "/a?t={token}&u={token}" } };
	int asks;
	char *url = app_url(&app, "5ec", &asks);

	(void)state;
	assert_string_equal(url, "/a?t=5ec&u=5ec");
	assert_false(asks);
	free(url);
	app.value[APPKEY_URL] = "/";
	url = app_url(&app, "5ec", &asks);
	assert_string_equal(url, "/");
	assert_true(asks);
	free(url);
}

static void slips_are_told(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "[app 8]\n", "F:1: [app 8]: '8' is no name of an app" },
		{ "[app a234567890123456789012345]\n", "F:1: [app a23" },
		{ "[limit app a]\n", "F:1: unknown section" },
		{ "[app a]\ncomand = x\n", "F:2: unknown key 'comand': do you mean 'command'?" },
		{ "[app a]\nlinger = 1s\n", "F:2: unknown key 'linger': an app has" },
		{ "[app a]\nlisten = tcp\n", "F:2: listen: 'tcp' is not one of socket, port" },
		{ "[app a]\nurl = x\n", "F:2: url: 'x' is what stands behind" },
		{ "[app a]\nclient-port = 0\n", "F:2: client-port: '0' is not a port" },
		{ "[app a]\nstart-timeout = 2h\n", "F:2: start-timeout: '2h' is out of range (1s to 1h)" },
		{ "[app a]\nstart-timeout = x\n", "F:2: start-timeout: 'x' is no time" },
		{ "[app a]\ndirectory = x\n", "F:2: directory: 'x' begins neither" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct config c = { 0 };
		struct err e = { "" };

		assert_int_equal(settings_add(&c, OPT_BY_USER, rows[i].text, &e), -1);
		if (strncmp(e.text, rows[i].want, strlen(rows[i].want)) != 0)
			fail_msg("'%s': '%s', not '%s'", rows[i].text, e.text,
				rows[i].want);
		config_fini(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builtin_ones_are_good),
		cmocka_unit_test(the_example_says_the_same),
		cmocka_unit_test(settings_say_more),
		cmocka_unit_test(urls_have_the_token),
		cmocka_unit_test(slips_are_told),
	};

	return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
