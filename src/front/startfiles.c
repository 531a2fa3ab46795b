/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Which files a login shell reads before it takes the client's script: a row a
 * shell, by the name of its program, since the user has to look into them.
 */
#include "front/startfiles.h"

#include <string.h>

#include "base/shellword.h"

#define PROFILE "~/.profile or /etc/profile"

static const struct {
	const char *shell, *files;
} rows[] = {
	{ "bash", "the first there is of ~/.bash_profile, ~/.bash_login and ~/.profile, what that reads (~/.bashrc), or /etc/profile" },
	{ "rbash", "the first there is of ~/.bash_profile, ~/.bash_login and ~/.profile, what that reads (~/.bashrc), or /etc/profile" },
	{ "zsh", "~/.zshenv, ~/.zprofile, ~/.zshrc or ~/.zlogin, or those of the system in /etc" },
	{ "ksh", PROFILE ", or what $ENV names" },
	{ "ksh93", PROFILE ", or what $ENV names" },
	{ "mksh", PROFILE ", or what $ENV names" },
	{ "sh", PROFILE },
	{ "dash", PROFILE },
	{ "ash", PROFILE },
	{ "yash", "~/.yash_profile" },
};

void startfiles_explain(struct buf *out, const char *path, int given)
{
	const char *name = strrchr(path, '/');
	const char *files = NULL;

	name = name != NULL ? name + 1 : path;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].shell, name) == 0)
			files = rows[i].files;
	if (files == NULL) {
		buf_puts(out, given ? "it is " : "the shell is ");
		shellword_put(out, path);
		buf_printf(out, "%s, and what that starts or reads; `sh -x ",
			given ? ", which --shell names" : "");
		shellword_put(out, path);
		buf_puts(out, " </dev/null` on a login node shows each line of a script");
		return;
	}
	buf_printf(out, "most likely %s; `", files);
	shellword_put(out, given ? path : name);
	buf_puts(out, " -lx </dev/null` on a login node shows each line");
}
