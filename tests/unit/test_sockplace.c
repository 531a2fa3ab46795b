/* SPDX-License-Identifier: BSD-2-Clause */
/* A Unix socket that a child makes: os/sockplace.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/sockplace.h"

#define NO_SUCH_UID 1234568

static char base[40], dir[80];
static int hang;
static volatile int *held;	/* what the children see, too */

/* A file system that does not answer, on demand: never, or not while it is held. */
int mkdir(const char *name, mode_t mode)
{
	while (hang)
		pause();
	while (*held)
		usleep(1000);
	return (int)syscall(SYS_mkdirat, AT_FDCWD, name, mode);
}

static void clean(void)
{
	char command[100];

	snprintf(command, sizeof command, "rm -rf '%s'", base);
	assert_int_equal(system(command), 0);
}

static int begin(void **state)
{
	(void)state;
	if (held == NULL)
		held = mmap(NULL, sizeof *held, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (held == MAP_FAILED)
		return -1;
	strcpy(base, "/tmp/test_sockplace.XXXXXX");
	if (mkdtemp(base) == NULL)
		return -1;
	snprintf(dir, sizeof dir, "%s/vscode-remote-shell", base);
	return setenv("XDG_RUNTIME_DIR", base, 1);
}

static int finish(void **state)
{
	(void)state;
	while (waitpid(-1, NULL, 0) > 0)
		;
	clean();
	return 0;
}

static enum sockplace_found ask_for(const struct sockplace *was,
	const char *name, struct sockplace *p, struct err *e)
{
	struct pollfd report = { .events = POLLIN };
	pid_t pid = sockplace_start(was, name, 5, &report.fd, e);
	enum sockplace_found found;

	assert_true(pid > 0);
	while ((found = sockplace_result(report.fd, p, e)) ==
		SOCKPLACE_NOT_YET)
		assert_int_equal(poll(&report, 1, 10000), 1);
	close(report.fd);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return found;
}

static enum sockplace_found ask(const struct sockplace *was,
	struct sockplace *p, struct err *e)
{
	return ask_for(was, NULL, p, e);
}

static int connects(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), ret;

	strcpy(addr.sun_path, path);
	ret = connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0;
	close(fd);
	return ret;
}

static int is_readable(int fd)
{
	return poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 0) == 1;
}

static void is_gone(const char *path)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(errno, ENOENT);
}

