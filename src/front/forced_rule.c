/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The first reason that holds decides. Our own commands run here even where
 * everything else is for the job: `list', and the ProxyCommand of another entry.
 */
#include "front/forced_rule.h"

#include <fnmatch.h>
#include <string.h>

#include "editor/bootstrap.h"

#define BLANKS " \t"

/* The part of a path behind its last slash, in the first word. */
static const char *program_of(const char *command, size_t *len)
{
	size_t at, end;

	command += strspn(command, BLANKS);
	end = strcspn(command, BLANKS);
	for (at = end; at > 0 && command[at - 1] != '/'; at--)
		;
	*len = end - at;
	return command + at;
}

static int is_called(const char *p, size_t len, const char *name)
{
	const char *slash = strrchr(name, '/');

	name = slash != NULL ? slash + 1 : name;
	return strlen(name) == len && memcmp(p, name, len) == 0;
}

/* One command of ours, and nothing behind it that the shell would run, too. */
static int is_own(const struct forced_case *c)
{
	size_t len;
	const char *p = program_of(c->command, &len);

	return (is_called(p, len, "vscode-remote-shell") ||
		is_called(p, len, c->called)) &&
		strpbrk(p, ";&|<>()`$\n") == NULL;
}

static int asks_for_itself(const char *command)
{
	for (size_t len; *command != '\0'; command += len) {
		command += strspn(command, BLANKS);
		len = strcspn(command, BLANKS);
		if (len == 6 && memcmp(command, "forced", 6) == 0)
			return 1;
	}
	return 0;
}

static int matches(const struct forced_case *c)
{
	for (size_t i = 0; i < c->into_job->n; i++)
		if (fnmatch(c->into_job->word[i], c->command, 0) == 0)
			return 1;
	return 0;
}

static enum forced_where into_job(const struct forced_case *c)
{
	return c->in_session ? FORCED_IN_SESSION : FORCED_JOB;
}

enum forced_where forced_where(const struct forced_case *c)
{
	int has_command = c->command != NULL && c->command[0] != '\0';

	/* Started by su, cron or tmux, or in the job: an ordinary shell. */
	if (c->is_login_shell && (!c->by_ssh || c->in_session))
		return FORCED_HERE;
	if (!has_command)
		return into_job(c);
	if (is_own(c))
		return asks_for_itself(c->command) && !c->is_login_shell ?
			FORCED_ITSELF : FORCED_HERE;
	if (c->all || matches(c))
		return into_job(c);
	/* Editors give ssh none; a person does, who may type anything. */
	if (c->has_terminal)
		return FORCED_HERE;
	switch (bootstrap_of_command(c->command)) {
	case BOOTSTRAP_YES:
		return into_job(c);
	case BOOTSTRAP_INPUT:
		return c->in_session ? FORCED_HERE : FORCED_INPUT;
	case BOOTSTRAP_NO:
		break;
	}
	return FORCED_HERE;
}
