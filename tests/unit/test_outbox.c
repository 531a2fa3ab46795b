/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/outbox.h"

static int fd[2];
static struct outbox out;
static char bytes[OUTBOX_SIZE];

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = i % 251;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == -1)
		return -1;
	outbox_init(&out, fd[0]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	outbox_fini(&out);
	close(fd[0]);
	close(fd[1]);
	return 0;
}

/* Take what is there, which must go on at bytes[at]; where it goes on next. */
static size_t take(size_t at)
{
	static char got[OUTBOX_SIZE];
	ssize_t n;

	while ((n = read(fd[1], got, sizeof got)) > 0)
		for (ssize_t i = 0; i < n; i++, at++)
			assert_int_equal(got[i], bytes[at % sizeof bytes]);
	return at;
}

static void sends_what_was_gathered_at_once(void **state)
{
	char got[100];

	(void)state;
	assert_int_equal(outbox_push(&out), 0);
	outbox_add(&out, bytes, 10);
	outbox_add(&out, bytes + 10, 20);
	assert_int_equal(read(fd[1], got, sizeof got), -1);
	assert_int_equal(outbox_waiting(&out), 0);
	assert_int_equal(outbox_push(&out), 0);
	assert_int_equal(read(fd[1], got, sizeof got), 30);
	assert_memory_equal(got, bytes, 30);
	assert_int_equal(outbox_push(&out), 0);
	assert_int_equal(read(fd[1], got, sizeof got), -1);
}

static void has_room_for_a_turn(void **state)
{
	size_t at = 0;

	(void)state;
	for (int i = 0; i < TURN_LONG / FRAME_BULK; i++) {
		assert_true(outbox_has_room(&out, OUTBOX_RECORD_MAX));
		outbox_add(&out, bytes + at, OUTBOX_RECORD_MAX);
		at += OUTBOX_RECORD_MAX;
	}
	assert_false(outbox_has_room(&out, 1));
}

/* All bytes in order, although the socket is full again and again. */
static void keeps_what_the_socket_does_not_take(void **state)
{
	size_t added = 0, taken = 0;
	int full = 0;

	(void)state;
	while (added < 40 * sizeof bytes) {
		size_t at = added % sizeof bytes;

		if (outbox_waiting(&out) > 0)
			assert_false(outbox_has_room(&out, 1));
		outbox_add(&out, bytes + at, sizeof bytes - at < 5000 ?
			sizeof bytes - at : 5000);
		added += sizeof bytes - at < 5000 ? sizeof bytes - at : 5000;
		if (outbox_push(&out) == 0)
			continue;
		assert_int_equal(errno, EAGAIN);
		assert_true(outbox_waiting(&out) > 0);
		full++;
		taken = take(taken);
	}
	while (outbox_push(&out) == -1)
		taken = take(taken);
	assert_int_equal(take(taken), added);
	assert_int_equal(outbox_waiting(&out), 0);
	assert_true(full > 3);
}

static void tells_of_a_dead_socket(void **state)
{
	(void)state;
	close(fd[1]);
	outbox_add(&out, bytes, 10);
	assert_int_equal(outbox_push(&out), -1);
	assert_int_equal(errno, EPIPE);
	fd[1] = dup(fd[0]);
}

/* What one gathered goes with it, and is not another's. */
static void leaves_nothing_behind(void **state)
{
	struct outbox other;
	char got[10];

	(void)state;
	outbox_add(&out, bytes, 10);
	outbox_fini(&out);
	outbox_init(&other, fd[0]);
	assert_int_equal(outbox_push(&other), 0);
	assert_int_equal(read(fd[1], got, sizeof got), -1);
	outbox_init(&out, fd[0]);
}

#define ONE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(sends_what_was_gathered_at_once),
		ONE(has_room_for_a_turn),
		ONE(keeps_what_the_socket_does_not_take),
		ONE(tells_of_a_dead_socket),
		ONE(leaves_nothing_behind),
	};

	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