static void makes_a_private_one(void **state)
{
	struct sockplace p;
	struct stat st;
	struct err e;
	int other;

	(void)state;
	umask(0);
	assert_int_equal(ask(NULL, &p, &e), SOCKPLACE_MADE);
	umask(022);
	assert_int_equal(strncmp(p.path, dir, strlen(dir)), 0);
	assert_int_equal(p.path[strlen(dir)], '/');
	assert_int_equal(stat(p.path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_true(st.st_dev == p.dev && st.st_ino == p.ino);
	assert_true(connects(p.path));
	for (int i = 0, fds[] = { p.listener, p.dir, p.notify }; i < 3; i++)
		assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(p.listener, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(p.notify, F_GETFL) & O_NONBLOCK);
	/* The lock came with the descriptor. */
	assert_int_equal(p.no_lock, 0);
	other = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
	assert_false(is_readable(p.notify));
	sockplace_remove(&p);
	is_gone(p.path);
	assert_true(is_readable(p.notify));
	sockplace_close(&p);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	close(other);
}

static void makes_it_anew(void **state)
{
	struct sockplace p, q;
	struct err e;

	(void)state;
	assert_int_equal(ask(NULL, &p, &e), SOCKPLACE_MADE);
	assert_int_equal(ask(&p, &q, &e), SOCKPLACE_SAME);
	/* Only the socket, */
	assert_int_equal(unlink(p.path), 0);
	assert_int_equal(ask(&p, &q, &e), SOCKPLACE_MADE);
	assert_string_equal(q.path, p.path);
	assert_true(connects(q.path));
	sockplace_close(&p);
	/* the directory, */
	assert_int_equal(unlink(q.path), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(ask(&q, &p, &e), SOCKPLACE_MADE);
	assert_string_equal(q.path, p.path);
	assert_true(connects(p.path));
	sockplace_close(&q);
	/* all of it. */
	clean();
	assert_int_equal(ask(&p, &q, &e), SOCKPLACE_MADE);
	assert_true(connects(q.path));
	sockplace_close(&p);
	sockplace_close(&q);
}

static void tells_what_another_made(void **state)
{
	struct sockplace p, q;
	struct err e;

	(void)state;
	assert_int_equal(ask(NULL, &p, &e), SOCKPLACE_MADE);
	assert_int_equal(unlink(p.path), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(ask(&p, &q, &e), SOCKPLACE_LOST);
	assert_non_null(strstr(e.text, "mode 0777 lets others in"));
	/* Nothing can be made there, nor is there anything. */
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(chmod(base, 0777), 0);
	assert_int_equal(ask(&p, &q, &e), SOCKPLACE_FAILED);
	assert_non_null(strstr(e.text, base));
	sockplace_close(&p);
}

/* Whoever listens there has been connected to. */
static int comes_to(const struct sockplace *p)
{
	int fd = connects(p->path) ? accept(p->listener, NULL, NULL) : -1;

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static void takes_a_name_over(void **state)
{
	struct sockplace p, q, r;
	struct stat st;
	struct err e;

	(void)state;
	assert_int_equal(ask_for(NULL, "a.sock", &p, &e), SOCKPLACE_MADE);
	assert_int_equal(strcmp(p.path + strlen(dir), "/a.sock"), 0);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(comes_to(&p));
	assert_int_equal(ask_for(&p, "a.sock", &q, &e), SOCKPLACE_SAME);
	/* The later one has it, */
	assert_int_equal(ask_for(NULL, "a.sock", &q, &e), SOCKPLACE_MADE);
	assert_true(comes_to(&q));
	assert_int_equal(ask_for(&p, "a.sock", &r, &e), SOCKPLACE_TAKEN);
	/* also when the earlier one ends; */
	sockplace_remove(&p);
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_true(comes_to(&q));
	/* and then the earlier one, which takes it from nobody. */
	sockplace_remove(&q);
	is_gone(q.path);
	assert_int_equal(ask_for(&p, "a.sock", &r, &e), SOCKPLACE_MADE);
	assert_true(comes_to(&r));
	assert_int_equal(ask_for(&q, "a.sock", &p, &e), SOCKPLACE_TAKEN);
	assert_true(comes_to(&r));
	/* One that is killed removes nothing. */
	assert_int_equal(ask_for(NULL, "a.sock", &q, &e), SOCKPLACE_MADE);
	assert_int_equal(ask_for(&r, "a.sock", &p, &e), SOCKPLACE_TAKEN);
	sockplace_close(&q);
	assert_int_equal(ask_for(&r, "a.sock", &p, &e), SOCKPLACE_MADE);
	assert_true(comes_to(&p));
	/* No other name stays behind. */
	assert_int_equal(unlink(r.path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void takes_no_name_of_something_else(void **state)
{
	struct sockplace p;
	char path[120];
	struct err e;

	(void)state;
	assert_int_equal(mkdir(dir, 0700), 0);
	snprintf(path, sizeof path, "%s/a.sock", dir);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(ask_for(NULL, "a.sock", &p, &e), SOCKPLACE_FAILED);
	assert_non_null(strstr(e.text, "something else has that name"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* In the name of somebody else, whose directory root has made. */
static void as_another(const char *path)
{
	struct sockplace p;
	struct err e;

	unsetenv("XDG_RUNTIME_DIR");
	if (setuid(NO_SUCH_UID) == -1)
		_exit(1);
	if (ask_for(NULL, "a.sock", &p, &e) != SOCKPLACE_LOST ||
		strstr(e.text, path) == NULL)
		_exit(2);
	/* One that nobody was told of may be anywhere. */
	if (ask(NULL, &p, &e) != SOCKPLACE_MADE ||
		strncmp(p.path, path, strlen(path)) != 0 ||
		p.path[strlen(path)] != '.')
		_exit(3);
	(void)unlink(p.path);
	*strrchr(p.path, '/') = '\0';
	_exit(rmdir(p.path) == -1);
}

static void says_who_has_the_directory(void **state)
{
	char path[60];
	int status;
	pid_t pid;

	(void)state;
	if (getuid() != 0) {
		print_message("# skipped: needs root to be somebody else\n");
		return;
	}
	snprintf(path, sizeof path, "/tmp/vscode-remote-shell-%d", NO_SUCH_UID);
	assert_int_equal(mkdir(path, 0700), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		as_another(path);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(status, 0);
}

static void refuses_a_long_path(void **state)
{
	char longer[120];
	struct sockplace p;
	struct err e;

	(void)state;
	snprintf(longer, sizeof longer, "%s/%070d", base, 0);
	assert_int_equal(mkdir(longer, 0700), 0);
	setenv("XDG_RUNTIME_DIR", longer, 1);
	assert_int_equal(ask(NULL, &p, &e), SOCKPLACE_FAILED);
	assert_non_null(strstr(e.text, "107 bytes"));
	setenv("XDG_RUNTIME_DIR", base, 1);
}

static void waits_for_no_file_system(void **state)
{
	struct sockplace p;
	int report;
	struct err e;
	pid_t pid;

	(void)state;
	hang = 1;
	pid = sockplace_start(NULL, NULL, 5, &report, &e);
	hang = 0;
	assert_true(pid > 0);
	assert_int_equal(sockplace_result(report, &p, &e), SOCKPLACE_NOT_YET);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(sockplace_result(report, &p, &e), SOCKPLACE_FAILED);
	assert_true(e.text[0] != '\0');
	close(report);
}

/* What was made meanwhile, or is made later, does not stay. */
static void cancels(void **state)
{
	struct pollfd report = { .events = POLLIN };
	struct err e;
	pid_t pid;

	(void)state;
	pid = sockplace_start(NULL, NULL, 5, &report.fd, &e);
	assert_int_equal(poll(&report, 1, 10000), 1);
	sockplace_cancel(pid, report.fd);
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_int_equal(rmdir(dir), 0);
	*held = 1;
	pid = sockplace_start(NULL, NULL, 5, &report.fd, &e);
	/* As a front does that dies before it is made. */
	close(report.fd);
	*held = 0;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(rmdir(dir), 0);
}

/* With no descriptor free nothing stays of it, either. */
static void needs_descriptors(void **state)
{
	struct rlimit old, few;
	struct pollfd report = { .events = POLLIN };
	struct sockplace p;
	struct err e;
	pid_t pid;

	(void)state;
	pid = sockplace_start(NULL, NULL, 5, &report.fd, &e);
	assert_int_equal(poll(&report, 1, 10000), 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)report.fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(sockplace_result(report.fd, &p, &e),
		SOCKPLACE_FAILED);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_non_null(strstr(e.text, "Too many open files"));
	close(report.fd);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_int_equal(rmdir(dir), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(makes_a_private_one),
		TEST(makes_it_anew),
		TEST(tells_what_another_made),
		TEST(takes_a_name_over),
		TEST(takes_no_name_of_something_else),
		TEST(says_who_has_the_directory),
		TEST(refuses_a_long_path),
		TEST(waits_for_no_file_system),
		TEST(cancels),
		TEST(needs_descriptors),
	};

	return cmocka_run_group_tests_name("sockplace", tests, NULL, NULL);
}
