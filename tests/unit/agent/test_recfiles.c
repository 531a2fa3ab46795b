/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "agent/servers/recfiles.h"
#include "base/mem.h"

#define COMMIT "1234567890123456789012345678901234567890"
#define NAME "." COMMIT
#define CLI "cli/servers/Stable-" COMMIT

static int dir, copies;
static struct err e;

static int open_dir(const char *name)
{
	char *path = mem_printf("%s/%s", fake_dir, name);
	int fd = (mkdir(path, 0700), open(path, O_RDONLY | O_DIRECTORY));

	free(path);
	return fd;
}

static int setup(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	dir = open_dir("servers");
	copies = open_dir("copies");
	return dir == -1 || copies == -1 ? -1 : 0;
}

static int teardown(void **state)
{
	close(dir);
	close(copies);
	return fake_agent_end(state);
}

static void write_record(const char *pid)
{
	fake_file("servers/" NAME ".pid", pid);
	fake_file("servers/" NAME ".log", "Extension host agent listening on 1\n");
	fake_file("servers/" NAME ".token", "token");
}

/* How many files are in RECFILES_STALE. */
static int count_stale(void)
{
	int fd = openat(dir, RECFILES_STALE, O_RDONLY | O_DIRECTORY), n = 0;
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL)
		n += entry->d_name[0] != '.';
	if (d != NULL)
		closedir(d);
	return n;
}

static void reads_a_file(void **state)
{
	struct buf text = { 0 };
	struct stat st;

	(void)state;
	write_record("17\n");
	assert_int_equal(recfiles_read(dir, NAME, 0, &text, &st, &e), 0);
	assert_int_equal(text.len, 3);
	assert_memory_equal(buf_data(&text), "17\n", 3);
	buf_fini(&text);
	fake_file("servers/" CLI "/pid.txt", "18");
	assert_int_equal(recfiles_read(dir, CLI, 0, &text, &st, &e), 0);
	assert_memory_equal(buf_data(&text), "18", 2);
	buf_fini(&text);
	assert_int_equal(recfiles_read(dir, ".none", 0, &text, &st, &e), -1);
	assert_int_equal(errno, ENOENT);
}

/* What somebody may have put there is neither read, moved nor removed. */
static void touches_no_link(void **state)
{
	struct buf text = { 0 };
	struct stat st;

	(void)state;
	fake_file("secret", "do not read");
	assert_int_equal(symlinkat("../secret", dir, NAME ".pid"), 0);
	assert_int_equal(recfiles_read(dir, NAME, 0, &text, &st, &e), -1);
	assert_int_equal(errno, EPERM);
	assert_non_null(strstr(e.text, "is a symbolic link"));
	assert_int_equal(recfiles_move(dir, NAME, &e), -1);
	assert_int_equal(recfiles_remove(dir, NAME, &e), -1);
	assert_string_equal(fake_text("secret"), "do not read");
	assert_int_equal(faccessat(dir, NAME ".pid", F_OK, 0), 0);
	/* Nor is one on the way. */
	fake_file("elsewhere/Stable-" COMMIT "/pid.txt", "18");
	assert_int_equal(mkdirat(dir, "cli", 0700), 0);
	assert_int_equal(symlinkat("../../elsewhere", dir, "cli/servers"), 0);
	assert_int_equal(recfiles_read(dir, CLI, 0, &text, &st, &e), -1);
	assert_int_equal(recfiles_remove(dir, CLI, &e), -1);
	assert_non_null(fake_text("elsewhere/Stable-" COMMIT "/pid.txt"));
	assert_int_equal(mkfifoat(dir, ".fifo.pid", 0600), 0);
	assert_int_equal(recfiles_read(dir, ".fifo", 0, &text, &st, &e), -1);
	assert_non_null(strstr(e.text, "not a regular file"));
}

static void moves_and_removes(void **state)
{
	(void)state;
	write_record("17");
	assert_int_equal(recfiles_move(dir, NAME, &e), 0);
	assert_null(fake_text("servers/" NAME ".pid"));
	assert_null(fake_text("servers/" NAME ".log"));
	assert_null(fake_text("servers/" NAME ".token"));
	assert_int_equal(count_stale(), 3);
	/* What is gone is moved, and removed. */
	assert_int_equal(recfiles_move(dir, NAME, &e), 0);
	write_record("17");
	assert_int_equal(recfiles_remove(dir, NAME, &e), 0);
	assert_null(fake_text("servers/" NAME ".pid"));
	assert_int_equal(recfiles_remove(dir, NAME, &e), 0);
	assert_int_equal(count_stale(), 3);
}

static void puts_a_record_back(void **state)
{
	struct serverrec_mark mark = { .folder = ".vscode-server",
		.name = NAME, .pid = 17, .start = 99 };
	struct buf text = { 0 };

	(void)state;
	write_record("17");
	assert_int_equal(recfiles_save(dir, &mark, copies, &e), 0);
	write_record("18, of another host");
	assert_int_equal(recfiles_copy(copies, &mark, 0, &text, &e), 0);
	assert_memory_equal(buf_data(&text), "17", 2);
	buf_fini(&text);
	assert_int_equal(recfiles_restore(dir, &mark, copies, &e), 0);
	assert_string_equal(fake_text("servers/" NAME ".pid"), "17");
	assert_string_equal(fake_text("servers/" NAME ".token"), "token");
	/* That of another process is none. */
	mark.pid = 18;
	assert_int_equal(recfiles_restore(dir, &mark, copies, &e), -1);
	assert_string_equal(fake_text("servers/" NAME ".pid"), "17");
}

/* Sixty of two weeks stay; a name that is no time is another's. */
static void prunes_what_is_old(void **state)
{
	long long now = (long long)time(NULL);
	char name[128];

	(void)state;
	for (int i = 0; i < 70; i++) {
		snprintf(name, sizeof name, "servers/" RECFILES_STALE "/x%d.%lld",
			i, now - i);
		fake_file(name, "");
	}
	fake_file("servers/" RECFILES_STALE "/y.99999999999999999999", "");
	fake_file("servers/" RECFILES_STALE "/mine.txt", "");
	recfiles_prune(dir);
	assert_int_equal(count_stale(), 62);
	snprintf(name, sizeof name, "servers/" RECFILES_STALE "/x59.%lld",
		now - 59);
	assert_non_null(fake_text(name));
	snprintf(name, sizeof name, "servers/" RECFILES_STALE "/x60.%lld",
		now - 60);
	assert_null(fake_text(name));
	fakeclock_pass(agent.job.base, 15LL * 86400 * 1000);
	recfiles_prune(dir);
	assert_int_equal(count_stale(), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_a_file),
		TEST(touches_no_link),
		TEST(moves_and_removes),
		TEST(puts_a_record_back),
		TEST(prunes_what_is_old),
	};

	return cmocka_run_group_tests_name("recfiles", tests, NULL, NULL);
}
