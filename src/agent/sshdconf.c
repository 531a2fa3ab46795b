/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Only what OpenSSH 8.0 knows may stand here: an sshd refuses a configuration in
 * which there is one word that it does not know. The environment is one line,
 * since sshd takes the first SetEnv and drops others without a word; a value of
 * several lines cannot be written in it.
 */
#include "agent/sshdconf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/*
 * Whatever key the client offers is taken: echo prints it as the one that may
 * log in. Who reaches this sshd has proved the session's key to the agent, and
 * authorized_keys of the user is not asked, since a key with a command there
 * would get more than that command here.
 */
static const char fixed[] =
	"AuthorizedKeysFile none\n"
	"AuthorizedKeysCommand /bin/echo %t %k\n"
	"PubkeyAuthentication yes\n"
	"PasswordAuthentication no\n"
	"ChallengeResponseAuthentication no\n"
	"HostbasedAuthentication no\n"
	"StrictModes no\n"
	"UsePAM no\n"
	"PidFile none\n"
	"PrintMotd no\n"
	"LogLevel INFO\n"
	"MaxAuthTries 50\n"
	"MaxSessions 1000\n"
	"X11Forwarding yes\n"
	"Subsystem sftp internal-sftp\n"
	"AcceptEnv LANG LC_* COLORTERM NO_COLOR TERM_PROGRAM*\n"
	"ClientAliveInterval 30\n"
	"ClientAliveCountMax 10\n";

/* Of the connection or its terminal: sshd has its own, or the client. */
static const char *const of_sshd[] = { "SSH_AUTH_SOCK", "SSH_CLIENT",
	"SSH_CONNECTION", "SSH_TTY", "SSH_ORIGINAL_COMMAND", "TERM", NULL };

static void put_quoted(struct buf *out, const char *text)
{
	buf_puts(out, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_append(out, "\\", 1);
		buf_append(out, text, 1);
	}
	buf_puts(out, "\"");
}

static int is_of_sshd(const char *word)
{
	for (const char *const *name = of_sshd; *name != NULL; name++) {
		size_t len = strlen(*name);

		if (strncmp(word, *name, len) == 0 && word[len] == '=')
			return 1;
	}
	return 0;
}

/* Without these a session is none: they are never too long. */
static int is_needed(const char *word)
{
	static const char *const begins[] = { "PATH=", "HOME=", "SHELL=",
		"LANG=", "VSCODE_REMOTE_SHELL_SESSION=", "XDG_RUNTIME_DIR=",
		"LD_LIBRARY_PATH=", "SLURM_", "CUDA_VISIBLE_DEVICES=", NULL };

	for (const char *const *b = begins; *b != NULL; b++)
		if (strncmp(word, *b, strlen(*b)) == 0)
			return 1;
	return 0;
}

static int by_length(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	size_t m = is_needed(*x) ? 0 : strlen(*x);
	size_t n = is_needed(*y) ? 0 : strlen(*y);

	return m != n ? (m > n) - (m < n) : strcmp(*x, *y);
}

/* As long as there is room for whole ones. */
static void put_name(char *out, size_t size, const char *word)
{
	size_t len = strlen(out), n = strcspn(word, "=");

	if (len + n + sizeof ", " <= size)
		snprintf(out + len, size - len, "%s%.*s", len > 0 ? ", " : "",
			(int)n, word);
}

/* Those that can be said, into words; returns how many. */
static size_t choose(char *const *env, const char **words,
	struct sshdconf_left *left)
{
	size_t n = 0;

	for (; *env != NULL; env++) {
		if (is_of_sshd(*env))
			continue;
		if (strpbrk(*env, "\r\n") != NULL)
			left->n_lines++;
		else
			words[n++] = *env;
	}
	if (n <= SSHDCONF_VARIABLES)
		return n;
	qsort(words, n, sizeof *words, by_length);
	left->n_long = n - SSHDCONF_VARIABLES;
	for (size_t i = n; i-- > SSHDCONF_VARIABLES;)
		put_name(left->names, sizeof left->names, words[i]);
	return SSHDCONF_VARIABLES;
}

static void put_env(struct buf *out, char *const *env,
	struct sshdconf_left *left)
{
	const char **words;
	size_t n = 0;

	while (env[n] != NULL)
		n++;
	words = mem_alloc((n + 1) * sizeof *words);
	n = choose(env, words, left);
	if (n > 0)
		buf_puts(out, "SetEnv");
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, " ");
		put_quoted(out, words[i]);
	}
	if (n > 0)
		buf_puts(out, "\n");
	free(words);
}

void sshdconf_put(struct buf *out, const struct sshdconf *c,
	struct sshdconf_left *left)
{
	buf_puts(out, "HostKey ");
	put_quoted(out, c->host_key);
	buf_printf(out, "\nAuthorizedKeysCommandUser %s\n", c->user);
	buf_puts(out, fixed);
	if (c->env != NULL)
		put_env(out, c->env, left);
}
