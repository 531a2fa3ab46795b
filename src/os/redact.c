/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The names of VS Code's tokens, and the forms in which they come. os/log.c
 * calls redact() for each line of a log: an editor's words may be in it.
 */
#include "os/redact.h"

#include <string.h>
#include <strings.h>

/*
 * Names whose values are secret. The end of a longer name counts too:
 * multiplexConnectionToken, codeConnectionToken and reconnectionToken are found
 * by their last part. A name with `option` may have its value in the next word.
 */
static const struct secret {
	const char *name;
	int option;
} secrets[] = {
	{ "connectionToken", 0 },
	{ "execServerToken", 0 },
	{ "webUiAccessToken", 0 },
	{ "tkn", 0 },
	{ "VSCODE_CLI_REQUIRE_TOKEN", 0 },
	{ "--connection-token", 1 },
	{ "--require-token", 1 },
};

/* Stars until the value's end. Returns where that is. */
static char *star(char *p, const char *ends, int marked)
{
	for (; *p != '\0' && strchr(ends, *p) == NULL; p++) {
		if (marked && p[0] == '=' && p[1] == '=')
			break;
		*p = '*';
	}
	return p;
}

/*
 * p is behind a name. Returns where to go on: behind the value, or p itself
 * when no value follows.
 */
static char *redact_value(char *p, int option)
{
	static const char ends[] = " \t\r\n\"'`&";
	char *v = p + strspn(p, "\\\"'");

	if (v[0] == '=' && v[1] == '=')
		return star(v + 2, " \t\r\n", 1);
	if (*v != '=' && *v != ':' && !(option && (*v == ' ' || *v == '\t')))
		return p;
	v++;
	v += strspn(v, " \t\\\"'`");
	return star(v, ends, 0);
}

void redact(char *text)
{
	char *p = text;

	while (*p != '\0') {
		char *next = p + 1;

		for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
			size_t len = strlen(secrets[i].name);

			if (strncasecmp(p, secrets[i].name, len) == 0) {
				next = redact_value(p + len,
					secrets[i].option);
				break;
			}
		}
		p = next;
	}
}
