/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/nodefs.h"

/* What /proc/mounts calls the file system at that place; "" if none is there. */
static void type_of(const char *place, char type[64])
{
	char line[4096], at[4096], kind[64];
	FILE *f = fopen("/proc/mounts", "re");

	type[0] = '\0';
	assert_non_null(f);
	/* The last one hides those before it. */
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "%*s %4095s %63s", at, kind) == 2 &&
			strcmp(at, place) == 0)
			strcpy(type, kind);
	fclose(f);
}

static void memory_is_of_the_node(void **state)
{
	char type[64];

	(void)state;
	type_of("/dev/shm", type);
	if (strcmp(type, "tmpfs") == 0)
		assert_true(nodefs_has("/dev/shm"));
}

/* As a network's, or one of a kind that nobody has thought of. */
static void what_is_not_known_is_not(void **state)
{
	int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_false(nodefs_is(fd));
	close(fd);
	assert_false(nodefs_has("/proc"));
	assert_false(nodefs_has("/nonexistent"));
	assert_false(nodefs_is(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_of_the_node),
		cmocka_unit_test(what_is_not_known_is_not),
	};

	return cmocka_run_group_tests_name("nodefs", tests, NULL, NULL);
}
