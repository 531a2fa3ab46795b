/* SPDX-License-Identifier: BSD-2-Clause */
/* The descriptors that sshd gave us: front/stdio.c, on pipes, sockets, a terminal. */
#include "fake.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

#include "../fakestdio.h"
#include "base/mem.h"
#include "front/parting.h"
#include "front/stdio.h"
#include "os/behind.h"

static struct stdio *stdio;
static struct link *agent;
static int hung_up, interrupted;

/* The dead end goes on saying so, until the front ends or lets go. */
static void count_hang_up(void *arg)
{
	(void)arg;
	hung_up++;
	parting_tell(front.inv.parting, PARTING_SSH_GONE, 129);
}

static void count_interrupt(void *arg)
{
	(void)arg;
	interrupted++;
}

static const struct parting_ops parting_ops = { .hung_up = count_hang_up,
	.interrupted = count_interrupt };

static struct {
	int ended[STREAM_COUNT], down;
} got;

static void other_frame(struct relay *r, const struct frame *f, void *arg)
{
	(void)r;
	(void)arg;
	fail_msg("%s frame", frame_name(f->type));
}

static void half_ended(struct relay *r, unsigned stream, int error, void *arg)
{
	(void)r;
	(void)arg;
	assert_int_equal(error, 0);
	got.ended[stream]++;
}

static void down(struct relay *r, const struct err *why, void *arg)
{
	(void)r;
	(void)why;
	(void)arg;
	got.down++;
}

static const struct relay_ops relay_ops = { .frame = other_frame,
	.ended = half_ended, .down = down };

static int setup(void **state)
{
	hung_up = interrupted = 0;
	memset(&got, 0, sizeof got);
	if (fake_front_begin(state) == -1 || fakestdio_begin() == -1)
		return -1;
	parting_set_ops(front.inv.parting, &parting_ops, NULL);
	agent = fakelink_new(3);
	return 0;
}

static int teardown(void **state)
{
	stdio_free(stdio);
	stdio = NULL;
	fakestdio_end();
	return fake_front_end(state);
}

static void begin(void)
{
	struct err e;

	stdio = stdio_new(front.inv.base, front.inv.parting, &front.opt.tee,
		&e);
	assert_non_null(stdio);
}

static void turn(void)
{
	fakeclock_turn(front.inv.base);
}

static void expect_data(uint8_t stream, const char *text)
{
	struct frame f = fakelink_expect(agent, FRAME_DATA);

	assert_int_equal(f.stream, stream);
	assert_string_equal(f.data, text);
}

