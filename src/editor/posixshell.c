/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * By its name alone: the shell may be another host's, so nothing is opened or
 * run.
 */
#include "editor/posixshell.h"

#include <string.h>

int posixshell_is(const char *path)
{
	static const char *const names[] = {
		"sh", "bash", "rbash", "dash", "ash", "ksh", "ksh93", "mksh",
		"zsh", "yash",
	};
	const char *name = strrchr(path, '/');

	name = name != NULL ? name + 1 : path;
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return 1;
	return 0;
}
