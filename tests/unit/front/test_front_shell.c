/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our shell in the job: what is asked for, who hears how it ended, and what goes
 * beside its link. Control stream, ports and stdio are the real ones.
 */
#include "fake.h"

#include <errno.h>
#include <netinet/in.h>

#include "../fakestdio.h"
#include "base/mem.h"
#include "front/front_carry.h"
#include "front/front_control.h"
#include "front/front_forward.h"
#include "front/front_shell.h"
#include "front/parting.h"
#include "front/stdio.h"
#include "proto/message.h"

static struct {
	struct place place;
	struct stdio *stdio;
	struct front_carry *carry;
	struct front_forward *forward;
	struct front_control *control;
	struct front_shell *shell;
	struct sockaddr_storage addr;
	socklen_t len;
} own;

static struct link *control;

static void up(const struct sockaddr *addr, socklen_t len, const char *node,
	void *arg)
{
	(void)node;
	(void)arg;
	memcpy(&own.addr, addr, len);
	own.len = len;
	front_carry_set_agent(own.carry, &own.place.key, addr, len);
	front_forward_set_agent(own.forward, own.control);
}

static int setup(void **state)
{
	struct err e;

	memset(&own, 0, sizeof own);
	if (fake_front_begin(state) == -1 || fakestdio_begin() == -1)
		return -1;
	strcpy(own.place.job, "17");
	own.place.at.port = 5001;
	endpoint_add_host(&own.place.at, "192.0.2.1");
	own.stdio = stdio_new(front.inv.base, front.inv.parting,
		&front.opt.tee, &e);
	own.carry = front_carry_new(front.inv.base,
		front.opt.forward.byte_limit);
	own.forward = front_forward_new(front.inv.base, front.inv.parting,
		&front.opt.forward, own.carry, &e);
	return own.stdio == NULL || own.forward == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	front_shell_free(own.shell);
	front_carry_free(own.carry);
	front_forward_free(own.forward);
	front_control_free(own.control);
	stdio_free(own.stdio);
	fakestdio_end();
	return fake_front_end(state);
}

static void turn(void)
{
	fakeclock_turn(front.inv.base);
}

static int parting_is(enum parting_state state)
{
	return parting_state(front.inv.parting) == state;
}

/* An agent of this version, and a shell that is asked for: its link. */
static struct link *begin_with(uint16_t version, int editor,
	const char *host_key)
{
	struct front_shell_with with = { .stdio = own.stdio,
		.forward = editor ? own.forward : NULL, .place = &own.place,
		.host_key = host_key };

	own.control = front_control_new(&front.inv, &own.place, up,
		fake_control_fails, NULL);
	control = fake_control_up(version);
	with.control = own.control;
	own.shell = front_shell_new(&front.inv, &with,
		(struct sockaddr *)&own.addr, own.len);
	return fakelink_dialed(1);
}

static struct link *begin(void)
{
	return begin_with(3, 1, NULL);
}

static struct shell_request asked(struct link *l, enum frame_type type)
{
	struct frame f = fakelink_expect(l, type);
	struct shell_request r;
	struct err e;

	assert_int_equal(shell_request_get(&r, &f, &e), 0);
	f = fakelink_expect(l, FRAME_WHOSE);
	assert_int_equal(f.len, FRAME_MARK);
	assert_memory_equal(f.data, front_control_mark(own.control),
		FRAME_MARK);
	return r;
}

/* A shell that was started. */
static struct link *started(struct link *l)
{
	struct shell_request r = asked(l, FRAME_START);

	shell_request_fini(&r);
	fakelink_up(l, 3, "node1");
	fakelink_say(l, FRAME_OK, "node1", 5);
	turn();
	return l;
}

static void say_exit(struct link *l, int signaled, int value)
{
	struct shell_exit x = { .signaled = signaled, .value = value };
	struct buf b = { 0 };

	shell_exit_put(&b, &x);
	fakelink_say_buf(l, &b);
}

static void say_error(struct link *l, int status, const char *text)
{
	struct error x = { .status = status };
	struct buf b = { 0 };

	strcpy(x.text, text);
	error_put(&b, &x);
	fakelink_say_buf(l, &b);
}

static void say_checked(uint32_t id)
{
	struct checked c = { .id = id, .ours = 1 };
	struct buf b = { 0 };

	checked_put(&b, &c);
	fakelink_say_buf(control, &b);
}

