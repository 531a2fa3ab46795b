/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/log.h"

static char dir[] = "/tmp/test_log.XXXXXX";
static char path[64], other[64];

static char text[65536];

/* A thread writes it, and is waited for when the log is closed. */
static const char *slurp(const char *file)
{
	struct err e;
	int fd;
	ssize_t n;

	log_fini();
	assert_int_equal(log_open(path, &e), 0);
	fd = open(file, O_RDONLY);
	n = read(fd, text, sizeof text - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
	return text;
}

static void open_log(void)
{
	struct err e = { "" };

	if (log_open(path, &e) == -1)
		fail_msg("%s", e.text);
}

/* Run with stderr on fd. */
static int stderr_to(int fd)
{
	int saved = dup(STDERR_FILENO);

	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	return saved;
}

static void stderr_back(int saved)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void is_private_and_appended(void **state)
{
	struct stat st;

	(void)state;
	open_log();
	log_error("one %d", 1);
	log_fini();
	open_log();
	log_error("two");
	assert_non_null(strstr(slurp(path), "[ERROR] one 1\n"));
	assert_non_null(strstr(text, "[ERROR] two\n"));
	assert_int_equal(text[4], '-');
	assert_int_equal(text[19], ',');
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void narrows_the_mode(void **state)
{
	struct stat st;

	(void)state;
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(chmod(path, 0644), 0);
	open_log();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void refuses_symlinks(void **state)
{
	struct err e = { "" };
	struct stat st;

	(void)state;
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(log_open(path, &e), -1);
	assert_non_null(strstr(e.text, "symbolic link"));
	assert_int_equal(lstat(other, &st), -1);
}

/* A log that stays as it was when the new one cannot be opened. */
static void a_failed_open_keeps_the_old_one(void **state)
{
	struct err e;

	(void)state;
	open_log();
	assert_int_equal(log_open("/nonexistent/x", &e), -1);
	log_error("still here");
	assert_non_null(strstr(slurp(path), "still here"));
}

static void nothing_steers_a_terminal(void **state)
{
	(void)state;
	open_log();
	log_error("%s", "\033[2J\xc2\x9b" "1m\r\n2026 [ERROR] forged\x9d\x7f"
		"\xe2\x80\xae");
	slurp(path);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	for (const char *p = text; p[1] != '\0'; p++)
		assert_true(*p >= ' ' && *p < 0x7f);
	assert_non_null(strstr(text, "\\033[2J\\302\\2331m\\015\\012"));
}

static void tokens_are_redacted(void **state)
{
	int null = open("/dev/null", O_WRONLY), saved;

	(void)state;
	open_log();
	log_error("connectionToken==s3cr3t==");
	saved = stderr_to(null);
	log_tell("--connection-token s3cr3t");
	stderr_back(saved);
	close(null);
	assert_null(strstr(slurp(path), "s3cr3t"));
	assert_non_null(strstr(text, "connectionToken==******=="));
	assert_non_null(strstr(text, "--connection-token ******"));
}

static void long_lines_are_cut_whole(void **state)
{
	static char big[20000];

	(void)state;
	open_log();
	memset(big, 1, sizeof big - 1);		/* each becomes four */
	log_error("%s", big);
	slurp(path);
	assert_true(strlen(text) <= 4096);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_int_equal(memcmp(strchr(text, '\n') - 4, "\\001", 4), 0);
}

static void levels_are_kept(void **state)
{
	(void)state;
	open_log();
	log_set_level(LOG_LEVEL_WARNING);
	log_info("quiet");
	log_warning("loud");
	log_set_level(99);
	assert_true(log_wants(LOG_LEVEL_DEBUG));
	log_set_level(-99);
	assert_true(log_wants(LOG_LEVEL_CRITICAL));
	assert_false(log_wants(LOG_LEVEL_ERROR));
	assert_null(strstr(slurp(path), "quiet"));
	assert_non_null(strstr(text, "[WARNING] loud\n"));
}

static void keeps_errno(void **state)
{
	int fds[2], saved;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	saved = stderr_to(fds[1]);
	errno = ENOTTY;
	log_error("to a pipe nobody reads");
	log_tell("and again");
	assert_int_equal(errno, ENOTTY);
	stderr_back(saved);
	close(fds[1]);
}

static void tells_the_user(void **state)
{
	int fds[2], saved;
	char line[256];
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	saved = stderr_to(fds[1]);
	log_tell("job %s\n", "42\033");
	log_set_quiet(1);
	log_tell("silence");
	stderr_back(saved);
	close(fds[1]);
	n = read(fds[0], line, sizeof line - 1);
	assert_true(n > 0);
	line[n] = '\0';
	assert_string_equal(line, "test: job 42\\033\\012\n");
	assert_int_equal(read(fds[0], line, sizeof line), 0);
	close(fds[0]);
}

/* sshd may stop to read our stderr; alarm() ends us if that blocks. */
static void never_blocks(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		int fds[2], saved;

		assert_int_equal(kind == 0 ? pipe(fds) :
			socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		saved = stderr_to(fds[1]);
		for (int i = 0; i < 20000; i++)
			log_tell("line %d: and some text to fill it up", i);
		stderr_back(saved);
		close(fds[0]);
		close(fds[1]);
	}
}

/*
 * Stderr is a pipe that nobody reads, as a file system that hangs. What is kept
 * comes later, whole lines, the first ones, and all of it before exit().
 */
static void a_thread_never_waits(void **state)
{
	static char all[4 << 20];
	int fds[2], saved;
	size_t len = 0;
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	/* So little fits that the thread waits at once. */
	assert_true(fcntl(fds[1], F_SETPIPE_SZ, 4096) >= 0);
	saved = stderr_to(fds[1]);
	log_from_behind();
	for (int i = 0; i < 20000; i++)
		log_error("%d %0200d", i, 0);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	for (int idle = 0; idle < 50; idle++) {
		while ((n = read(fds[0], all + len, sizeof all - 1 - len)) > 0) {
			len += (size_t)n;
			idle = 0;
		}
		usleep(10000);
	}
	log_fini();
	log_error("last");
	n = read(fds[0], all + len, sizeof all - 1 - len);
	stderr_back(saved);
	assert_true(n > 0);
	len += (size_t)n;
	all[len] = '\0';
	assert_true(len > 40000 && len < 2000000);
	assert_non_null(strstr(all, "] 0 00"));
	assert_non_null(strstr(all, "] 100 00"));
	assert_null(strstr(all, "] 19999 00"));
	assert_non_null(strstr(all, "] last\n"));
	assert_int_equal(all[len - 1], '\n');
	close(fds[0]);
	close(fds[1]);
}

/* Who gives up says why, and calls exit(): the line is not lost. */
static void exit_writes_the_last_line(void **state)
{
	int fds[2], status;
	char line[256];
	ssize_t n;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		log_from_behind();
		log_fail("the end");
		exit(3);
	}
	close(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	n = read(fds[0], line, sizeof line - 1);
	close(fds[0]);
	line[n > 0 ? n : 0] = '\0';
	assert_string_equal(line, "test: the end\n");
}

static int setup(void **state)
{
	(void)state;
	log_init("test");
	log_set_level(LOG_LEVEL_ERROR);
	log_set_quiet(0);
	unlink(path);
	unlink(other);
	alarm(20);
	return 0;
}

static int teardown(void **state)
{
	log_fini();
	return setup(state);
}

static int group_setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/log", dir);
	snprintf(other, sizeof other, "%s/other", dir);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	return rmdir(dir);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(is_private_and_appended),
		T(narrows_the_mode),
		T(refuses_symlinks),
		T(a_failed_open_keeps_the_old_one),
		T(nothing_steers_a_terminal),
		T(tokens_are_redacted),
		T(long_lines_are_cut_whole),
		T(levels_are_kept),
		T(keeps_errno),
		T(tells_the_user),
		T(never_blocks),
		T(a_thread_never_waits),
		T(exit_writes_the_last_line),
	};

	return cmocka_run_group_tests_name("log", tests, group_setup,
		group_teardown);
}
