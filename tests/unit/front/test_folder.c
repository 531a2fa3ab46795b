/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One front gives a job up while another comes to wait for it: whatever is done
 * between any two calls of the file system, one of the two sees the other. The
 * caches of NFS are at their worst here: no listing shows a file, and no look
 * finds a name, that was not there before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "front/job/folder.h"
#include "os/safepath.h"
#include "os/tmpdir.h"

static char dir[] = "/tmp/vrs-folder.XXXXXX";
static int state_fd, is_stale, countdown;
static void (*meanwhile)(void);		/* done before the call at countdown 0 */

static void step(void)
{
	void (*now)(void) = meanwhile;

	if (now == NULL || countdown-- > 0)
		return;
	meanwhile = NULL;
	now();
}

int unlinkat(int fd, const char *path, int flags)
{
	step();
	return (int)syscall(SYS_unlinkat, fd, path, flags);
}

int mkdirat(int fd, const char *path, mode_t mode)
{
	step();
	return (int)syscall(SYS_mkdirat, fd, path, mode);
}

int renameat(int fd, const char *path, int to_fd, const char *to)
{
	step();
	return (int)syscall(SYS_renameat2, fd, path, to_fd, to, 0);
}

int openat(int fd, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	step();
	return (int)syscall(SYS_openat, fd, path, flags, mode);
}

int faccessat(int fd, const char *path, int mode, int flags)
{
	(void)flags;
	step();
	if (is_stale) {
		errno = ENOENT;
		return -1;
	}
	return (int)syscall(SYS_faccessat, fd, path, mode);
}

struct dirent *readdir(DIR *d)
{
	static struct dirent *(*real)(DIR *);

	if (real == NULL)
		real = (struct dirent *(*)(DIR *))dlsym(RTLD_NEXT, "readdir");
	step();
	return is_stale ? NULL : real(d);
}

static struct folder giver, comer;
static int gave_up, saw;

static void comer_waits(void)
{
	struct endpoint ep = { .port = 1, .n = 1, .host = { "127.0.0.1" },
		.node = "n" };
	struct err e = { "" };

	if (folder_wait_here(&comer, &ep, &e) == -1)
		fail_msg("%s", e.text);
	saw = folder_is_given_up(&comer);
}

static void giver_gives_up(void)
{
	gave_up = folder_give_up(&giver) == 0;
}

/* One of them begins; after n of its calls the other does all of its own. */
static int meet(void (*first)(void), void (*second)(void), int n)
{
	char tag[17];
	struct err e = { "" };
	int met;

	is_stale = 0;
	folder_init(&giver, state_fd, dir);
	folder_init(&comer, state_fd, dir);
	if (folder_create(&giver, tag, &e) == -1 ||
		folder_enter(&comer, tag, &e) == -1)
		fail_msg("%s", e.text);
	is_stale = 1;
	gave_up = saw = 0;
	meanwhile = second;
	countdown = n;
	first();
	met = meanwhile == NULL;
	if (!met) {
		meanwhile = NULL;
		second();
	}
	if (gave_up && !saw)
		fail_msg("call %d: given up, and who waits does not know", n);
	is_stale = 0;
	folder_leave(&comer);
	folder_leave(&giver);
	assert_int_equal(tmpdir_remove_at(state_fd, tag, 100, &e), 0);
	return met;
}

/* At each point of the first, and behind it. Both outcomes occur. */
static void interleave(void (*first)(void), void (*second)(void))
{
	int n = 0, seen = 0, unseen = 0, met;

	do {
		met = meet(first, second, n);
		seen += saw;
		unseen += !gave_up;
		n++;
	} while (met);
	assert_true(n > 3);
	assert_true(seen > 0 && unseen > 0);
}

static void test_one_sees_the_other(void **state)
{
	(void)state;
	interleave(giver_gives_up, comer_waits);
	interleave(comer_waits, giver_gives_up);
}

static void test_kept_after_all(void **state)
{
	char tag[17];
	struct err e;

	(void)state;
	folder_init(&giver, state_fd, dir);
	folder_init(&comer, state_fd, dir);
	assert_int_equal(folder_create(&giver, tag, &e), 0);
	assert_int_equal(folder_enter(&comer, tag, &e), 0);
	giver_gives_up();
	assert_true(gave_up);
	comer_waits();
	assert_true(saw);
	folder_keep(&giver);
	assert_false(folder_is_given_up(&comer));
	giver_gives_up();
	assert_false(gave_up);
	folder_leave(&comer);
	giver_gives_up();
	assert_true(gave_up);
	folder_remove(&giver, tag);
}

static int make(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	state_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return state_fd == -1 ? -1 : 0;
}

static int unmake(void **state)
{
	struct err e;

	(void)state;
	close(state_fd);
	return tmpdir_remove(dir, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_sees_the_other),
		cmocka_unit_test(test_kept_after_all),
	};

	return cmocka_run_group_tests_name("folder", tests, make, unmake);
}
