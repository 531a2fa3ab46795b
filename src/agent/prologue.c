/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "agent/prologue.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/shellword.h"

static char *taken_from(struct buf *b)
{
	char *text = mem_strndup(buf_data(b), b->len);

	buf_fini(b);
	return text;
}

/* What a shell is told beside its name, to read bin behind all else. */

static void bash_hook(struct buf *out, const char *bin)
{
	buf_puts(out, " --rcfile ");
	shellword_put(out, bin);
	buf_puts(out, "/" PROLOGUE_BASHRC);
}

static void fish_hook(struct buf *out, const char *bin)
{
	struct buf words = { 0 };

	buf_puts(&words, "test \"$PATH[1]\" = ");
	shellword_put(&words, bin);
	buf_puts(&words, "; or set -gx PATH ");
	shellword_put(&words, bin);
	buf_puts(&words, " $PATH");
	buf_append(&words, "", 1);
	buf_puts(out, " -C ");
	shellword_put(out, buf_data(&words));
	buf_fini(&words);
}

/* --rcfile takes the place of the user's own alone. */
char *prologue_bashrc(const char *bin)
{
	struct buf out = { 0 };

	buf_puts(&out, "test ! -r ~/.bashrc || . ~/.bashrc\ncase $PATH in\n");
	shellword_put(&out, bin);
	buf_puts(&out, ":*) ;;\n*) PATH=");
	shellword_put(&out, bin);
	buf_puts(&out, ":$PATH ;;\nesac\n");
	return taken_from(&out);
}

#define POSIX_BEFORE "{ "
#define POSIX_BEHIND "\n} </dev/null >&2 || echo \"vscode-remote-shell: the prologue has ended with status $?\" >&2\n"

/* How a shell says "these lines, with stdin and stdout of nobody". */
static const struct language {
	const char *shell;
	const char *before, *behind;
	const char *path[2];	/* around what is put before PATH */
	const char *login;	/* makes it a login shell, beside -c */
	void (*hook)(struct buf *out, const char *bin);	/* NULL: it has none */
} languages[] = {
	/* One line of csh alone can be given another stdin. */
	{ "csh", "", "\n", { "setenv PATH ", ":${PATH}\n" }, "", NULL },
	{ "tcsh", "", "\n", { "setenv PATH ", ":${PATH}\n" }, "", NULL },
	{ "fish", "begin\n", "\nend </dev/null >&2\n",
		{ "set -gx PATH ", " $PATH\n" }, " -l", fish_hook },
	{ "bash", POSIX_BEFORE, POSIX_BEHIND,
		{ "PATH=", ":$PATH; export PATH\n" }, " -l", bash_hook },
	{ "", POSIX_BEFORE, POSIX_BEHIND,
		{ "PATH=", ":$PATH; export PATH\n" }, " -l", NULL },
};

static const struct language *language_of(const char *shell)
{
	const struct language *l = languages;
	const char *slash = strrchr(shell, '/');

	shell = slash != NULL ? slash + 1 : shell;
	while (l->shell[0] != '\0' && strcmp(l->shell, shell) != 0)
		l++;
	return l;
}

static void put_lines(struct buf *out, const struct opt_list *lines,
	const char *bin, const struct language *l)
{
	if (lines->n > 0)
		buf_puts(out, l->before);
	for (size_t i = 0; i < lines->n; i++)
		buf_printf(out, "%s%s", i > 0 ? "\n" : "", lines->word[i]);
	if (lines->n > 0)
		buf_puts(out, l->behind);
	if (bin == NULL)
		return;
	buf_puts(out, l->path[0]);
	shellword_put(out, bin);
	buf_puts(out, l->path[1]);
}

char *prologue_command(const struct opt_list *lines, const char *bin,
	const char *shell, const char *command)
{
	const struct language *l = language_of(shell);
	struct buf out = { 0 };

	if (lines->n == 0 && bin == NULL)
		return NULL;
	put_lines(&out, lines, bin, l);
	if (command[0] != '\0') {
		buf_puts(&out, command);
	} else {
		buf_puts(&out, "exec ");
		shellword_put(&out, shell);
		if (bin != NULL && l->hook != NULL)
			l->hook(&out, bin);
	}
	return taken_from(&out);
}

/*
 * sshd's own sftp server is but a word to a forced command: the program of the same
 * package takes the same arguments.
 */
const char *const prologue_sftp[] = { "/usr/lib/openssh/sftp-server",
	"/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server",
	"/usr/libexec/sftp-server", NULL };

static void put_sftp(struct buf *out, const char *enter, const char *sftp)
{
	buf_puts(out, "case ${SSH_ORIGINAL_COMMAND-} in\ninternal-sftp|internal-sftp\\ *)\n");
	if (sftp[0] != '\0')
		buf_printf(out, "	exec %s%s ${SSH_ORIGINAL_COMMAND#internal-sftp} ;;\nesac\n",
			enter, sftp);
	if (sftp[0] != '\0')
		return;
	buf_puts(out, "	for p in");
	for (const char *const *p = prologue_sftp; *p != NULL; p++)
		buf_printf(out, " %s", *p);
	buf_puts(out, "; do\n"
		"		test ! -x $p || exec $p ${SSH_ORIGINAL_COMMAND#internal-sftp}\n"
		"	done\n"
		"	echo 'vscode-remote-shell: there is no sftp-server on this node' >&2\n"
		"	exit 69 ;;\n"
		"esac\n");
}

int prologue_has_login(const char *shell)
{
	return language_of(shell)->login[0] != '\0';
}

char *prologue_force(const struct opt_list *lines, const char *bin,
	const char *shell, const char *enter, const char *sftp)
{
	const struct language *l = language_of(shell);
	char *session = prologue_command(lines, bin, shell, "");
	struct buf out = { 0 }, begin = { 0 };

	if (session == NULL && enter[0] == '\0')
		return NULL;
	put_lines(&begin, lines, bin, l);
	buf_append(&begin, "", 1);
	put_sftp(&out, enter, sftp);
	buf_printf(&out, "test -n \"${SSH_ORIGINAL_COMMAND-}\" || exec %s",
		enter);
	shellword_put(&out, shell);
	buf_puts(&out, l->login);
	if (session != NULL) {
		buf_puts(&out, " -c ");
		shellword_put(&out, session);
	}
	buf_printf(&out, "\nexec %s", enter);
	shellword_put(&out, shell);
	buf_puts(&out, " -c ");
	shellword_put(&out, buf_data(&begin));
	buf_puts(&out, "\"$SSH_ORIGINAL_COMMAND\"\n");
	free(session);
	buf_fini(&begin);
	return taken_from(&out);
}