static int blocks(int fd)
{
	return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

/* Without loss and in its order, however long the job waits. */
static void stores_what_is_typed(void **state)
{
	(void)state;
	begin();
	fakestdio_type("one ");
	turn();
	fakestdio_type("two ");
	turn();
	stdio_connect(stdio, agent, &relay_ops, NULL);
	turn();
	expect_data(STREAM_STDIN, "one two ");
	fakestdio_type("three");
	turn();
	expect_data(STREAM_STDIN, "three");
	fakestdio_close(0);
	turn();
	assert_int_equal(fakelink_expect(agent, FRAME_EOF).stream,
		STREAM_STDIN);
	assert_int_equal(got.ended[STREAM_STDIN], 1);
	/* Some clients pipe the script in: that is no end of the ssh. */
	assert_int_equal(hung_up, 0);
}

static struct buf heard;

static void hear(const char *data, size_t len, void *arg)
{
	assert_ptr_equal(arg, &heard);
	buf_append(&heard, data, len);
}

/* At once, while it is stored, and later, too; and it goes on as it came. */
static void is_heard_before_there_is_a_shell(void **state)
{
	(void)state;
	begin();
	stdio_listen(stdio, hear, &heard);
	fakestdio_type("one ");
	turn();
	assert_int_equal(heard.len, 4);
	assert_memory_equal(buf_data(&heard), "one ", 4);
	stdio_connect(stdio, agent, &relay_ops, NULL);
	turn();
	expect_data(STREAM_STDIN, "one ");
	fakestdio_type("two");
	turn();
	assert_memory_equal(buf_data(&heard), "one two", 7);
	expect_data(STREAM_STDIN, "two");
	buf_fini(&heard);
}

static void stores_an_end_of_stdin(void **state)
{
	(void)state;
	begin();
	fakestdio_type("exit 7\n");
	fakestdio_close(0);
	turn();
	assert_int_equal(hung_up, 0);
	stdio_connect(stdio, agent, &relay_ops, NULL);
	turn();
	expect_data(STREAM_STDIN, "exit 7\n");
	fakelink_expect(agent, FRAME_EOF);
}

static void writes_what_the_shell_says(void **state)
{
	(void)state;
	begin();
	stdio_connect(stdio, agent, &relay_ops, NULL);
	fakelink_say_stream(agent, FRAME_DATA, STREAM_STDOUT, "out");
	fakelink_say_stream(agent, FRAME_DATA, STREAM_STDERR, "err");
	turn();
	assert_string_equal(fakestdio_said(STREAM_STDOUT), "out");
	assert_string_equal(fakestdio_said(STREAM_STDERR), "err");
	fakelink_say_stream(agent, FRAME_EOF, STREAM_STDOUT, "");
	turn();
	assert_int_equal(got.ended[STREAM_STDOUT], 1);
	assert_int_equal(got.ended[STREAM_STDERR], 0);
}

/* An sshd's: stdin and stdout are the directions of one stream. */
static void carries_one_stream(void **state)
{
	(void)state;
	begin();
	fakestdio_type("SSH-2.0-x\n");
	turn();
	stdio_connect_stream(stdio, agent, &relay_ops, NULL);
	turn();
	expect_data(STREAM_STDIN, "SSH-2.0-x\n");
	fakelink_say_stream(agent, FRAME_DATA, STREAM_STDIN, "SSH-2.0-y\n");
	turn();
	assert_string_equal(fakestdio_said(STREAM_STDOUT), "SSH-2.0-y\n");
	assert_string_equal(fakestdio_said(STREAM_STDERR), "");
}

/* Much at once, so that little waits for who writes it. */
static void takes_a_stream_in_large_pieces(void **state)
{
	char text[4 * FRAME_BULK];

	(void)state;
	begin();
	stdio_connect_stream(stdio, agent, &relay_ops, NULL);
	assert_true(fcntl(fakestdio_fd[0], F_GETPIPE_SZ) >= 256 << 10);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	fakestdio_type(text);
	turn();
	for (int i = 0; i < 3; i++)
		assert_int_equal(fakelink_expect(agent, FRAME_DATA).len,
			FRAME_BULK);
}

static void gives_the_descriptors_back(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < STREAM_COUNT; i++)
		assert_false(blocks(i));
	stdio_free(stdio);
	stdio = NULL;
	for (int i = 0; i < STREAM_COUNT; i++)
		assert_true(blocks(i));
}

/* A killed client: nothing else tells, without a terminal. */
static void notices_that_nobody_reads(void **state)
{
	(void)state;
	begin();
	turn();
	assert_int_equal(hung_up, 0);
	fakestdio_close(STREAM_STDOUT);
	turn();
	assert_int_equal(hung_up, 1);
}

/* Both ends at once: the shell must not read that as its end. */
static void sends_no_end_of_a_dead_ssh(void **state)
{
	(void)state;
	begin();
	stdio_connect(stdio, agent, &relay_ops, NULL);
	turn();
	fakestdio_close(STREAM_STDOUT);
	fakestdio_close(STREAM_STDIN);
	turn();
	assert_int_equal(hung_up, 1);
	fakelink_expect_nothing(agent);
}

static void put_socket(int stream)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		pair), 0);
	fakestdio_put(stream, pair[1], pair[0]);
}

/* A socket says nothing by itself; after an end of stdin it is looked at. */
static void looks_at_a_socket(void **state)
{
	(void)state;
	put_socket(STREAM_STDOUT);
	begin();
	fakestdio_close(STREAM_STDIN);
	turn();
	fakeclock_pass(front.inv.base, 12000);
	assert_int_equal(hung_up, 0);
	fakestdio_close(STREAM_STDOUT);
	fakeclock_pass(front.inv.base, 2999);
	assert_int_equal(hung_up, 0);
	fakeclock_pass(front.inv.base, 1);
	assert_int_equal(hung_up, 1);
}

