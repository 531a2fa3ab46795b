/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing is waited for until it is on the disk: what a node that crashed has left
 * there is written again before anybody uses it.
 */
#include "agent/pathdir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/prologue.h"
#include "os/safepath.h"

int pathdir_open(const char *path, struct err *e)
{
	int dir = strchr(path, ':') == NULL ? safepath_dir(path, 1, NULL, e) :
		err_set(e, "a name with a colon cannot stand in PATH");
	char *text;
	int ret;

	if (dir == -1)
		return -1;
	text = prologue_bashrc(path);
	ret = safepath_write_unsynced(dir, PROLOGUE_BASHRC, text, strlen(text),
		e);
	free(text);
	if (ret == 0)
		return dir;
	close(dir);
	return -1;
}

int pathdir_put(int dir, const char *name, const void *data, size_t len,
	struct err *e)
{
	if (safepath_write_unsynced(dir, name, data, len, e) == -1)
		return -1;
	if (fchmodat(dir, name, 0700, 0) == -1)
		return err_set(e, "%s: %s", name, strerror(errno));
	return faccessat(dir, name, X_OK, 0) == 0 ? 0 :
		err_set(e, "%s cannot be run there: %s", name, strerror(errno));
}
