/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shells of the session and their links: agent/agent_shell.c, with real processes
 * at one end. How much memory there is, and what an sshd is, says the test.
 */
#include "fake.h"

#include "agent/agent_shell.h"
#include "agent/idle.h"
#include "agent/sshd.h"
#include "base/mem.h"
#include "os/jobmem.h"
#include "os/proc.h"
#include "proto/message.h"

static struct idle *idle;
static struct shells *shells;

/* What has come by a link. */
static struct {
	char text[STREAM_COUNT][4096];
	int eof[STREAM_COUNT];
	int exits, errors, marks;
	struct shell_exit exit;
	struct error error;
} got;

static long long kills;		/* for lack of memory */

void jobmem_read(struct jobmem *m)
{
	*m = (struct jobmem){ .used = -1, .limit = -1, .kills = kills };
}

int jobmem_victim(int *pid, char name[16])
{
	*pid = 4711;
	strcpy(name, "hungry");
	return 0;
}

static struct {
	struct sshd s;
	const char *advice;	/* for who comes next */
	int frees, fails, are_ended;
	const char *path;
} sshd;

void sshd_await(struct sshds *n, struct link *l, const struct frame *request,
	void (*ready)(struct link *, const struct frame *, void *), void *arg)
{
	(void)n;
	ready(l, request, arg);
}

struct sshd *sshd_new(struct sshds *n, const struct shell_request *r,
	struct err *e)
{
	(void)n;
	(void)r;
	if (sshd.path == NULL) {
		err_set(e, "no sshd");
		return NULL;
	}
	sshd.s = (struct sshd){ .path = sshd.path };
	sshd.s.config = (char *)(uintptr_t)"config";
	return &sshd.s;
}

int sshd_failed(const struct sshd *s, const char *node, int status,
	struct err *why)
{
	assert_ptr_equal(s, &sshd.s);
	err_set(why, "nobody could log in on %s, status %d", node,
		WEXITSTATUS(status));
	return sshd.fails;
}

const char *sshd_advice(const struct sshd *s)
{
	assert_ptr_equal(s, &sshd.s);
	return sshd.advice;
}

int sshds_are_ended(const struct sshds *n)
{
	(void)n;
	return sshd.are_ended;
}

void sshd_free(struct sshd *s)
{
	sshd.frees += s != NULL;
}

struct sshds *sshds_new(const struct jobenv *env, const struct end *end)
{
	(void)env;
	(void)end;
	return NULL;
}

void sshds_free(struct sshds *n)
{
	(void)n;
}

static int setup(void **state)
{
	memset(&got, 0, sizeof got);
	memset(&sshd, 0, sizeof sshd);
	kills = 0;
	if (fake_session_begin(state) == -1)
		return -1;
	envlist_set(&agent.env.env, "PATH", "/usr/bin:/bin");
	envlist_set(&agent.env.env, "D", fake_dir);
	agent.job.user.shell = agent.job.user.passwd_shell =
		(char *)(uintptr_t)"/bin/sh";
	idle = idle_new(&agent.job, agent.news, agent.end);
	shells = shells_new(&agent.env, idle, agent.memory, NULL, NULL);
	return 0;
}

static int teardown(void **state)
{
	shells_free(shells);
	idle_free(idle);
	return fake_session_end(state);
}

static struct link *ask(const struct shell_request *r)
{
	struct link *l = fakelink_new(3);
	struct buf b = { 0 };
	struct frame f;

	shell_request_put(&b, r, FRAME_START);
	assert_true(frame_parse(&f, buf_data(&b), b.len, NULL) > 0);
	agent_shell_new(shells, l, &f);
	buf_fini(&b);
	return l;
}

/* A command that was asked for, and may not run yet. */
static struct link *asked(const char *command, int pty)
{
	struct shell_request r = { .kind = KIND_COMMAND, .pty = pty,
		.window = { .rows = 12, .columns = 34 } };

	snprintf(r.command, sizeof r.command, "%s", command);
	return ask(&r);
}

