/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/pathdial.h"

static char dir[] = "/tmp/test_pathdial.XXXXXX", path[80];
static int hang, anew;

static int bound(void);

/* On demand: a file system that does not answer; a name that is made anew. */
int lstat(const char *restrict name, struct stat *restrict st)
{
	while (hang)
		pause();
	if (anew > 0 && --anew == 0) {
		unlink(path);
		(void)bound();
	}
	return fstatat(AT_FDCWD, name, st, AT_SYMLINK_NOFOLLOW);
}

#if !__GLIBC_PREREQ(2, 33)
/* By this name programs called it until then. */
int __lxstat(int version, const char *name, struct stat *st)
{
	(void)version;
	return lstat(name, st);
}
#endif

static int begin(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/socket", dir);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static int bound(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	return fd;
}

static int serve(void)
{
	int fd = bound();

	assert_int_equal(listen(fd, 5), 0);
	return fd;
}

static int ask(const char *name, int dial, int *fd, struct err *e)
{
	struct pollfd p = { .events = POLLIN };
	pid_t pid = pathdial_start(name, dial, &p.fd, e);
	int result;

	assert_true(pid > 0);
	while ((result = pathdial_result(p.fd, fd, e)) == 1)
		assert_int_equal(poll(&p, 1, 10000), 1);
	close(p.fd);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return result;
}

static void finds_and_connects(void **state)
{
	int listener = serve(), fd, peer;
	struct err e;
	char c;

	(void)state;
	assert_int_equal(ask(path, 0, &fd, &e), 0);
	assert_int_equal(fd, -1);
	assert_int_equal(ask(path, 1, &fd, &e), 0);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	peer = accept(listener, NULL, NULL);
	assert_int_equal(write(peer, "x", 1), 1);
	fcntl(fd, F_SETFL, 0);
	assert_int_equal(read(fd, &c, 1), 1);
	/* Nobody else holds it open. */
	close(peer);
	assert_int_equal(read(fd, &c, 1), 0);
	close(fd);
	close(listener);
	/* The name stays without its listener. */
	assert_int_equal(ask(path, 1, &fd, &e), -1);
	assert_non_null(strstr(e.text, "connect: Connection refused"));
	assert_int_equal(fd, -1);
	/* It is gone when that is wanted. */
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(ask(path, PATHDIAL_DIAL_OR_REMOVE, &fd, &e), -1);
	assert_string_equal(e.text, "an earlier ssh had left it there: it is removed now, so connect once more");
	assert_int_equal(access(path, F_OK), -1);
	/* One that is served is not. */
	listener = serve();
	assert_int_equal(ask(path, PATHDIAL_DIAL_OR_REMOVE, &fd, &e), 0);
	close(fd);
	close(listener);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
}

/* Of an ssh that is about to listen, and of one that came in between. */
static void removes_nobody_elses(void **state)
{
	int fd, ssh = bound();
	struct err e;

	(void)state;
	assert_int_equal(ask(path, PATHDIAL_DIAL_OR_REMOVE, &fd, &e), -1);
	assert_string_equal(e.text, "an earlier ssh has left it there, or it is another machine's: remove it, and connect once more");
	assert_int_equal(access(path, F_OK), 0);
	close(ssh);
	/* The first look is whether it is a socket, the second before it goes. */
	anew = 2;
	assert_int_equal(ask(path, PATHDIAL_DIAL_OR_REMOVE, &fd, &e), -1);
	anew = 0;
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
}

static void needs_a_descriptor(void **state)
{
	struct pollfd p = { .events = POLLIN };
	int listener = serve(), fd;
	struct rlimit old, few;
	struct err e;
	pid_t pid = pathdial_start(path, 1, &p.fd, &e);

	(void)state;
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)p.fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(pathdial_result(p.fd, &fd, &e), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_string_equal(e.text, "Too many open files");
	assert_int_equal(fd, -1);
	close(p.fd);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(listener);
	unlink(path);
}

/* A socket of ours, at which another listens. */
static void refuses_who_is_no_user(void **state)
{
	int fd, listener = bound();
	struct err e;
	pid_t pid;

	(void)state;
	/* Not skip(): to cmocka's TAP that is a failure. */
	if (geteuid() != 0) {
		print_message("# skipped: needs another user\n");
		return;
	}
	pid = fork();
	if (pid == 0)
		_exit(setresuid(54321, 54321, 54321) == -1 ||
			listen(listener, 5) == -1);
	assert_int_equal(waitpid(pid, &fd, 0), pid);
	assert_int_equal(fd, 0);
	assert_int_equal(ask(path, 1, &fd, &e), -1);
	assert_non_null(strstr(e.text, "socket is served by another user"));
	close(listener);
	unlink(path);
}

static void refuses_others(void **state)
{
	char name[300];
	struct err e;
	int fd;

	(void)state;
	assert_int_equal(ask("/nonexistent", 1, &fd, &e), -1);
	assert_non_null(strstr(e.text, "No such file"));
	assert_int_equal(ask("/etc/passwd", 1, &fd, &e), -1);
	assert_string_equal(e.text, "/etc/passwd is not a socket");
	memset(name, 'x', sizeof name - 1);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	assert_int_equal(ask(name, 1, &fd, &e), -1);
	assert_true(e.text[0] != '\0');
}

static void waits_for_no_file_system(void **state)
{
	int report, fd;
	struct err e;
	pid_t pid;

	(void)state;
	hang = 1;
	pid = pathdial_start(path, 1, &report, &e);
	hang = 0;
	assert_true(pid > 0);
	assert_int_equal(pathdial_result(report, &fd, &e), 1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(pathdial_result(report, &fd, &e), -1);
	assert_true(e.text[0] != '\0');
	close(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_and_connects),
		cmocka_unit_test(removes_nobody_elses),
		cmocka_unit_test(needs_a_descriptor),
		cmocka_unit_test(refuses_who_is_no_user),
		cmocka_unit_test(refuses_others),
		cmocka_unit_test(waits_for_no_file_system),
	};

	return cmocka_run_group_tests_name("pathdial", tests, begin, finish);
}
