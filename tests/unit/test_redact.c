/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "os/redact.h"

static const struct row {
	const char *in;
	const char *want;
} rows[] = {
	{ "", "" },
	{ "nothing secret == here", "nothing secret == here" },
	{ "connectionToken==a-_9==", "connectionToken==****==" },
	{ "connectionToken====", "connectionToken====" },
	{ "execServerToken==11-aa==platform==linux==",
		"execServerToken==*****==platform==linux==" },
	{ "multiplexConnectionToken==abc==", "multiplexConnectionToken==***==" },
	{ "codeConnectionToken==abc", "codeConnectionToken==***" },
	{ "codeConnectionToken: abc-d", "codeConnectionToken: *****" },
	{ "webUiAccessToken====x", "webUiAccessToken====x" },
	{ "webUiAccessToken==ab==\nconnectionToken==cd==\n",
		"webUiAccessToken==**==\nconnectionToken==**==\n" },
	{ "GET /?tkn=abc&folder=/x HTTP/1.1", "GET /?tkn=***&folder=/x HTTP/1.1" },
	{ "/stable?reconnectionToken=ab-c&skip=1",
		"/stable?reconnectionToken=****&skip=1" },
	{ "node --connection-token=abc --port 0",
		"node --connection-token=*** --port 0" },
	{ "node --connection-token abc --port 0",
		"node --connection-token *** --port 0" },
	{ "\"--connection-token=abc\" \"--x\"", "\"--connection-token=***\" \"--x\"" },
	{ "--connection-token \"ab\"", "--connection-token \"**\"" },
	{ "--connection-token-file /run/x", "--connection-token-file /run/x" },
	{ "--without-connection-token --port 0",
		"--without-connection-token --port 0" },
	{ "VSCODE_CLI_REQUIRE_TOKEN=ab12 code", "VSCODE_CLI_REQUIRE_TOKEN=**** code" },
	{ "--on-port --require-token 5720 &> \"x\"",
		"--on-port --require-token **** &> \"x\"" },
	{ "--require-token=5720", "--require-token=****" },
	{ "{\"execServerToken\":\"ab\",\"os\":\"linux\"}",
		"{\"execServerToken\":\"**\",\"os\":\"linux\"}" },
	{ "{\\\"connectionToken\\\": \\\"ab\\\"}",
		"{\\\"connectionToken\\\": \\\"***\"}" },
	{ "CONNECTIONTOKEN=abc", "CONNECTIONTOKEN=***" },
	{ "connectionToken", "connectionToken" },
	{ "connectionToken=", "connectionToken=" },
	{ "connectionToken==", "connectionToken==" },
	{ "--require-token", "--require-token" },
	{ "--require-token ", "--require-token " },
	{ "the connectionToken is missing", "the connectionToken is missing" },
};

static void stars(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *text = strdup(rows[i].in);	/* exact, for ASan */

		assert_int_equal(strlen(rows[i].in), strlen(rows[i].want));
		redact(text);
		assert_string_equal(text, rows[i].want);
		redact(text);
		assert_string_equal(text, rows[i].want);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stars),
	};

	return cmocka_run_group_tests_name("redact", tests, NULL, NULL);
}
