/* SPDX-License-Identifier: BSD-2-Clause */
/* As execvp(3) searches, for who has to know what is found. */
#include "os/pathsearch.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Directories have that bit, too. */
static int is_program_file(const char *path)
{
	struct stat st;

	return access(path, X_OK) == 0 && stat(path, &st) == 0 &&
		S_ISREG(st.st_mode);
}

int pathsearch(const char *dirs, const char *name, char *path, size_t size)
{
	while (dirs != NULL && *dirs != '\0') {
		size_t len = strcspn(dirs, ":");
		int n = snprintf(path, size, "%.*s/%s", (int)len, dirs, name);

		if (dirs[0] == '/' && n > 0 && (size_t)n < size &&
			is_program_file(path))
			return 1;
		dirs += len + (dirs[len] == ':');
	}
	return 0;
}