/* An editor's: no terminal, and the agent chooses a shell of POSIX. */
static void asks_for_an_editors_shell(void **state)
{
	struct link *l = begin();
	struct shell_request r = asked(l, FRAME_START);

	(void)state;
	assert_int_equal(fakelink_port(l), 5001);
	assert_string_equal(r.kind, KIND_SHELL);
	assert_string_equal(r.shell, "");
	assert_string_equal(r.command, "");
	assert_int_equal(r.pty, 0);
	assert_int_equal(r.env.len, 0);
	shell_request_fini(&r);
	fakelink_expect_nothing(l);
	assert_true(parting_is(FRONT_SHELL));
}

static void asks_for_what_was_said(void **state)
{
	struct link *l;
	struct shell_request r;

	(void)state;
	optlist_add(&front.opt.line.operands, mem_strdup("echo"));
	optlist_add(&front.opt.line.operands, mem_strdup("a  b"));
	optlist_add(&front.opt.shell.env, mem_strdup("A=1"));
	optlist_add(&front.opt.shell.env, mem_strdup("B"));
	/* For a person it is his own. */
	l = begin_with(3, 0, NULL);
	r = asked(l, FRAME_START);
	assert_string_equal(r.kind, KIND_COMMAND);
	assert_string_equal(r.command, "echo a  b");
	assert_string_equal(r.shell, "/bin/sh");
	assert_int_equal(r.env.len, 6);
	assert_memory_equal(buf_data(&r.env), "A=1\0B", 6);
	shell_request_fini(&r);
}

static void asks_an_old_agent(void **state)
{
	struct link *l;
	struct shell_request r;

	(void)state;
	front.opt.shell.path = mem_strdup("/usr/bin/fish");
	l = begin_with(2, 1, NULL);
	r = asked(l, FRAME_SHELL);
	assert_string_equal(r.kind, KIND_SHELL);
	assert_string_equal(r.shell, "/usr/bin/fish");
	shell_request_fini(&r);
}

/* It comes first of stdin, and what is asked for in its place reads it there. */
static void sends_a_long_command_ahead(void **state)
{
	char *word = mem_alloc(4097);
	struct shell_request r;
	struct link *l;
	struct frame f;
	size_t n = 0;

	(void)state;
	memset(word, 'x', 4096);
	optlist_add(&front.opt.line.operands, word);
	l = begin();
	r = asked(l, FRAME_START);
	assert_string_equal(r.kind, KIND_COMMAND);
	assert_null(strstr(r.command, "xxx"));
	assert_non_null(strstr(r.command, "4096"));
	shell_request_fini(&r);
	fakelink_up(l, 3, "node1");
	fakelink_say(l, FRAME_OK, "node1", 5);
	fakestdio_type("typed");
	turn();
	while ((f = fakelink_take(l)).type == FRAME_DATA)
		for (size_t i = 0; i < f.len; i++, n++)
			assert_int_equal(f.data[i], n < 4096 ? 'x' :
				"typed"[n - 4096]);
	assert_int_equal(n, 4096 + 5);
	assert_int_equal(fake_status(), -1);
}

static void has_no_room_for_many_variables(void **state)
{
	char *word = mem_alloc(FRAME_MAX + 1);

	(void)state;
	memset(word, 'x', FRAME_MAX);
	word[1] = '=';
	optlist_add(&front.opt.shell.env, word);
	fakelink_expect_nothing(begin());
	assert_int_equal(fake_status(), EX_USAGE);
	assert_non_null(strstr(fakelog_told(),
		"the variables of -e are 16381 bytes"));
}

/* Once: what names the login node, and what was set to the same by hand. */
static void tells_what_is_in_vain(void **state)
{
	(void)state;
	setenv("SSH_AUTH_SOCK", "/tmp/agent", 1);
	setenv("WAYLAND_DISPLAY", "here", 1);
	optlist_add(&front.opt.shell.env, mem_strdup("WAYLAND_DISPLAY=there"));
	optlist_add(&front.opt.shell.env,
		mem_strdup("SSH_AUTH_SOCK=/tmp/agent"));
	optlist_add(&front.opt.shell.env, mem_strdup("DISPLAY=far:0"));
	(void)begin();
	assert_string_equal(fakelog_told(), "-e SSH_AUTH_SOCK has no effect in the job: it names a socket of the login node\n");
}

static void carries_both_ways(void **state)
{
	struct link *l = begin();
	struct frame f;

	(void)state;
	fakestdio_type("typed early\n");
	turn();
	started(l);
	f = fakelink_expect(l, FRAME_DATA);
	assert_string_equal(f.data, "typed early\n");
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDOUT, "out");
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDERR, "err");
	turn();
	assert_string_equal(fakestdio_said(STREAM_STDOUT), "out");
	assert_string_equal(fakestdio_said(STREAM_STDERR), "err");
}

