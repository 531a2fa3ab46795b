/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Only what OpenSSH 8.0 knows may stand here: an sshd refuses a configuration in
 * which there is one word that it does not know. The environment is one line,
 * since sshd takes the first SetEnv and drops others without a word; a value of
 * several lines cannot be written in it. What else an older sshd cannot read
 * there it is given as options of the key by which the client logs in.
 */
#include "agent/sshdconf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/shellword.h"

static const char fixed[] =
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
	"Subsystem sftp internal-sftp\n"
	"AcceptEnv LANG LC_* COLORTERM NO_COLOR TERM_PROGRAM*\n"
	"ClientAliveInterval 30\n"
	"ClientAliveCountMax 10\n";

/* Of the connection or its terminal: sshd has its own, or the client. */
static const char *const of_sshd[] = { "SSH_CLIENT", "SSH_CONNECTION",
	"SSH_TTY", "SSH_ORIGINAL_COMMAND", "TERM", NULL };

/* In quotes, with a backslash before each of those characters. */
static void put_escaped(struct buf *out, const char *text, const char *those)
{
	buf_puts(out, "\"");
	for (; *text != '\0'; text++) {
		if (strchr(those, *text) != NULL)
			buf_puts(out, "\\");
		buf_append(out, text, 1);
	}
	buf_puts(out, "\"");
}

static void put_quoted(struct buf *out, const char *text,
	enum sshdconf_words words)
{
	put_escaped(out, text, words == SSHDCONF_ESCAPED ? "\"\\" : "");
}

static int is_of_sshd(const char *word)
{
	if (strcspn(word, "=") == 0 || strchr(word, '=') == NULL)
		return 1;	/* such a one it would refuse */
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
		"SSH_AUTH_SOCK=", "DISPLAY=", "XAUTHORITY=",
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

/* Can it stand in the line SetEnv? */
static int is_plain(const struct sshdconf *c, const char *word)
{
	return c->words == SSHDCONF_ESCAPED || strpbrk(word, "\"#") == NULL;
}

/*
 * Can it be an option of a key? sshd reads \" there as a quote, but a backslash
 * as itself: one at the end would take away the quote that ends the option.
 */
static int is_option(const struct sshdconf *c, const char *word)
{
	static const char of_name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz0123456789";
	size_t name = strspn(word, of_name);

	return word[name] == '=' && word[strlen(word) - 1] != '\\' &&
		(c->echo[0] == '\0' || c->sed[0] != '\0');
}

/* Those that can be said, into words; returns how many. */
static size_t choose(const struct sshdconf *c, const char **words,
	struct sshdconf_left *left)
{
	size_t n = 0;

	for (char *const *env = c->env; *env != NULL; env++) {
		if (is_of_sshd(*env))
			continue;
		if (strpbrk(*env, "\r\n") == NULL &&
			(is_plain(c, *env) || is_option(c, *env))) {
			words[n++] = *env;
			continue;
		}
		left->n_unsaid++;
		put_name(left->unsaid, sizeof left->unsaid, *env);
	}
	if (n <= SSHDCONF_VARIABLES)
		return n;
	qsort(words, n, sizeof *words, by_length);
	left->n_long = n - SSHDCONF_VARIABLES;
	for (size_t i = n; i-- > SSHDCONF_VARIABLES;)
		put_name(left->names, sizeof left->names, words[i]);
	return SSHDCONF_VARIABLES;
}

static void put_setenv(struct buf *out, const struct sshdconf *c,
	const char *const *words, size_t n)
{
	const char *before = "SetEnv ";

	for (size_t i = 0; i < n; i++) {
		if (!is_plain(c, words[i]))
			continue;
		buf_puts(out, before);
		put_quoted(out, words[i], c->words);
		before = " ";
	}
	if (before[0] == ' ')
		buf_puts(out, "\n");
}

static void put_option(struct buf *out, const char *word)
{
	buf_puts(out, out->len > 0 ? ",environment=" : "environment=");
	put_escaped(out, word, "\"");
}

/* What is not plain, as options of a key; sshd is told to take no other names. */
static void put_options(struct buf *out, struct buf *options,
	const struct sshdconf *c, const char *const *words, size_t n)
{
	const char *before = "PermitUserEnvironment ";

	for (size_t i = 0; i < n; i++) {
		if (is_plain(c, words[i]))
			continue;
		put_option(options, words[i]);
		buf_puts(out, before);
		buf_append(out, words[i], strcspn(words[i], "="));
		before = ",";
	}
	if (before[0] == ',')
		buf_puts(out, "\n");
}

/* Of a program that sshd runs: every version reads those in one way. */
static void put_argument(struct buf *out, const char *text)
{
	buf_puts(out, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_puts(out, "\\");
		if (*text == '%')
			buf_puts(out, "%");
		buf_append(out, text, 1);
	}
	buf_puts(out, "\"");
}

/*
 * Whatever key the client offers is taken: echo prints it as the one that may
 * log in, or sed behind the options. Who reaches this sshd has proved the
 * session's key to the agent, and authorized_keys of the user is not asked,
 * since a key with a command there would get more than that command here.
 */
static void put_any_key(struct buf *out, struct buf *keys,
	const struct sshdconf *c, const struct buf *options)
{
	buf_puts(out, "AuthorizedKeysFile none\nAuthorizedKeysCommandUser ");
	put_quoted(out, c->user, c->words);
	if (options->len == 0) {
		buf_printf(out, "\nAuthorizedKeysCommand %s %%t %%k\n", c->echo);
		return;
	}
	buf_append(keys, buf_data(options), options->len);
	buf_puts(keys, " @\n");
	buf_printf(out, "\nAuthorizedKeysCommand %s \"s,@$,%%t %%k,\" ", c->sed);
	put_argument(out, c->keys);
	buf_puts(out, "\n");
}

/* Where there is no such echo: those of the user's own list, and no other. */
static void put_list(struct buf *out, struct buf *keys,
	const struct sshdconf *c, const struct buf *options)
{
	const char *line = c->list;

	buf_puts(out, "AuthorizedKeysFile ");
	put_quoted(out, c->keys, c->words);
	buf_puts(out, "\n");
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		if (options->len > 0) {
			buf_append(keys, buf_data(options), options->len);
			buf_puts(keys, " ");
		}
		buf_append(keys, line, len);
		buf_puts(keys, "\n");
		line += len + (line[len] == '\n');
	}
}

