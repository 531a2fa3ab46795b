/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program in the session begins with. */
#include "fake.h"

#include <errno.h>
#include <poll.h>

#include "agent/rundir.h"
#include "agent/starter.h"
#include "os/spawn.h"
#include "os/tmpdir.h"

/* Started, and its exec is waited for. */
static pid_t run(const struct starter *s, struct relay_pair ours[3],
	struct err *e)
{
	struct pollfd p = { .events = POLLIN };
	pid_t pid = starter_run(s, ours, &p.fd, e);

	if (pid == -1)
		return -1;
	while (spawn_outcome(p.fd, e) == 1)
		poll(&p, 1, -1);
	close(p.fd);
	return pid;
}

/* All that comes from fd until its end, a string; it may not block. */
static char *all_of(int fd)
{
	static char text[65536];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	ssize_t n;

	for (;;) {
		assert_true(poll(&p, 1, 20000) == 1);
		n = read(fd, text + len, sizeof text - 1 - len);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			continue;
		/* A terminal's end is an error. */
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	return text;
}

static int status_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
		128 + WTERMSIG(status);
}

static void begins_as_the_session_says(void **state)
{
	char *argv[] = { "sh", "-c", "printf '%s|' \"$PWD\" \"$HERE\" "
		"\"$XDG_RUNTIME_DIR\" \"$MORE\" \"$OF_THE_AGENT\"; "
		"ps -o pid= -o sid= $$ | tr -s ' ' | sed 's/^ //'", NULL };
	struct relay_pair ours[3];
	struct starter s;
	struct err e = { "" };
	char want[1024];
	pid_t pid;

	(void)state;
	setenv("OF_THE_AGENT", "x", 1);
	starter_init(&s, &agent.env, "/bin/sh", argv, STARTER_PIPES);
	envlist_set(&s.env, "MORE", "more");
	pid = run(&s, ours, &e);
	assert_string_equal(e.text, "");
	snprintf(want, sizeof want, "/|here|%s/run|more||%ld %ld\n",
		rundir_path(agent.env.rundir), (long)pid, (long)pid);
	assert_string_equal(all_of(ours[STREAM_STDOUT].readfd), want);
	assert_string_equal(all_of(ours[STREAM_STDERR].readfd), "");
	assert_int_equal(status_of(pid), 0);
	/* The session's own is as it was. */
	assert_null(envlist_get(&agent.env.env, "MORE"));
	starter_close(ours);
	starter_fini(&s);
}

/* What names it is right again when a cleaner has taken it. */
static void has_its_directory(void **state)
{
	char *argv[] = { "sh", "-c", "test -d \"$XDG_RUNTIME_DIR\"", NULL };
	struct relay_pair ours[3];
	struct starter s;
	struct err e;

	(void)state;
	assert_int_equal(tmpdir_remove(rundir_path(agent.env.rundir), &e), 0);
	starter_init(&s, &agent.env, "/bin/sh", argv, STARTER_PIPES);
	assert_int_equal(status_of(run(&s, ours, &e)), 0);
	starter_close(ours);
	starter_fini(&s);
}

static void gives_three_pipes(void **state)
{
	char *argv[] = { "sh", "-c", "read a; echo \"out $a\"; "
		"echo err >&2; exit 7", NULL };
	struct relay_pair ours[3];
	struct starter s;
	struct err e;
	pid_t pid;

	(void)state;
	starter_init(&s, &agent.env, "/bin/sh", argv, STARTER_PIPES);
	pid = run(&s, ours, &e);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ours[i].readfd == -1, i == STREAM_STDIN);
		assert_int_equal(ours[i].writefd == -1, i != STREAM_STDIN);
		assert_false(ours[i].is_lent);
	}
	assert_int_equal(write(ours[0].writefd, "x\n", 2), 2);
	assert_string_equal(all_of(ours[1].readfd), "out x\n");
	assert_string_equal(all_of(ours[2].readfd), "err\n");
	assert_int_equal(status_of(pid), 7);
	starter_close(ours);
	starter_fini(&s);
}