/* Held until the agent has said whose port that is, and another is ours. */
static void holds_a_line(void **state)
{
	struct link *l = started(begin());
	struct frame f;
	struct check c;
	unsigned port;
	char d;

	(void)state;
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDOUT,
		"5a1e0c99d7b4: start\nlisteningOn==127.0.0.1:40001==\nend\n");
	turn();
	fakelink_expect(l, FRAME_ANNOUNCED);
	f = fakelink_expect(control, FRAME_CHECK);
	assert_int_equal(check_get(&c, &f, NULL), 0);
	assert_int_equal(c.target.port, 40001);
	assert_string_equal(fakestdio_said(STREAM_STDOUT),
		"5a1e0c99d7b4: start\nlisteningOn==");
	/* What follows waits in the node. */
	assert_true(fakelink_is_paused(l));
	say_checked(c.id);
	turn();
	assert_int_equal(sscanf(fakestdio_said(STREAM_STDOUT),
		"127.0.0.1:%u==\nen%c", &port, &d), 2);
	assert_int_equal(d, 'd');
	assert_int_not_equal(port, 40001);
	assert_false(fakelink_is_paused(l));
	assert_true(front_forward_has_ports(own.forward));
}

/* A person's output is his: nothing is looked for in it. */
static void holds_nothing_for_a_person(void **state)
{
	static const char line[] =
		"5a1e0c99d7b4: start\nlisteningOn==127.0.0.1:40001==\n";
	struct link *l = started(begin_with(3, 0, NULL));

	(void)state;
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDOUT, line);
	turn();
	assert_string_equal(fakestdio_said(STREAM_STDOUT), line);
	fakelink_expect_nothing(control);
}

static void ends_with_its_status(void **state)
{
	struct link *l = started(begin());

	(void)state;
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDOUT, "bye");
	say_exit(l, 0, 7);
	turn();
	assert_int_equal(fake_status(), 7);
	assert_string_equal(fakestdio_said(STREAM_STDOUT), "bye");
	assert_string_equal(fakelog_told(), "");
}

/* A reader that is slow gets all before the front ends. */
static void ends_when_all_is_written(void **state)
{
	static char much[15001];
	struct link *l = started(begin());

	(void)state;
	memset(much, 'x', sizeof much - 1);
	for (int i = 0; i < 6; i++)
		fakelink_say_stream(l, FRAME_DATA, STREAM_STDOUT, much);
	say_exit(l, 0, 7);
	turn();
	assert_true(parting_is(FRONT_ENDED));
	for (int i = 0; i < 6; i++) {
		assert_int_equal(fake_status(), -1);
		(void)fakestdio_said(STREAM_STDOUT);
		turn();
		if (fake_status() != -1)
			break;
	}
	assert_int_equal(fake_status(), 7);
}

static void ends_by_a_signal_of_its_own(void **state)
{
	(void)state;
	say_exit(started(begin()), 1, SIGSEGV);
	turn();
	assert_int_equal(fake_status(), 128 + SIGSEGV);
}

/* One by which sessions end: the reason may come by the control stream. */
static void waits_for_the_reason_of_a_kill(void **state)
{
	static const int signals[] = { SIGHUP, SIGTERM, SIGKILL };

	for (unsigned i = 0; i < 3; i++) {
		if (i > 0) {
			teardown(state);
			setup(state);
		}
		say_exit(started(begin()), 1, signals[i]);
		turn();
		assert_true(parting_is(FRONT_KILLED));
		fakeclock_pass(front.inv.base, 1000);
		assert_int_equal(fake_status(), 128 + signals[i]);
	}
}

/* The user is told once why his start-up files let nobody in. */
static void tells_of_a_shell_that_never_answered(void **state)
{
	struct link *l = begin();

	(void)state;
	fakestdio_type("echo ready: 17\n");
	turn();
	say_exit(started(l), 0, 1);
	turn();
	assert_int_equal(fake_status(), 1);
	assert_non_null(strstr(fakelog_told(),
		"ended with status 1 before it came to what the client typed"));
}

static void is_refused(void **state)
{
	struct link *l = begin();

	(void)state;
	fakelink_up(l, 3, "node1");
	say_error(l, EX_OSERR, "cannot start the shell: no");
	assert_int_equal(fake_status(), EX_OSERR);
	assert_string_equal(fakelog_told(), "cannot start the shell: no\n");
}