static struct link *started_by(struct link *l)
{
	assert_true(fakelink_is_paused(l));
	FAKECLOCK_WAIT(agent.job.base, !fakelink_is_paused(l));
	assert_string_equal(fakelink_text(l, FRAME_OK), "node1");
	return l;
}

static struct link *started(const char *command)
{
	return started_by(asked(command, 0));
}

static void take_one(const struct frame *f)
{
	switch ((int)f->type) {
	case FRAME_DATA:
		assert_true(strlen(got.text[f->stream]) + f->len <
			sizeof got.text[0]);
		strncat(got.text[f->stream], f->data, f->len);
		break;
	case FRAME_EOF:
		got.eof[f->stream]++;
		break;
	case FRAME_EXIT:
		assert_int_equal(shell_exit_get(&got.exit, f, NULL), 0);
		got.exits++;
		break;
	case FRAME_ERROR:
		assert_int_equal(error_get(&got.error, f, NULL), 0);
		got.errors++;
		break;
	case FRAME_WHOSE:
		got.marks++;
		break;
	default:
		fail_msg("%s frame", frame_name(f->type));
	}
}

/* All that has come; how many ends were told. */
static int take(struct link *l)
{
	struct frame f;

	while ((f = fakelink_take(l)).type != 0)
		take_one(&f);
	return got.exits + got.errors;
}

static void expect_exit(struct link *l, int signaled, int value)
{
	FAKECLOCK_WAIT(agent.job.base, take(l) == 1);
	assert_int_equal(got.exits, 1);
	assert_int_equal(got.exit.signaled, signaled);
	assert_int_equal(got.exit.value, value);
	/* It goes when all is sent. */
	assert_true(fakelink_is_leaving(l));
	assert_int_equal(idle_uses(idle, USE_SHELL), 0);
}

static int said(struct link *l, const char *text)
{
	(void)take(l);
	return strstr(got.text[STREAM_STDOUT], text) != NULL;
}

#define WAIT_SAID(l, text) FAKECLOCK_WAIT(agent.job.base, said(l, text))

static void say_signal(struct link *l, unsigned char sig)
{
	fakelink_say(l, FRAME_SIGNAL, &sig, 1);
}

static void say_whose(struct link *l, const char mark[FRAME_MARK])
{
	got.marks = 0;
	fakelink_say(l, FRAME_WHOSE, mark, FRAME_MARK);
	(void)take(l);
	assert_int_equal(got.marks, 1);
}

static void tell_signal(const char mark[FRAME_MARK], unsigned char sig)
{
	struct frame f = { .type = FRAME_SIGNAL, .data = (char *)&sig,
		.len = 1 };

	agent_shell_tell(shells, mark, &f);
}

static void says_how_it_ended(void **state)
{
	struct link *l = asked("echo out; echo err >&2; exit 7", 0);

	(void)state;
	assert_int_equal(idle_uses(idle, USE_SHELL), 1);
	expect_exit(started_by(l), 0, 7);
	/* Behind all that it printed. */
	assert_string_equal(got.text[STREAM_STDOUT], "out\n");
	assert_string_equal(got.text[STREAM_STDERR], "err\n");
	assert_int_equal(got.eof[STREAM_STDOUT], 1);
	assert_int_equal(got.eof[STREAM_STDERR], 1);
}

static void says_by_which_signal(void **state)
{
	(void)state;
	expect_exit(started("kill -TERM $$"), 1, SIGTERM);
}

static void reads_what_is_typed(void **state)
{
	struct link *l = started("read a; echo \"got $a\"; cat");

	(void)state;
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDIN, "one\ntwo");
	fakelink_say_stream(l, FRAME_EOF, STREAM_STDIN, "");
	expect_exit(l, 0, 0);
	assert_string_equal(got.text[STREAM_STDOUT], "got one\ntwo");
}

/* As with sshd, on pipes: whoever has them may say something still. */
static void waits_for_all_that_is_said(void **state)
{
	struct link *l = started("(trap : USR1; echo $$; echo ready; "
		"while test ! -e $D/go; do sleep 0.01; done; echo late) & "
		"exit 3");

	(void)state;
	WAIT_SAID(l, "ready\n");
	fakeclock_turn(agent.job.base);
	assert_int_equal(take(l), 0);
	assert_int_equal(idle_uses(idle, USE_SHELL), 1);
	fake_file("go", "");
	expect_exit(l, 0, 3);
	assert_true(said(l, "late\n"));
}

