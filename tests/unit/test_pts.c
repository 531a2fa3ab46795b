/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "os/pts.h"

/* As the kernel puts a device into one number. */
static int device(unsigned major_nr, unsigned minor_nr)
{
	return (int)((minor_nr & 0xff) | major_nr << 8 |
		(minor_nr & ~0xffu) << 12);
}

static void knows_the_numbers(void **state)
{
	static const struct {
		unsigned major_nr, minor_nr;
		int want;
	} rows[] = {
		{ 136, 0, 0 },
		{ 136, 255, 255 },
		{ 137, 0, 256 },
		{ 143, 255, 2047 },
		{ 136, 256, 256 },
		{ 136, 70000, 70000 },
		{ 135, 0, -1 },
		{ 144, 0, -1 },
		{ 4, 1, -1 },
		{ 0, 0, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (pts_number(device(rows[i].major_nr, rows[i].minor_nr)) !=
			rows[i].want)
			fail_msg("%u, %u is not %d", rows[i].major_nr,
				rows[i].minor_nr, rows[i].want);
}

/* A pseudo terminal of ours; its number. */
static int terminal(int *master, int *slave)
{
	const char *name;
	struct stat st;
	struct termios raw;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	if (*master == -1 || grantpt(*master) == -1 || unlockpt(*master) == -1)
		return -1;
	name = ptsname(*master);
	*slave = open(name, O_RDWR | O_NOCTTY);
	if (*slave == -1 || fstat(*slave, &st) == -1)
		return -1;
	tcgetattr(*slave, &raw);
	cfmakeraw(&raw);
	tcsetattr(*slave, TCSANOW, &raw);
	/* As the device is told, which is what the kernel shows. */
	assert_int_equal(pts_number(device(major(st.st_rdev),
		minor(st.st_rdev))), atoi(strrchr(name, '/') + 1));
	return atoi(strrchr(name, '/') + 1);
}

static void tells_who_takes_it(void **state)
{
	int master, slave, n = terminal(&master, &slave);
	char got[16] = "";

	(void)state;
	if (n == -1) {
		print_message("# skipped: no pseudo terminals here\n");
		return;
	}
	fcntl(master, F_SETFL, O_NONBLOCK);
	assert_int_equal(fchmod(slave, 0600), 0);
	assert_int_equal(pts_tell(n, getuid(), "a", 1), -1);
	assert_int_equal(fchmod(slave, 0620), 0);
	assert_int_equal(pts_tell(n, getuid() + 1, "b", 1), -1);
	assert_int_equal(pts_tell(n, getuid(), "c", 1), 0);
	assert_int_equal(read(master, got, sizeof got), 1);
	assert_string_equal(got, "c");
	close(slave);
	close(master);
	assert_int_equal(pts_tell(n, getuid(), "d", 1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_numbers),
		cmocka_unit_test(tells_who_takes_it),
	};

	return cmocka_run_group_tests_name("pts", tests, NULL, NULL);
}
