/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The marks of start scripts, and the ways in which these come: read by a shell from
 * its stdin, as a command, or in base64 in a command. A mark is a text in which '#'
 * is an id, 12 hexadecimal digits or more, and '@' the folder of a server below the
 * home directory.
 */
#include "editor/bootstrap.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "editor/posixshell.h"

#define BLANKS " \t"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define HEX DIGITS "abcdef-"
#define ID_LEAST 12

/* Seen in November 2026; which editor has it, and whether only as input. */
static const struct mark {
	const char *text;
	int typed;
} marks[] = {
	/* What Remote-SSH types first, 0.39 to 0.128, and Cursor until 2024. */
	{ "ready: #", 1 },
	/* The first line of their scripts, and a marker of the block. */
	{ "\"#: running\"", 0 },
	{ "\"#: start\"", 0 },
	/* Whoever tells a port: those, open-remote-ssh and what came of it
	   (VSCodium, Positron, Windsurf, Trae, Kiro, Antigravity), Cursor since. */
	{ "isteningOn==$", 0 },
	/* Their folders, which stand at the top: Remote-SSH, then the others. */
	{ "VSCODE_AGENT_FOLDER=@", 0 },
	{ "SERVER_DATA_DIR=@", 0 },
};

/* Of the text at p: how long the id is, or 0. */
static size_t id_at(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && strchr(HEX, p[n]) != NULL && p[n] != '\0')
		n++;
	return n >= ID_LEAST && *p != '-' ? n : 0;
}

/* "$HOME/.x, ${HOME}/.x, with a quote or without. */
static size_t folder_at(const char *p, size_t len)
{
	static const char *const homes[] = { "$HOME/.", "${HOME}/.", "~/." };
	size_t quote = len > 0 && *p == '"';

	for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
		size_t n = strlen(homes[i]);

		if (len >= quote + n && memcmp(p + quote, homes[i], n) == 0)
			return quote + n;
	}
	return 0;
}

static int is_mark_at(const char *mark, const char *p, size_t len)
{
	for (; *mark != '\0'; mark++) {
		size_t n = *mark == '#' ? id_at(p, len) :
			*mark == '@' ? folder_at(p, len) :
			len > 0 && *p == *mark;

		if (n == 0)
			return 0;
		p += n;
		len -= n;
	}
	return 1;
}

static int has_mark(const char *text, size_t len, int typed)
{
	if (len > BOOTSTRAP_INPUT_MAX)
		len = BOOTSTRAP_INPUT_MAX;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (marks[i].typed && !typed)
			continue;
		for (size_t at = 0; at < len; at++)
			if (is_mark_at(marks[i].text, text + at, len - at))
				return 1;
	}
	return 0;
}

int bootstrap_of_input(const char *text, size_t len)
{
	return has_mark(text, len, 1);
}

/* The next word without quotes or signs of the shell: its length, or 0. */
static size_t plain_word(const char **p)
{
	*p += strspn(*p, BLANKS);
	return strspn(*p, LETTERS DIGITS "/._-");
}

static int is_shell(const char *word, size_t len)
{
	char *path = mem_strndup(word, len);
	int is = posixshell_is(path);

	free(path);
	return is;
}

static int is_word(const char *p, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(p, word, len) == 0;
}

/*
 * A shell that reads its stdin: "sh", "bash -s", "/bin/bash -l", and Cursor's
 * "bash --login -c bash".
 */
static int is_bare_shell(const char *p)
{
	static const char *const options[] = {
		"-l", "--login", "-s", "-ls", "--noprofile", "--norc",
	};
	size_t n = plain_word(&p), i;

	if (is_word(p, n, "exec")) {
		p += n;
		n = plain_word(&p);
	}
	if (n == 0 || !is_shell(p, n))
		return 0;
	for (p += n; (n = plain_word(&p)) > 0; p += n) {
		if (is_word(p, n, "-c")) {
			p += n;
			n = plain_word(&p);
			if (n == 0 || !is_shell(p, n))
				return 0;
			p += n;
			break;
		}
		for (i = 0; i < sizeof options / sizeof *options; i++)
			if (is_word(p, n, options[i]))
				break;
		if (i == sizeof options / sizeof *options)
			return 0;
	}
	return p[strspn(p, BLANKS)] == '\0';
}

/* open-remote-ssh: echo BASE64 | base64 -d | bash -l */
static int is_in_base64(const char *command)
{
	const char *p = command + strspn(command, BLANKS), *behind;
	size_t len;
	char *text;
	int is;

	if (strncmp(p, "echo ", 5) != 0)
		return 0;
	p += 5;
	p += strspn(p, BLANKS "\"'");
	len = base64_span(p);
	behind = p + len;
	behind += strspn(behind, "=\"'");
	behind += strspn(behind, BLANKS);
	if (*behind != '|')
		return 0;
	behind++;
	behind += strspn(behind, BLANKS);
	if (strncmp(behind, "base64 ", 7) != 0)
		return 0;
	text = mem_alloc(BOOTSTRAP_INPUT_MAX);
	is = has_mark(text, base64_decode(p, len, text, BOOTSTRAP_INPUT_MAX),
		1);
	free(text);
	return is;
}

enum bootstrap bootstrap_of_command(const char *command)
{
	if (is_bare_shell(command))
		return BOOTSTRAP_INPUT;
	return is_in_base64(command) || has_mark(command, strlen(command), 0) ?
		BOOTSTRAP_YES : BOOTSTRAP_NO;
}