/* A terminal's output ends with its shell. */
static void leaves_a_terminal_behind(void **state)
{
	struct link *l = started_by(asked("sleep 600 & echo said", 1));

	(void)state;
	expect_exit(l, 0, 0);
	assert_true(said(l, "said\r\n"));
}

static void has_a_window(void **state)
{
	struct link *l = started_by(asked("stty size; read a; stty size", 1));
	struct window w = { .rows = 9, .columns = 8 };
	struct buf b = { 0 };

	(void)state;
	WAIT_SAID(l, "12 34");
	window_put(&b, &w);
	fakelink_say_buf(l, &b);
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDIN, "x\n");
	expect_exit(l, 0, 0);
	assert_true(said(l, "9 8"));
}

static void refuses_what_it_cannot_start(void **state)
{
	static const struct {
		struct shell_request r;
		int status;
		const char *why;
	} rows[] = {
		{ { .kind = "sesame" }, EX_PROTOCOL, "\"sesame\"" },
		{ { .kind = KIND_COMMAND }, EX_PROTOCOL, "no command" },
		{ { .kind = KIND_SSHD, .command = "KEY" }, EX_UNAVAILABLE,
			"no sshd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct link *l = ask(&rows[i].r);

		got.errors = 0;
		assert_int_equal(take(l), 1);
		assert_int_equal(got.error.status, rows[i].status);
		assert_non_null(strstr(got.error.text, rows[i].why));
		assert_true(fakelink_is_leaving(l));
	}
	assert_int_equal(idle_uses(idle, USE_SHELL), 0);
}

static void refuses_half_a_request(void **state)
{
	struct link *l = fakelink_new(3);
	struct frame f = { .type = FRAME_START, .data = "x", .len = 1 };

	(void)state;
	agent_shell_new(shells, l, &f);
	assert_int_equal(take(l), 1);
	assert_int_equal(got.error.status, EX_PROTOCOL);
	assert_true(fakelink_is_leaving(l));
}

/* That is known once its exec has failed. */
static void tells_that_there_is_no_shell(void **state)
{
	struct shell_request r = { .kind = KIND_SHELL,
		.shell = "/nonexistent/fish" };
	struct link *l = ask(&r);

	(void)state;
	assert_int_equal(idle_uses(idle, USE_SHELL), 1);
	FAKECLOCK_WAIT(agent.job.base, fakelink_is_leaving(l));
	assert_int_equal(take(l), 1);
	assert_int_equal(got.error.status, EX_OSERR);
	assert_string_equal(got.error.text, "cannot start the shell: /nonexistent/fish: No such file or directory");
	assert_int_equal(idle_uses(idle, USE_SHELL), 0);
	FAKECLOCK_WAIT(agent.job.base, proc_children(&(pid_t){ 0 }, 1) == 0);
}

/* The editor's server is in its process group, and must not hear of it. */
static void hangs_up_the_process_alone(void **state)
{
	struct link *l = started("trap 'echo hup >$D/hup; exit' HUP; "
		"sleep 600 & echo pid $! ready; "
		"while :; do sleep 0.01; done");
	int pid;

	(void)state;
	WAIT_SAID(l, "ready\n");
	assert_int_equal(sscanf(got.text[STREAM_STDOUT], "pid %d", &pid), 1);
	fakelink_down(l, "reset", 0);
	assert_int_equal(idle_uses(idle, USE_SHELL), 0);
	FAKECLOCK_WAIT(agent.job.base, fake_text("hup") != NULL);
	assert_true(fake_is_alive(pid));
}

/* Also one that is stopped. */
static void hangs_up_a_stopped_process(void **state)
{
	struct link *l = started("trap 'echo hup >$D/hup; exit' HUP; "
		"echo pid $$ ready; kill -STOP $$; "
		"while :; do sleep 0.01; done");
	struct procstat st;
	int pid;

	(void)state;
	WAIT_SAID(l, "ready\n");
	assert_int_equal(sscanf(got.text[STREAM_STDOUT], "pid %d", &pid), 1);
	FAKECLOCK_WAIT(agent.job.base, proc_stat(pid, &st) == 0 &&
		st.state == 'T');
	fakelink_down(l, "reset", 0);
	FAKECLOCK_WAIT(agent.job.base, fake_text("hup") != NULL);
}

/* Its exec is on the way; then it is hung up as any other. */
static void may_go_while_it_starts(void **state)
{
	const int before = fake_open_files();

	(void)state;
	for (int pty = 0; pty < 2; pty++) {
		/* What a shell has begun before it hears of it stays. */
		struct link *l = asked("exec sleep 600", pty);

		fakelink_down(l, "reset", 0);
		assert_true(fakelink_is_freed(l));
		assert_int_equal(idle_uses(idle, USE_SHELL), 0);
		FAKECLOCK_WAIT(agent.job.base,
			proc_children(&(pid_t){ 0 }, 1) == 0);
		fakeclock_turn(agent.job.base);
		assert_int_equal(fake_open_files(), before);
	}
}

/* What is left of it may be said to nobody. */
static void may_go_when_it_is_over(void **state)
{
	struct link *l = started("(trap '' HUP; echo ready; sleep 600) & exit 3");

	(void)state;
	WAIT_SAID(l, "ready\n");
	FAKECLOCK_WAIT(agent.job.base, strstr(fakelog_logged(),
		" ended, status 0x300") != NULL);
	fakelink_down(l, "reset", 0);
	assert_null(strstr(fakelog_logged(), "hanging up"));
	assert_true(fakelink_is_freed(l));
	assert_int_equal(idle_uses(idle, USE_SHELL), 0);
}

/* The end of the session waits for what is with a link that has no room. */
static void is_said_when_all_is_sent(void **state)
{
	struct link *l;

	(void)state;
	assert_true(shells_have_said_all(shells));
	l = started("echo said; exit 3");
	fakelink_fill(l, 1);
	FAKECLOCK_WAIT(agent.job.base, strstr(fakelog_logged(),
		" ended, status 0x300") != NULL);
	assert_false(shells_have_said_all(shells));
	fakelink_fill(l, 0);
	fakelink_fill(l, 1);
	expect_exit(l, 0, 3);
	assert_string_equal(got.text[STREAM_STDOUT], "said\n");
	assert_false(shells_have_said_all(shells));
	fakelink_fill(l, 0);
	assert_true(shells_have_said_all(shells));
}

/* Nobody waits for what nobody hears. */
static void is_said_when_its_front_is_gone(void **state)
{
	struct link *l = started("trap '' HUP; sleep 600");

	(void)state;
	assert_false(shells_have_said_all(shells));
	fakelink_down(l, "reset", 0);
	assert_true(shells_have_said_all(shells));
}

/* A front that is gone has nothing more to say. */
static void hears_nobody_behind_a_hang_up(void **state)
{
	static const char mine[FRAME_MARK] = "mine";
	struct link *l = started("trap 'echo >$D/usr' USR1; "
		"trap 'echo >$D/hup' HUP; trap 'echo >$D/term; exit' TERM; "
		"echo pid $$ ready; while :; do sleep 0.01; done");
	int pid;

	(void)state;
	WAIT_SAID(l, "ready\n");
	assert_int_equal(sscanf(got.text[STREAM_STDOUT], "pid %d", &pid), 1);
	say_whose(l, mine);
	fakelink_down(l, "reset", 0);
	FAKECLOCK_WAIT(agent.job.base, fake_text("hup") != NULL);
	tell_signal(mine, SIGUSR1);
	kill(pid, SIGTERM);
	FAKECLOCK_WAIT(agent.job.base, fake_text("term") != NULL);
	assert_null(fake_text("usr"));
}

static void gets_signals(void **state)
{
	struct link *l = started("trap 'echo int' INT; trap 'exit 5' TERM; "
		"echo ready; while :; do sleep 0.01; done");

	(void)state;
	WAIT_SAID(l, "ready\n");
	/* None that there is. */
	say_signal(l, 0);
	say_signal(l, 200);
	fakelink_say(l, FRAME_PING, "", 0);
	say_signal(l, SIGINT);
	WAIT_SAID(l, "int\n");
	say_signal(l, SIGTERM);
	expect_exit(l, 0, 5);
}

/* Beside the data: it reads nothing, and its link is not read either. */
static void gets_signals_beside_its_link(void **state)
{
	static const char mine[FRAME_MARK] = "mine", other[FRAME_MARK] = "other";
	static char much[15001];
	static const char none[FRAME_MARK];
	struct link *l = started("trap 'exit 5' INT; trap 'exit 6' HUP; "
		"echo ready; while :; do sleep 0.01; done");
	int sent = 0;

	(void)state;
	WAIT_SAID(l, "ready\n");
	/* Nobody knows yet whose it is. */
	tell_signal(none, SIGHUP);
	tell_signal(mine, SIGHUP);
	say_whose(l, mine);
	/* It is told once: the first counts. */
	fakelink_say(l, FRAME_WHOSE, other, FRAME_MARK);
	memset(much, 'x', sizeof much - 1);
	for (; !fakelink_is_paused(l) && sent < 100; sent++)
		fakelink_say_stream(l, FRAME_DATA, STREAM_STDIN, much);
	assert_true(fakelink_is_paused(l));
	tell_signal(other, SIGHUP);
	tell_signal(none, SIGHUP);
	tell_signal(mine, SIGINT);
	expect_exit(l, 0, 5);
}

static void gets_a_window_beside_its_link(void **state)
{
	static const char mine[FRAME_MARK] = "mine";
	struct link *l = started_by(asked("trap 'stty size; exit' WINCH; "
		"echo ready; while :; do sleep 0.01; done", 1));
	struct window w = { .rows = 9, .columns = 8 };
	struct buf b = { 0 };
	struct frame f;

	(void)state;
	say_whose(l, mine);
	WAIT_SAID(l, "ready\r\n");
	window_put(&b, &w);
	assert_true(frame_parse(&f, buf_data(&b), b.len, NULL) > 0);
	agent_shell_tell(shells, mine, &f);
	WAIT_SAID(l, "9 8");
	buf_fini(&b);
}

/* A front is gone by its control stream: its shells are, and no other's. */
static void hangs_up_by_whose_it_is(void **state)
{
	static const char a[FRAME_MARK] = "a", b[FRAME_MARK] = "b";
	struct link *one = started("sleep 600"), *two = started("sleep 600"),
		*old = started("sleep 600");

	(void)state;
	say_whose(one, a);
	say_whose(two, b);
	assert_int_equal(idle_uses(idle, USE_SHELL), 3);
	agent_shell_hang_up(shells, a);
	assert_true(fakelink_is_freed(one));
	assert_false(fakelink_is_freed(two));
	assert_false(fakelink_is_freed(old));
	assert_int_equal(idle_uses(idle, USE_SHELL), 2);
	agent_shell_hang_up(shells, a);
	assert_int_equal(idle_uses(idle, USE_SHELL), 2);
}

/* Before the user sees it end. */
static void tells_first_that_memory_was_short(void **state)
{
	static const char *const commands[] = { "kill -KILL $$", "exit 137",
		"exit 136" };

	for (unsigned i = 0; i < 3; i++) {
		struct link *front, *l;

		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		front = fake_front(2);
		kills = 1;
		l = started(commands[i]);
		FAKECLOCK_WAIT(agent.job.base, take(l) == 1);
		if (i == 2)
			fakelink_expect_nothing(front);
		else
			assert_non_null(strstr(fakelink_text(front,
				FRAME_NOTICE), "hungry (process 4711)"));
	}
}

static struct link *sshd_started(const char *script)
{
	static char path[4096];
	struct shell_request r = { .kind = KIND_SSHD, .command = "KEY" };
	char *text = mem_printf("#!/bin/sh\n%s\n", script);

	fake_file("sshd", text);
	free(text);
	snprintf(path, sizeof path, "%s/sshd", fake_dir);
	chmod(path, 0700);
	sshd.path = path;
	return started_by(ask(&r));
}

/* Both directions of stream 0, and it is used as a port is. */
static void carries_an_sshd(void **state)
{
	struct link *l = sshd_started("read a; echo \"SSH $a\"");

	(void)state;
	assert_int_equal(idle_uses(idle, USE_CLIENT), 1);
	assert_int_equal(idle_uses(idle, USE_SHELL), 0);
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDIN, "2.0\n");
	expect_exit(l, 0, 0);
	assert_string_equal(got.text[STREAM_STDIN], "SSH 2.0\n");
	assert_int_equal(idle_uses(idle, USE_CLIENT), 0);
	assert_int_equal(sshd.frees, 1);
}