static void gives_a_terminal(void **state)
{
	char *argv[] = { "sh", "-c", "test -t 0 && test -t 1 && test -t 2 && "
		"stty size </dev/tty && read a && stty size", NULL };
	static const struct window other = { .rows = 9, .columns = 8 };
	struct relay_pair ours[3];
	struct starter s;
	struct err e;
	pid_t pid;

	(void)state;
	starter_init(&s, &agent.env, "/bin/sh", argv, STARTER_TERMINAL);
	s.window = (struct window){ .rows = 12, .columns = 34 };
	pid = run(&s, ours, &e);
	assert_true(ours[0].is_lent && ours[1].is_lent);
	assert_int_equal(ours[0].writefd, ours[1].readfd);
	assert_int_equal(ours[2].readfd, -1);
	/* The size of now, and the one it gets before the line comes. */
	for (char c = 0; c != '\n';)
		if (read(ours[1].readfd, &c, 1) == -1)
			poll(&(struct pollfd){ ours[1].readfd, POLLIN, 0 }, 1,
				20000);
	starter_set_window(ours[0].writefd, &other);
	assert_int_equal(write(ours[0].writefd, "x\n", 2), 2);
	assert_non_null(strstr(all_of(ours[1].readfd), "9 8"));
	assert_int_equal(status_of(pid), 0);
	starter_close(ours);
	close(ours[0].writefd);		/* it was still open */
	starter_fini(&s);
}

/* As sshd -i wants it: a socket both ways, and its log beside it. */
static void gives_a_socket(void **state)
{
	char *argv[] = { "sh", "-c", "cat; echo err >&2", NULL };
	struct relay_pair ours[3];
	struct starter s;
	struct err e;
	pid_t pid;

	(void)state;
	starter_init(&s, &agent.env, "/bin/sh", argv, STARTER_SOCKET);
	pid = run(&s, ours, &e);
	assert_int_equal(ours[0].readfd, ours[0].writefd);
	assert_int_equal(ours[1].readfd, -1);
	assert_int_equal(ours[1].writefd, -1);
	assert_int_equal(write(ours[0].writefd, "to and fro", 10), 10);
	assert_int_equal(shutdown(ours[0].writefd, SHUT_WR), 0);
	assert_string_equal(all_of(ours[0].readfd), "to and fro");
	assert_string_equal(all_of(ours[2].readfd), "err\n");
	assert_int_equal(status_of(pid), 0);
	starter_close(ours);
	starter_fini(&s);
}

/* Whatever it was to have is closed, also when there is no such program. */
static void leaves_nothing_open(void **state)
{
	char *argv[] = { "x", NULL };
	int before = fake_open_files();

	(void)state;
	for (int i = STARTER_PIPES; i <= STARTER_LOG; i++) {
		struct relay_pair ours[3];
		struct starter s;
		struct err e = { "" };
		pid_t pid;

		starter_init(&s, &agent.env, "/nonexistent", argv, i);
		pid = run(&s, ours, &e);
		assert_string_equal(e.text,
			"/nonexistent: No such file or directory");
		assert_int_equal(status_of(pid), 127);
		starter_close(ours);
		if (i == STARTER_TERMINAL)
			close(ours[0].writefd);
		starter_fini(&s);
		assert_int_equal(fake_open_files(), before);
	}
}

static int group_setup(void **state)
{
	if (fake_session_begin(state) == -1)
		return -1;
	envlist_set(&agent.env.env, "HERE", "here");
	envlist_set(&agent.env.env, "PATH", "/usr/bin:/bin");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_as_the_session_says),
		cmocka_unit_test(has_its_directory),
		cmocka_unit_test(gives_three_pipes),
		cmocka_unit_test(gives_a_terminal),
		cmocka_unit_test(gives_a_socket),
		cmocka_unit_test(leaves_nothing_open),
	};

	return cmocka_run_group_tests_name("starter", tests, group_setup,
		fake_session_end);
}