/* There was no shell yet, nothing was typed: it is asked for anew. */
static void dials_again(void **state)
{
	struct link *l = begin(), *other;

	(void)state;
	fakelink_down(l, "reset", 0);
	assert_true(fakelink_is_freed(l));
	assert_null(fakelink_dialed(2));
	fakeclock_pass(front.inv.base, 1000);
	other = fakelink_dialed(2);
	assert_non_null(other);
	fakestdio_type("x");
	started(other);
	fakelink_expect(other, FRAME_DATA);
	assert_true(parting_is(FRONT_SHELL));
	assert_string_equal(fakelog_told(), "");
}

static void dials_for_so_long(void **state)
{
	long long begun;
	struct link *l = begin();
	unsigned n = 2;

	(void)state;
	for (begun = 0; begun < 60000; begun += 1000) {
		if (l != NULL)
			fakelink_down(l, "reset", 0);
		if (!parting_is(FRONT_SHELL))
			break;
		fakeclock_pass(front.inv.base, 1000);
		fakelink_say(control, FRAME_PONG, "\0\0\0\0\0\0\0", 8);
		l = fakelink_dialed(n);
		n += l != NULL;
	}
	assert_in_range(begun, 30000, 40000);
	assert_true(parting_is(FRONT_CUT));
	fakeclock_pass(front.inv.base, 1000);
	assert_int_equal(fake_status(), EX_TEMPFAIL);
	assert_string_equal(fakelog_told(), "the connection to the shell in the job broke (reset); connect again to continue the session\n");
}

/* The session ends meanwhile: a shell would be refused. */
static void dials_not_again_when_the_session_ends(void **state)
{
	struct link *l = begin();
	struct buf b = { 0 };

	(void)state;
	text_put(&b, FRAME_END, "idle");
	fakelink_say_buf(control, &b);
	assert_true(parting_is(FRONT_ASKS));
	fakelink_down(l, "closed", 0);
	assert_true(parting_is(FRONT_ASKS_ALONE));
	fakeclock_pass(front.inv.base, 1500);
	assert_null(fakelink_dialed(2));
}

static void is_cut(void **state)
{
	struct link *l = started(begin());

	(void)state;
	fakelink_down(l, "reset", 0);
	turn();
	assert_true(parting_is(FRONT_CUT));
	assert_null(fakelink_dialed(2));
	fakeclock_pass(front.inv.base, 1000);
	assert_int_equal(fake_status(), EX_TEMPFAIL);
}

static void expect_signal(struct link *l, int sig)
{
	struct frame f = fakelink_expect(l, FRAME_SIGNAL);

	assert_int_equal(f.len, 1);
	assert_int_equal(f.data[0], sig);
}

/* Its own link, of an agent that does not say that it takes more. */
static void signals_by_its_link(void **state)
{
	struct link *l = started(begin());

	(void)state;
	front_shell_signal(own.shell, SIGTERM);
	expect_signal(l, SIGTERM);
	fakelink_expect_nothing(control);
	front_shell_window(own.shell);
	fakelink_expect(l, FRAME_WINDOW);
	assert_int_equal(fake_status(), -1);
}

/* What nobody reads on its way must not keep them. */
static void signals_beside_the_data(void **state)
{
	static char much[15001];
	struct link *l = started(begin());

	(void)state;
	fakelink_say(l, FRAME_WHOSE, front_control_mark(own.control),
		FRAME_MARK);
	memset(much, 'x', sizeof much - 1);
	fakestdio_type(much);
	fakelink_fill(l, 1);
	turn();
	while (fakelink_take(l).type != 0)
		;
	front_shell_signal(own.shell, SIGINT);
	expect_signal(control, SIGINT);
	front_shell_window(own.shell);
	fakelink_expect(control, FRAME_WINDOW);
	fakelink_expect_nothing(l);
}

/* The first is the shell's. What does not end of it must not keep the user. */
static void a_second_ctrl_c_ends_the_front(void **state)
{
	struct link *l = started(begin());

	(void)state;
	front_shell_signal(own.shell, SIGINT);
	expect_signal(l, SIGINT);
	assert_int_equal(fake_status(), -1);
	front_shell_signal(own.shell, SIGTERM);
	expect_signal(l, SIGTERM);
	assert_int_equal(fake_status(), -1);
	front_shell_signal(own.shell, SIGQUIT);
	assert_int_equal(fake_status(), 128 + SIGQUIT);
	fakelink_expect_nothing(l);
}