/* Behind OK, and before a byte of sshd. */
static void says_what_a_client_needs(void **state)
{
	struct link *l;

	(void)state;
	sshd.advice = "any key will do";
	l = sshd_started("read a");
	assert_string_equal(fakelink_text(l, FRAME_NOTICE), "any key will do");
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDIN, "2.0\n");
	expect_exit(l, 0, 0);
}

static void tells_why_nobody_could_log_in(void **state)
{
	struct link *l;

	(void)state;
	sshd.fails = 1;
	l = sshd_started("exit 255");
	FAKECLOCK_WAIT(agent.job.base, take(l) == 1);
	assert_int_equal(got.errors, 1);
	assert_int_equal(got.error.status, EX_UNAVAILABLE);
	assert_string_equal(got.error.text,
		"nobody could log in on node1, status 255");
	assert_true(fakelink_is_leaving(l));
}

/* It catches the hang-up of its session, and exits with a status of its own. */
static void tells_that_an_sshd_was_ended(void **state)
{
	struct link *l = sshd_started("read a; exit 255");

	(void)state;
	sshd.are_ended = 1;
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDIN, "2.0\n");
	expect_exit(l, 1, SIGHUP);
}

/* Its socket has ended: it ends its sessions and itself in good order. */
static void sends_an_sshd_no_signal(void **state)
{
	struct link *l = sshd_started("trap 'echo hup >$0.hup' HUP\n"
		"echo SSH; cat; echo end >${0%/*}/end");

	(void)state;
	FAKECLOCK_WAIT(agent.job.base, (take(l),
		got.text[STREAM_STDIN][0] != '\0'));
	fakelink_down(l, "reset", 0);
	assert_int_equal(idle_uses(idle, USE_CLIENT), 0);
	FAKECLOCK_WAIT(agent.job.base, fake_text("end") != NULL);
	assert_null(fake_text("sshd.hup"));
	FAKECLOCK_WAIT(agent.job.base, sshd.frees == 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_how_it_ended),
		TEST(says_by_which_signal),
		TEST(reads_what_is_typed),
		TEST(waits_for_all_that_is_said),
		TEST(leaves_a_terminal_behind),
		TEST(has_a_window),
		TEST(refuses_what_it_cannot_start),
		TEST(refuses_half_a_request),
		TEST(tells_that_there_is_no_shell),
		TEST(hangs_up_the_process_alone),
		TEST(hangs_up_a_stopped_process),
		TEST(may_go_while_it_starts),
		TEST(may_go_when_it_is_over),
		TEST(is_said_when_all_is_sent),
		TEST(is_said_when_its_front_is_gone),
		TEST(hears_nobody_behind_a_hang_up),
		TEST(gets_signals),
		TEST(gets_signals_beside_its_link),
		TEST(gets_a_window_beside_its_link),
		TEST(hangs_up_by_whose_it_is),
		TEST(tells_first_that_memory_was_short),
		TEST(carries_an_sshd),
		TEST(says_what_a_client_needs),
		TEST(tells_why_nobody_could_log_in),
		TEST(tells_that_an_sshd_was_ended),
		TEST(sends_an_sshd_no_signal),
	};

	return cmocka_run_group_tests_name("agent_shell", tests, NULL, NULL);
}
