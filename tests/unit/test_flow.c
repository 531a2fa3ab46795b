/* SPDX-License-Identifier: BSD-2-Clause */
#include "net.h"

#include <pty.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "net/flow.h"
#include "net/turn.h"

/* On the heap, so that a sanitizer sees a step into one that is gone. */
struct reader {
	struct inflow in;
	uint64_t got;
	int corrupt, ends, error, calls;
	size_t most;
	int pause_each, free_in_data, free_in_end;
	int *gone;
};

static void free_reader(struct reader *r)
{
	if (r->gone != NULL)
		*r->gone = 1;
	inflow_fini(&r->in);
	free(r);
}

static void data_cb(struct inflow *in, char *data, size_t len,
	void *arg)
{
	struct reader *r = arg;

	assert_ptr_equal(in, &r->in);
	assert_int_equal(r->ends, 0);
	r->calls++;
	r->corrupt |= !is_pattern(data, len, r->got);
	r->got += len;
	if (len > r->most)
		r->most = len;
	if (r->pause_each)
		inflow_pause(in, 1);
	if (r->free_in_data)
		free_reader(r);
}

static void end_cb(struct inflow *in, int error, void *arg)
{
	struct reader *r = arg;

	assert_ptr_equal(in, &r->in);
	r->ends++;
	r->error = error;
	if (r->free_in_end)
		free_reader(r);
}

static struct reader *new_reader(int fd, size_t limit)
{
	struct reader *r = calloc(1, sizeof *r);

	inflow_init(&r->in, evbase, fd, limit, data_cb, end_cb, r);
	return r;
}

struct writer {
	struct outflow out;
	int drained, failed, error;
	int free_in_drained, free_in_failed, write_in_drained;
	int *gone;
};

static void free_writer(struct writer *w)
{
	if (w->gone != NULL)
		*w->gone = 1;
	outflow_fini(&w->out);
	free(w);
}

static void drained_cb(struct outflow *out, void *arg)
{
	struct writer *w = arg;

	assert_ptr_equal(out, &w->out);
	assert_true(outflow_queued(out) < QUEUE_FULL / 2);
	w->drained++;
	if (w->write_in_drained > 0) {
		w->write_in_drained--;
		outflow_write(out, "x", 1);
	}
	if (w->free_in_drained)
		free_writer(w);
}

static void failed_cb(struct outflow *out, int error, void *arg)
{
	struct writer *w = arg;

	assert_ptr_equal(out, &w->out);
	w->failed++;
	w->error = error;
	if (w->free_in_failed)
		free_writer(w);
}

static struct writer *new_writer(int fd)
{
	struct writer *w = calloc(1, sizeof *w);

	outflow_init(&w->out, evbase, fd, drained_cb, failed_cb, w);
	return w;
}

