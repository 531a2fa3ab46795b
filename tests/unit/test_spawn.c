/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/rlimit.h"
#include "os/spawn.h"

static char out[65536];

/* Run it with stdout and stderr on a pipe; its status, its output in out. */
static int run(struct spawn *s)
{
	int p[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC), status;
	size_t len = 0;
	ssize_t n;
	struct err e;
	pid_t pid;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	s->fd[0] = null;
	s->fd[1] = s->fd[2] = p[1];
	pid = spawn(s, &e);
	if (pid == -1)
		fail_msg("%s", e.text);
	close(p[1]);
	close(null);
	while ((n = read(p[0], out + len, sizeof out - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	close(p[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int sh(struct spawn *s, const char *script)
{
	char *argv[] = { "sh", "-c", (char *)script, NULL };

	s->path = "/bin/sh";
	s->argv = argv;
	return run(s);
}

static void runs_a_program(void **state)
{
	char *env[] = { "A=1", NULL };
	struct spawn s = { .env = env, .dir = "/usr" };

	(void)state;
	assert_int_equal(sh(&s, "echo $A $HOME; pwd; exit 7"), 7 << 8);
	assert_string_equal(out, "1\n/usr\n");
	/* Without env and dir as we are, and looked up in PATH. */
	assert_int_equal(setenv("TEST_SPAWN", "x y", 1), 0);
	s = (struct spawn){ .path = "sh", .argv = (char *[]){ "-name", "-c",
		"echo \"$TEST_SPAWN\" $0", NULL } };
	assert_int_equal(run(&s), 0);
	assert_string_equal(out, "x y -name\n");
}

static void reports_what_failed(void **state)
{
	static const struct {
		const char *path, *dir;
		int error;
		const char *what;
	} rows[] = {
		{ "/nonexistent/program", NULL, ENOENT,
			"/nonexistent/program" },
		{ "no-such-program-in-path", NULL, ENOENT,
			"no-such-program-in-path" },
		{ "/etc/passwd", NULL, EACCES, "/etc/passwd" },
		{ "/etc", NULL, EACCES, "/etc" },
		{ "/bin/sh", "/nonexistent", ENOENT, "/nonexistent" },
		{ "/bin/sh", "/etc/passwd", ENOTDIR, "/etc/passwd" },
	};
	char *argv[] = { "x", NULL }, want[300];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct spawn s = { .path = rows[i].path, .argv = argv,
			.dir = rows[i].dir, .fd = { 0, 1, 2 } };
		struct err e;

		assert_int_equal(spawn(&s, &e), -1);
		snprintf(want, sizeof want, "%s: %s", rows[i].what,
			strerror(rows[i].error));
		assert_string_equal(e.text, want);
		/* There is no child, not even a dead one. */
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
	}
	/* A terminal that is none, a descriptor that is closed. */
	for (int i = 0; i < 2; i++) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		struct spawn s = { .path = "/bin/sh", .argv = argv,
			.session = 1, .terminal = 1,
			.fd = { i ? -1 : null, 1, 2 } };
		struct err e;

		assert_int_equal(spawn(&s, &e), -1);
		assert_non_null(strstr(e.text, i ? strerror(EBADF) :
			strerror(ENOTTY)));
		close(null);
	}
}

/* A directory on a file system that does not answer, on demand. */
static int hang;

int chdir(const char *path)
{
	while (hang)
		pause();
	return (int)syscall(SYS_chdir, path);
}

static void does_not_wait(void **state)
{
	char c;
	char *argv[] = { "x", NULL };
	struct pollfd p = { .events = POLLIN };
	struct spawn s = { .path = "/bin/true", .argv = argv,
		.fd = { 0, 1, 2 }, .dir = "/nonexistent", .dir_or_root = 1 };
	struct err e;
	int status, held[2];
	pid_t pid;

	(void)state;
	pid = spawn_start(&s, &p.fd, &e);
	assert_true(pid > 0);
	while ((status = spawn_outcome(p.fd, &e)) == 1)
		assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(status, 0);
	close(p.fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);

	/* It fails: the child is ours to wait for. */
	s.path = "/etc/passwd";
	pid = spawn_start(&s, &p.fd, &e);
	assert_true(pid > 0);
	while ((status = spawn_outcome(p.fd, &e)) == 1)
		assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(status, -1);
	assert_non_null(strstr(e.text, strerror(EACCES)));
	close(p.fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 127 << 8);

	/* One that hangs: no answer, and of ours it has only the three. */
	assert_int_equal(pipe2(held, O_CLOEXEC), 0);
	s = (struct spawn){ .path = "/bin/true", .argv = argv,
		.fd = { 0, 1, 2 }, .dir = "/" };
	hang = 1;
	pid = spawn_start(&s, &p.fd, &e);
	hang = 0;
	assert_true(pid > 0);
	close(held[1]);
	assert_int_equal(read(held[0], &c, 1), 0);
	assert_int_equal(spawn_outcome(p.fd, &e), 1);
	kill(pid, SIGHUP);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, SIGHUP);
	assert_int_equal(spawn_outcome(p.fd, &e), 0);
	close(p.fd);
	close(held[0]);
}

/* None but the three, however many we have, high ones included. */
static void closes_descriptors(void **state)
{
	struct spawn s = { 0 };
	int low = open("/dev/null", O_RDONLY), high, before;

	(void)state;
	high = fcntl(low, F_DUPFD, 500);
	assert_true(high >= 500);
	before = dup(low);
	/* The list is the shell's own: its glob has one open meanwhile. */
	assert_int_equal(sh(&s, "for i in /proc/$$/fd/*; do test -e $i && "
		"echo ${i##*/}; done; true"), 0);
	assert_string_equal(out, "0\n1\n2\n");
	/* Ours are still there. */
	assert_int_not_equal(fcntl(high, F_GETFD), -1);
	close(before);
	close(high);
	close(low);
}

/* The three may come in any order, from 0 to 2 themselves too. */
static void crosses_descriptors(void **state)
{
	struct spawn s = { .path = "/bin/sh", .argv = (char *[]){ "sh", "-c",
		"echo err >&2; echo out; cat >&2", NULL } };
	int in[2], o[2], x[2], saved[3], status;
	char text[64];
	ssize_t n;
	struct err e;
	pid_t pid;

	(void)state;
	fflush(stdout);
	for (int i = 0; i < 3; i++)
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
	assert_true(pipe2(in, O_CLOEXEC) == 0 && pipe2(o, O_CLOEXEC) == 0 &&
		pipe2(x, O_CLOEXEC) == 0);
	/* stdin is our 2, stdout our 0, stderr our 1. */
	dup2(in[0], 2);
	dup2(o[1], 0);
	dup2(x[1], 1);
	s.fd[0] = 2;
	s.fd[1] = 0;
	s.fd[2] = 1;
	pid = spawn(&s, &e);
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	assert_int_not_equal(pid, -1);
	close(in[0]);
	close(o[1]);
	close(x[1]);
	assert_int_equal(write(in[1], "in\n", 3), 3);
	close(in[1]);
	waitpid(pid, &status, 0);
	n = read(o[0], text, sizeof text);
	assert_int_equal(n, 4);
	assert_memory_equal(text, "out\n", 4);
	n = read(x[0], text, sizeof text);
	assert_int_equal(n, 7);
	assert_memory_equal(text, "err\nin\n", 7);
	close(o[0]);
	close(x[0]);
}

static unsigned long long mask(const char *name)
{
	char *at = strstr(out, name);

	assert_non_null(at);
	return strtoull(at + strlen(name), NULL, 16);
}

static void nothing(int sig)
{
	(void)sig;
}

static void resets_signals(void **state)
{
	struct spawn s = { .path = "/bin/cat", .argv = (char *[]){ "cat",
		"/proc/self/status", NULL } };
	sigset_t some, old;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, nothing);
	sigemptyset(&some);
	sigaddset(&some, SIGUSR1);
	sigprocmask(SIG_BLOCK, &some, &old);
	assert_int_equal(run(&s), 0);
	assert_true(mask("SigBlk:") == 0);
	/* 32 and 33 are the C library's own: nobody can set them. */
	assert_true((mask("SigIgn:") & ~(3ULL << 31)) == 0);
	assert_true(mask("SigCgt:") == 0);
	/* Ours are as they were. */
	assert_ptr_equal(signal(SIGHUP, SIG_DFL), SIG_IGN);
	assert_ptr_equal(signal(SIGTERM, SIG_DFL), nothing);
	sigprocmask(SIG_SETMASK, &old, &some);
	assert_true(sigismember(&some, SIGUSR1) == 1);
	assert_true(sigismember(&some, SIGTERM) == 0);
}

/* What was raised for ourselves is not for children. */
static void gives_limits_back(void **state)
{
	struct rlimit was, low, now;
	struct spawn s = { 0 };
	char want[64];

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	low = was;
	low.rlim_cur = was.rlim_max < 200 ? was.rlim_max : 200;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	rlimit_raise();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
	assert_true(now.rlim_cur > low.rlim_cur || was.rlim_max <= 200);
	assert_int_equal(sh(&s, "ulimit -Sn"), 0);
	snprintf(want, sizeof want, "%ju\n", (uintmax_t)low.rlim_cur);
	assert_string_equal(out, want);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
	assert_true(now.rlim_cur > low.rlim_cur || was.rlim_max <= 200);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
}

static void makes_a_session(void **state)
{
	long pid, pgrp, session;
	struct spawn s = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		s.session = (unsigned)i & 1;
		assert_int_equal(sh(&s, "read -r pid name state parent pgrp "
			"session rest </proc/$$/stat; "
			"echo $pid $pgrp $session"), 0);
		assert_int_equal(sscanf(out, "%ld %ld %ld", &pid, &pgrp,
			&session), 3);
		assert_int_equal(pgrp, i ? pid : getpgrp());
		assert_int_equal(session, i ? pid : getsid(0));
	}
}

static void gives_a_terminal(void **state)
{
	struct spawn s = { .path = "/bin/sh", .argv = (char *[]){ "sh", "-c",
		"tty </dev/tty && echo ok", NULL }, .session = 1,
		.terminal = 1 };
	int master, slave, status;
	char name[64];
	size_t len = 0;
	ssize_t n;
	struct err e;
	pid_t pid;

	(void)state;
	assert_int_equal(openpty(&master, &slave, name, NULL, NULL), 0);
	s.fd[0] = s.fd[1] = s.fd[2] = slave;
	pid = spawn(&s, &e);
	if (pid == -1)
		fail_msg("%s", e.text);
	close(slave);
	while ((n = read(master, out + len, sizeof out - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	assert_non_null(strstr(out, "ok"));
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_a_program),
		cmocka_unit_test(reports_what_failed),
		cmocka_unit_test(does_not_wait),
		cmocka_unit_test(closes_descriptors),
		cmocka_unit_test(crosses_descriptors),
		cmocka_unit_test(resets_signals),
		cmocka_unit_test(gives_limits_back),
		cmocka_unit_test(makes_a_session),
		cmocka_unit_test(gives_a_terminal),
	};

	return cmocka_run_group_tests_name("spawn", tests, NULL, NULL);
}
