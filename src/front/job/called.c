/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users of a site may know only its wrapper, and under ssh nothing says how that
 * was called: argv[0] is what the wrapper wrote. So it tells us by a variable,
 * which no job and no shell gets to see.
 */
#include "front/job/called.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shellword.h"
#include "front/job/invocation.h"

#define VARIABLE "VSCODE_REMOTE_SHELL_NAME"
#define NAME_LONGEST 255

static int is_good(const char *name)
{
	if (name[0] == '\0' || strlen(name) > NAME_LONGEST)
		return 0;
	for (; *name != '\0'; name++)
		if (iscntrl((unsigned char)*name))
			return 0;
	return 1;
}

const char *called_as(const char *argv0)
{
	static char name[NAME_LONGEST + 1];
	const char *said = getenv(VARIABLE);

	if (said != NULL && is_good(said))
		snprintf(name, sizeof name, "%s", said);
	unsetenv(VARIABLE);
	if (name[0] != '\0')
		return name;
	return argv0 != NULL && is_good(argv0) ? argv0 : "vscode-remote-shell";
}

struct called called_for(const struct invocation *inv, const char *command)
{
	struct buf text = { 0 };
	struct called c;

	shellword_put(&text, inv->called);
	buf_printf(&text, " %s", command);
	if (strcmp(inv->opt->session.name, "default") != 0)
		buf_printf(&text, " %s", inv->opt->session.name);
	snprintf(c.s, sizeof c.s, "%.*s", (int)text.len, buf_data(&text));
	buf_fini(&text);
	return c;
}
