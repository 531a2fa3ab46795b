/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where this program is, for who calls it from elsewhere. /proc/self/exe comes last:
 * behind a link to the current version it would name that version for ever.
 */
#include "front/setup/ownpath.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/pathsearch.h"

static char *in_path(const char *called)
{
	char path[PATH_MAX];

	return pathsearch(getenv("PATH"), called, path, sizeof path) ?
		mem_strdup(path) : NULL;
}

static char *below_here(const char *called)
{
	char dir[PATH_MAX];

	if (getcwd(dir, sizeof dir) == NULL || dir[0] != '/')
		return NULL;
	while (strncmp(called, "./", 2) == 0)
		called += 2;
	return mem_printf("%s/%s", dir, called);
}

static char *running(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path);

	return n > 0 && n < (ssize_t)sizeof path ?
		mem_strndup(path, (size_t)n) : NULL;
}

char *ownpath(const char *called)
{
	char *path = called[0] == '/' ? mem_strdup(called) :
		strchr(called, '/') != NULL ? below_here(called) :
		in_path(called);

	return path != NULL ? path : running();
}