static void looks_at_a_socket_at_the_end_of_stdin(void **state)
{
	(void)state;
	put_socket(STREAM_STDOUT);
	begin();
	fakestdio_close(STREAM_STDOUT);
	fakeclock_pass(front.inv.base, 60000);
	/* Only a write, or stdin, would tell. */
	assert_int_equal(hung_up, 0);
	fakestdio_close(STREAM_STDIN);
	turn();
	assert_int_equal(hung_up, 1);
}

static void a_file_is_always_there(void **state)
{
	char *path = mem_printf("%s/out", fake_dir);

	(void)state;
	fake_file("out", "");
	fakestdio_put(STREAM_STDOUT, open(path, O_WRONLY | O_CLOEXEC), -1);
	begin();
	stdio_connect(stdio, agent, &relay_ops, NULL);
	fakestdio_close(STREAM_STDIN);
	fakelink_say_stream(agent, FRAME_DATA, STREAM_STDOUT, "out");
	fakeclock_pass(front.inv.base, 60000);
	assert_int_equal(hung_up, 0);
	assert_string_equal(fake_text("out"), "out");
	free(path);
}

static void tells_whose_failure_is_the_end(void **state)
{
	(void)state;
	begin();
	stdio_failed(stdio, STREAM_STDERR, EPIPE);
	assert_int_equal(hung_up, 0);
	stdio_failed(stdio, STREAM_STDOUT, EPIPE);
	assert_int_equal(hung_up, 1);
}

/* A terminal as stdin and stdout; returns its other end. */
static int put_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;
	struct winsize size = { .ws_row = 12, .ws_col = 34 };

	assert_int_not_equal(master, -1);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_not_equal(slave, -1);
	assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
	fakestdio_put(STREAM_STDOUT, fcntl(slave, F_DUPFD_CLOEXEC, 3), -1);
	fakestdio_put(STREAM_STDIN, slave, master);
	return master;
}

static int is_raw(void)
{
	struct termios t;

	assert_int_equal(tcgetattr(STDIN_FILENO, &t), 0);
	return (t.c_lflag & (ICANON | ISIG | ECHO)) == 0;
}

static void makes_a_terminal_raw(void **state)
{
	struct window w;

	(void)state;
	(void)put_terminal();
	assert_false(is_raw());
	begin();
	assert_true(stdio_is_terminal(stdio));
	assert_true(is_raw());
	w = stdio_window(stdio);
	assert_int_equal(w.rows, 12);
	assert_int_equal(w.columns, 34);
	stdio_free(stdio);
	stdio = NULL;
	assert_false(is_raw());
}

/* Nobody else makes a signal of it. It goes on, to a shell. */
static void hears_ctrl_c(void **state)
{
	(void)state;
	(void)put_terminal();
	begin();
	fakestdio_type("ab\003c");
	/* A terminal passes it on in its own time. */
	FAKECLOCK_WAIT(front.inv.base, interrupted == 1);
	stdio_connect(stdio, agent, &relay_ops, NULL);
	turn();
	expect_data(STREAM_STDIN, "ab\003c");
	assert_int_equal(hung_up, 0);
}

static void a_pipe_has_no_ctrl_c(void **state)
{
	struct window w;

	(void)state;
	begin();
	fakestdio_type("\003");
	turn();
	assert_int_equal(interrupted, 0);
	assert_false(stdio_is_terminal(stdio));
	w = stdio_window(stdio);
	assert_int_equal(w.rows, 24);
	assert_int_equal(w.columns, 80);
}

static void copies_what_passes(void **state)
{
	(void)state;
	front.opt.tee.in = mem_printf("%s/in", fake_dir);
	front.opt.tee.out = mem_printf("%s/out", fake_dir);
	begin();
	fakestdio_type("typed");
	turn();
	stdio_connect(stdio, agent, &relay_ops, NULL);
	fakelink_say_stream(agent, FRAME_DATA, STREAM_STDOUT, "said");
	fakelink_say_stream(agent, FRAME_DATA, STREAM_STDERR, "not this");
	turn();
	stdio_free(stdio);
	stdio = NULL;
	behind_wait(20000);
	assert_string_equal(fake_text("in"), "typed");
	assert_string_equal(fake_text("out"), "said");
}