static void make_pipe(int fd[2])
{
	assert_int_equal(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
}

/* The pattern's bytes from at on, into the pipe or file. */
static size_t fill(int fd, uint64_t at, size_t len)
{
	unsigned char *p = malloc(len);
	ssize_t n;

	pattern(p, len, at);
	n = write(fd, p, len);
	free(p);
	return n > 0 ? (size_t)n : 0;
}

static void reads_a_pipe(void **state)
{
	struct reader *r;
	int fd[2];

	(void)state;
	make_pipe(fd);
	r = new_reader(fd[0], 1000);
	assert_int_equal(fill(fd[1], 0, 10000), 10000);
	settle();
	assert_int_equal(r->got, 0);	/* it begins paused */
	inflow_pause(&r->in, 0);
	WAIT_FOR(r->got == 10000);
	assert_int_equal(r->most, 1000);
	r->pause_each = 1;
	assert_int_equal(fill(fd[1], 10000, 10000), 10000);
	for (uint64_t want = 11000; want <= 20000; want += 1000) {
		WAIT_FOR(r->got == want);
		settle();
		assert_int_equal(r->got, want);
		inflow_pause(&r->in, 0);
	}
	close(fd[1]);
	WAIT_FOR(r->ends);
	settle();
	assert_int_equal(r->ends, 1);
	assert_int_equal(r->error, 0);
	assert_false(r->corrupt);
	free_reader(r);
	close(fd[0]);
}

/* What epoll refuses: plain files, and devices like /dev/null. */
static void reads_what_cannot_be_polled(void **state)
{
	FILE *f = tmpfile();
	struct reader *r;
	int null;

	(void)state;
	assert_int_equal(fill(fileno(f), 0, 300000), 300000);
	rewind(f);
	r = new_reader(fileno(f), 16384);
	r->pause_each = 1;
	inflow_pause(&r->in, 0);
	WAIT_FOR(r->calls == 1);
	settle();
	assert_int_equal(r->calls, 1);
	r->pause_each = 0;
	inflow_pause(&r->in, 0);
	WAIT_FOR(r->ends);
	settle();
	assert_int_equal(r->ends, 1);
	assert_int_equal(r->got, 300000);
	assert_false(r->corrupt);
	free_reader(r);
	fclose(f);

	null = open("/dev/null", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	r = new_reader(null, 100);
	inflow_pause(&r->in, 0);
	WAIT_FOR(r->ends);
	assert_int_equal(r->error, 0);
	assert_int_equal(r->got, 0);
	free_reader(r);
	close(null);
}

static void takes_a_dead_terminal_as_its_end(void **state)
{
	struct reader *r;
	int master, slave;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	set_nonblock(master);
	r = new_reader(master, 100);
	inflow_pause(&r->in, 0);
	assert_int_equal(fill(slave, 0, 1), 1);
	WAIT_FOR(r->got == 1);
	close(slave);
	WAIT_FOR(r->ends);
	assert_int_equal(r->error, 0);
	free_reader(r);
	close(master);
}

static void tells_of_errors(void **state)
{
	struct linger now = { 1, 0 };
	struct reader *r;
	int fd[2];

	(void)state;
	tcp_pair(fd, 0);
	set_nonblock(fd[0]);
	r = new_reader(fd[0], 100);
	inflow_pause(&r->in, 0);
	setsockopt(fd[1], SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd[1]);
	WAIT_FOR(r->ends);
	assert_int_equal(r->error, ECONNRESET);
	settle();
	assert_int_equal(r->ends, 1);
	free_reader(r);
	close(fd[0]);
}

static void may_stop_in_its_callbacks(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct reader *r;
		int fd[2], gone = 0;

		make_pipe(fd);
		r = new_reader(fd[0], 10);
		r->gone = &gone;
		if (i < 2)
			r->free_in_data = 1;
		else
			r->free_in_end = 1;
		fill(fd[1], 0, 100);
		close(fd[1]);
		/* By the loop, or out of inflow_drain(). */
		if (i % 2 == 0)
			inflow_pause(&r->in, 0);
		else
			inflow_drain(&r->in);
		WAIT_FOR(gone);
		settle();
		close(fd[0]);
	}
}

/* In a callback of the loop somebody drains, and the flow goes away there. */
static void drain_in_data(struct inflow *in, char *data, size_t len,
	void *arg)
{
	struct reader *r = arg;

	(void)data;
	(void)len;
	if (++r->calls == 1)
		inflow_drain(in);
	else
		free_reader(r);
}

static void may_stop_in_a_nested_drain(void **state)
{
	struct reader *r;
	int fd[2], gone = 0;

	(void)state;
	make_pipe(fd);
	r = new_reader(fd[0], 10);
	r->in.data = drain_in_data;
	r->gone = &gone;
	fill(fd[1], 0, 100);
	inflow_pause(&r->in, 0);
	WAIT_FOR(gone);
	settle();
	close(fd[0]);
	close(fd[1]);
}

static void zeros(struct inflow *in, char *data, size_t len, void *arg)
{
	struct reader *r = arg;

	(void)in;
	(void)data;
	r->got += len;
}

/* Also while paused, and not for ever. */
static void drains(void **state)
{
	struct reader *r;
	int fd[2], zero;

	(void)state;
	make_pipe(fd);
	r = new_reader(fd[0], 100);
	fill(fd[1], 0, 5050);
	inflow_drain(&r->in);
	assert_int_equal(r->got, 5050);
	assert_false(r->corrupt);
	assert_int_equal(r->ends, 0);
	close(fd[1]);
	inflow_drain(&r->in);
	assert_int_equal(r->ends, 1);
	free_reader(r);
	close(fd[0]);

	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	r = new_reader(zero, 65536);
	r->in.data = zeros;
	inflow_drain(&r->in);
	assert_true(r->got >= 1 << 20 && r->got < 2 << 20);
	free_reader(r);
	close(zero);
}

static void writes_without_waiting(void **state)
{
	enum { SIZE = 1 << 20 };
	unsigned char *p = malloc(SIZE);
	struct writer *w;
	struct reader *r;
	int fd[2];

	(void)state;
	pattern(p, SIZE, 0);
	make_pipe(fd);
	w = new_writer(fd[1]);
	r = new_reader(fd[0], 5000);
	outflow_write(&w->out, p, 1000);
	outflow_write(&w->out, p, 0);
	assert_int_equal(outflow_queued(&w->out), 0);
	settle();
	assert_int_equal(w->drained, 0);	/* nothing had to wait */
	for (size_t at = 1000; at < SIZE; at += 1000)
		outflow_write(&w->out, p + at, SIZE - at < 1000 ? SIZE - at :
			1000);
	assert_true(outflow_is_full(&w->out));
	assert_true(outflow_queued(&w->out) < SIZE);
	w->write_in_drained = 1;
	inflow_pause(&r->in, 0);
	WAIT_FOR(w->drained);
	assert_false(outflow_is_full(&w->out));
	WAIT_FOR(r->got == SIZE + 1);
	/* Once when there was room, once when all was out. */
	assert_true(w->drained >= 2);
	assert_int_equal(outflow_queued(&w->out), 0);
	assert_int_equal(w->failed, 0);
	free_reader(r);
	free_writer(w);
	close(fd[0]);
	close(fd[1]);
	free(p);
}

/* What is queued is known to the loop, and forgotten with it. */
static void tells_what_it_holds(void **state)
{
	struct writer *w;
	char *p = calloc(1, TURN_HELD);
	int fd[2];

	(void)state;
	for (int round = 0; round < 3; round++) {
		make_pipe(fd);
		w = new_writer(fd[1]);
		outflow_write(&w->out, p, TURN_HELD / 2);
		assert_int_equal(loop_full(), QUEUE_FULL);
		outflow_write(&w->out, p, TURN_HELD);
		assert_int_equal(loop_full(), TURN_LEAST);
		if (round == 1) {
			close(fd[0]);
			fd[0] = -1;
			WAIT_FOR(w->failed);
			assert_int_equal(loop_full(), QUEUE_FULL);
		}
		free_writer(w);
		assert_int_equal(loop_full(), QUEUE_FULL);
		close(fd[0]);
		close(fd[1]);
	}
	free(p);
}

static void writes_a_plain_file(void **state)
{
	char path[] = "/tmp/test_flow.XXXXXX";
	int fd = mkstemp(path);
	struct writer *w;
	unsigned char p[70000];
	struct stat st;

	(void)state;
	unlink(path);
	pattern(p, sizeof p, 0);
	w = new_writer(fd);
	for (int i = 0; i < 10; i++)
		outflow_write(&w->out, p, sizeof p);
	WAIT_FOR(outflow_queued(&w->out) == 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 10 * sizeof p);
	free_writer(w);
	close(fd);

	/* A full disk is told as any failure is. */
	fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	w = new_writer(fd);
	outflow_write(&w->out, p, 100);
	WAIT_FOR(w->failed);
	assert_int_equal(w->error, ENOSPC);
	free_writer(w);
	close(fd);
}

static void tells_a_failure_once(void **state)
{
	static const char big[200000];

	(void)state;
	for (int waiting = 0; waiting < 2; waiting++) {
		struct writer *w;
		int fd[2];

		make_pipe(fd);
		w = new_writer(fd[1]);
		if (waiting)
			outflow_write(&w->out, big, sizeof big);
		close(fd[0]);
		for (int i = 0; i < 10; i++)
			outflow_write(&w->out, "x", 1);
		assert_int_equal(w->failed, 0);	/* the loop tells */
		WAIT_FOR(w->failed);
		assert_int_equal(w->error, EPIPE);
		assert_int_equal(outflow_queued(&w->out), 0);
		outflow_write(&w->out, big, sizeof big);
		assert_int_equal(outflow_queued(&w->out), 0);
		settle();
		assert_int_equal(w->failed, 1);
		assert_int_equal(w->drained, 0);
		free_writer(w);
		close(fd[1]);
	}
}

static void may_end_in_its_callbacks(void **state)
{
	static const char big[200000];

	(void)state;
	for (int failing = 0; failing < 2; failing++) {
		struct writer *w;
		int fd[2], gone = 0;

		make_pipe(fd);
		w = new_writer(fd[1]);
		w->gone = &gone;
		w->free_in_drained = w->free_in_failed = 1;
		outflow_write(&w->out, big, sizeof big);
		if (failing)
			close(fd[0]);
		while (!failing && !gone) {
			char bytes[4096];

			(void)!read(fd[0], bytes, sizeof bytes);
			event_base_loop(evbase, EVLOOP_NONBLOCK);
		}
		WAIT_FOR(gone);
		settle();
		if (!failing)
			close(fd[0]);
		close(fd[1]);
	}
}

/* A failure that the loop has still to tell is forgotten with the flow. */
static void forgets_what_is_gone(void **state)
{
	struct writer *w;
	int fd[2];

	(void)state;
	make_pipe(fd);
	w = new_writer(fd[1]);
	close(fd[0]);
	outflow_write(&w->out, "x", 1);
	free_writer(w);
	settle();
	close(fd[1]);
}

static int group_setup(void **state)
{
	(void)state;
	loop_init();
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	loop_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_pipe),
		cmocka_unit_test(reads_what_cannot_be_polled),
		cmocka_unit_test(takes_a_dead_terminal_as_its_end),
		cmocka_unit_test(tells_of_errors),
		cmocka_unit_test(may_stop_in_its_callbacks),
		cmocka_unit_test(may_stop_in_a_nested_drain),
		cmocka_unit_test(drains),
		cmocka_unit_test(writes_without_waiting),
		cmocka_unit_test(tells_what_it_holds),
		cmocka_unit_test(writes_a_plain_file),
		cmocka_unit_test(tells_a_failure_once),
		cmocka_unit_test(may_end_in_its_callbacks),
		cmocka_unit_test(forgets_what_is_gone),
	};

	return cmocka_run_group_tests_name("flow", tests, group_setup,
		group_teardown);
}