void sshdconf_put(struct buf *out, struct buf *keys, const struct sshdconf *c,
	struct sshdconf_left *left)
{
	struct buf options = { 0 };
	const char **words;
	size_t n = 0;

	while (c->env != NULL && c->env[n] != NULL)
		n++;
	words = mem_alloc((n + 1) * sizeof *words);
	n = c->env != NULL ? choose(c, words, left) : 0;
	buf_puts(out, "HostKey ");
	put_quoted(out, c->host_key, c->words);
	buf_puts(out, "\n");
	buf_puts(out, fixed);
	buf_printf(out, "X11Forwarding %s\n", c->has_display ? "no" : "yes");
	put_options(out, &options, c, words, n);
	if (c->echo[0] != '\0')
		put_any_key(out, keys, c, &options);
	else
		put_list(out, keys, c, &options);
	if (c->force != NULL) {
		buf_puts(out, "ForceCommand /bin/sh ");
		shellword_put(out, c->force);
		buf_puts(out, "\n");
	}
	put_setenv(out, c, words, n);
	buf_wipe(&options);
	free(words);
}

#define PROBE "VSCODE_REMOTE_SHELL_WORDS="

void sshdconf_put_probe(struct buf *out)
{
	buf_puts(out, "SetEnv \"" PROBE "\\\\#\"\n");
}

enum sshdconf_words sshdconf_words_of(const char *printed)
{
	return strstr(printed, "setenv " PROBE "\\#\n") != NULL ?
		SSHDCONF_ESCAPED : SSHDCONF_PLAIN;
}