static void says_which_copy_cannot_be_made(void **state)
{
	struct err e = { "" };

	(void)state;
	front.opt.tee.in = mem_printf("%s/in", fake_dir);
	front.opt.tee.err = mem_printf("%s/nowhere/err", fake_dir);
	assert_null(stdio_new(front.inv.base, front.inv.parting,
		&front.opt.tee, &e));
	assert_non_null(strstr(e.text, "/nowhere/err"));
	for (int i = 0; i < STREAM_COUNT; i++)
		assert_true(blocks(i));
}

/* The ssh ends when its last descriptor is closed, and the front goes on. */
static void lets_go(void **state)
{
	struct stat null, st;

	(void)state;
	begin();
	stdio_connect(stdio, agent, &relay_ops, NULL);
	stdio_detach(stdio);
	assert_int_equal(stat("/dev/null", &null), 0);
	for (int i = 0; i < STREAM_COUNT; i++) {
		assert_int_equal(fstat(i, &st), 0);
		assert_int_equal(st.st_rdev, null.st_rdev);
	}
	fakelink_say_stream(agent, FRAME_DATA, STREAM_STDOUT, "to nobody");
	fakestdio_close(STREAM_STDOUT);
	fakestdio_close(STREAM_STDIN);
	turn();
	fakelink_expect_nothing(agent);
	stdio_failed(stdio, STREAM_STDOUT, EPIPE);
	assert_int_equal(hung_up, 0);
}

/* What was typed is for the shell still, when that comes. */
static void lets_go_before_there_is_a_shell(void **state)
{
	(void)state;
	begin();
	fakestdio_type("typed");
	turn();
	stdio_detach(stdio);
	stdio_connect(stdio, agent, &relay_ops, NULL);
	turn();
	expect_data(STREAM_STDIN, "typed");
	fakelink_expect_nothing(agent);
}

/* Who reads stdout hears the end, though stdin goes on: of a pipe, or one socket. */
static void ends_its_output(void **state)
{
	(void)state;
	for (int is_socket = 0; is_socket < 2; is_socket++) {
		int pair[2];
		char text[8];

		if (is_socket) {
			assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM |
				SOCK_CLOEXEC, 0, pair), 0);
			fakestdio_put(STREAM_STDOUT, dup(pair[0]), pair[1]);
			dup2(pair[0], STDIN_FILENO);
			close(pair[0]);
		}
		begin();
		stdio_connect_stream(stdio, agent, &relay_ops, NULL);
		fakelink_say_stream(agent, FRAME_DATA, STREAM_STDIN, "last");
		fakelink_say_stream(agent, FRAME_EOF, STREAM_STDIN, "");
		stdio_end_output(stdio);
		stdio_end_output(stdio);
		assert_int_equal(read(fakestdio_fd[STREAM_STDOUT], text, 8), 4);
		assert_int_equal(read(fakestdio_fd[STREAM_STDOUT], text, 8), 0);
		if (is_socket)
			assert_int_equal(write(pair[1], "more", 4), 4);
		else
			fakestdio_type("more");
		turn();
		expect_data(STREAM_STDIN, "more");
		if (is_socket) {
			/* Both directions have ended, and nobody is gone. */
			assert_int_equal(shutdown(pair[1], SHUT_WR), 0);
			turn();
			fakelink_expect(agent, FRAME_EOF);
		}
		assert_int_equal(hung_up, 0);
		stdio_free(stdio);
		stdio = NULL;
		agent = fakelink_new(3);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stores_what_is_typed),
		TEST(is_heard_before_there_is_a_shell),
		TEST(stores_an_end_of_stdin),
		TEST(writes_what_the_shell_says),
		TEST(carries_one_stream),
		TEST(takes_a_stream_in_large_pieces),
		TEST(gives_the_descriptors_back),
		TEST(notices_that_nobody_reads),
		TEST(sends_no_end_of_a_dead_ssh),
		TEST(ends_its_output),
		TEST(looks_at_a_socket),
		TEST(looks_at_a_socket_at_the_end_of_stdin),
		TEST(a_file_is_always_there),
		TEST(tells_whose_failure_is_the_end),
		TEST(makes_a_terminal_raw),
		TEST(hears_ctrl_c),
		TEST(a_pipe_has_no_ctrl_c),
		TEST(copies_what_passes),
		TEST(says_which_copy_cannot_be_made),
		TEST(lets_go),
		TEST(lets_go_before_there_is_a_shell),
	};

	return cmocka_run_group_tests_name("stdio", tests, NULL, NULL);
}