static void ctrl_c_without_a_shell_ends_the_front(void **state)
{
	struct link *l = begin();

	(void)state;
	fakelink_down(l, "reset", 0);
	front_shell_signal(own.shell, SIGTERM);
	front_shell_window(own.shell);
	assert_int_equal(fake_status(), -1);
	front_shell_signal(own.shell, SIGINT);
	assert_int_equal(fake_status(), 128 + SIGINT);
}

static void nobody_reads_its_output(void **state)
{
	struct link *l = started(begin());

	(void)state;
	fakestdio_close(STREAM_STDOUT);
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDOUT, "out");
	turn();
	assert_int_equal(fake_status(), 128 + SIGHUP);
}

/* What cannot be written, though nobody says that its reader is gone. */
static void cannot_write_its_output(void **state)
{
	struct err e;

	for (int is_sshd = 0; is_sshd < 2; is_sshd++) {
		struct link *l;

		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		stdio_free(own.stdio);
		fakestdio_put(STREAM_STDOUT, open("/dev/full", O_WRONLY |
			O_CLOEXEC), -1);
		own.stdio = stdio_new(front.inv.base, front.inv.parting,
			&front.opt.tee, &e);
		l = started(begin_with(3, !is_sshd, is_sshd ? "KEY" : NULL));
		fakelink_say_stream(l, FRAME_DATA, is_sshd ? STREAM_STDIN :
			STREAM_STDOUT, "out");
		turn();
		assert_int_equal(fake_status(), 128 + SIGHUP);
	}
}

static void nobody_reads_its_errors(void **state)
{
	struct link *l = started(begin());

	(void)state;
	fakestdio_close(STREAM_STDERR);
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDERR, "err");
	turn();
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDOUT, "out");
	turn();
	assert_int_equal(fake_status(), -1);
	assert_string_equal(fakestdio_said(STREAM_STDOUT), "out");
}

#define KEY "-----BEGIN OPENSSH PRIVATE KEY-----\n"

static void asks_for_an_sshd(void **state)
{
	struct link *l;
	struct shell_request r;

	(void)state;
	optlist_add(&front.opt.shell.env, mem_strdup("A=1"));
	l = begin_with(3, 0, KEY);
	r = asked(l, FRAME_START);
	assert_string_equal(r.kind, KIND_SSHD);
	assert_string_equal(r.command, KEY);
	assert_memory_equal(buf_data(&r.env), "A=1", 4);
	shell_request_fini(&r);
	fakelink_up(l, 3, "node1");
	fakelink_say(l, FRAME_OK, "node1", 5);
	/* Both directions are of one stream. */
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDIN, "SSH-2.0-x");
	turn();
	assert_string_equal(fakestdio_said(STREAM_STDOUT), "SSH-2.0-x");
	/* Nobody could log in: why comes behind it. */
	say_error(l, EX_UNAVAILABLE, "the sshd of node1 says no");
	turn();
	assert_int_equal(fake_status(), EX_UNAVAILABLE);
	assert_string_equal(fakelog_told(), "the sshd of node1 says no\n");
}

/* It would take the key for a command. */
static void asks_no_old_agent_for_an_sshd(void **state)
{
	(void)state;
	fakelink_expect_nothing(begin_with(2, 0, KEY));
	assert_int_equal(fake_status(), EX_PROTOCOL);
	assert_non_null(strstr(fakelog_told(),
		"`vscode-remote-shell cancel` ends it, then connect again"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(asks_for_an_editors_shell),
		TEST(asks_for_what_was_said),
		TEST(asks_an_old_agent),
		TEST(sends_a_long_command_ahead),
		TEST(has_no_room_for_many_variables),
		TEST(tells_what_is_in_vain),
		TEST(carries_both_ways),
		TEST(holds_a_line),
		TEST(holds_nothing_for_a_person),
		TEST(ends_with_its_status),
		TEST(ends_when_all_is_written),
		TEST(ends_by_a_signal_of_its_own),
		TEST(waits_for_the_reason_of_a_kill),
		TEST(tells_of_a_shell_that_never_answered),
		TEST(is_refused),
		TEST(dials_again),
		TEST(dials_for_so_long),
		TEST(dials_not_again_when_the_session_ends),
		TEST(is_cut),
		TEST(signals_by_its_link),
		TEST(signals_beside_the_data),
		TEST(a_second_ctrl_c_ends_the_front),
		TEST(ctrl_c_without_a_shell_ends_the_front),
		TEST(nobody_reads_its_output),
		TEST(cannot_write_its_output),
		TEST(nobody_reads_its_errors),
		TEST(asks_for_an_sshd),
		TEST(asks_no_old_agent_for_an_sshd),
	};

	return cmocka_run_group_tests_name("front_shell", tests, NULL, NULL);
}
