/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "fakedir.h"
#include "os/tmpdir.h"

char fake_dir[PATH_MAX];

/* Not of a name that agents give, or one of them might sweep it away. */
int fakedir_begin(void)
{
	strcpy(fake_dir, "/tmp/vscode-remote-unit.XXXXXX");
	return mkdtemp(fake_dir) == NULL ? -1 : 0;
}

int fakedir_end(void)
{
	struct err e;

	return tmpdir_remove(fake_dir, &e);
}

void fake_file(const char *path, const char *text)
{
	char *full = mem_printf("%s/%s", fake_dir, path);
	int fd;

	for (char *p = full + strlen(fake_dir) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0700);
		*p = '/';
	}
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	free(full);
}

const char *fake_text(const char *path)
{
	static char text[65536];
	char *full = mem_printf("%s/%s", fake_dir, path);
	int fd = open(full, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof text - 1);

	if (fd != -1)
		close(fd);
	free(full);
	if (n == -1)
		return NULL;
	text[n] = '\0';
	return text;
}
