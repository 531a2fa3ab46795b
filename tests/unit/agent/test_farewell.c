/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <sys/socket.h>

#include "agent/farewell.h"

static struct farewells *all;

static void words(struct buf *out, char first, const struct err *why)
{
	buf_printf(out, "%s, %c", why->text, first);
}

static int setup(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	all = farewells_new(agent.job.base);
	return 0;
}

static int teardown(void **state)
{
	farewells_free(all);
	return fake_agent_end(state);
}

/* The program's end of one that is told. */
static int leaving(farewell_words *answer)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		SOCK_NONBLOCK, 0, pair), 0);
	if (answer != NULL)
		farewell_answer(all, pair[1], answer, &(struct err){ "no" });
	else
		farewell(all, pair[1], "", 0);
	return pair[0];
}

/* It may say what it has to say, and would not die of it. */
static void hears_the_end(void **state)
{
	int before = fake_open_files(), fd = leaving(NULL);
	char c;

	(void)state;
	assert_int_equal(read(fd, &c, 1), 0);
	assert_int_equal(send(fd, "ask", 3, MSG_NOSIGNAL), 3);
	fakeclock_turn(agent.job.base);
	assert_int_equal(send(fd, "more", 4, MSG_NOSIGNAL), 4);
	close(fd);
	fakeclock_turn(agent.job.base);
	assert_int_equal(fake_open_files(), before);
}

static void hears_why(void **state)
{
	int before = fake_open_files(), fd = leaving(words);
	char text[8];

	(void)state;
	fakeclock_turn(agent.job.base);
	assert_int_equal(read(fd, text, sizeof text), -1);
	assert_int_equal(write(fd, "l\0\13", 3), 3);
	fakeclock_turn(agent.job.base);
	assert_int_equal(read(fd, text, sizeof text), 5);
	assert_memory_equal(text, "no, l", 5);
	assert_int_equal(read(fd, text, sizeof text), 0);
	assert_int_equal(write(fd, "x", 1), 1);
	fakeclock_turn(agent.job.base);
	close(fd);
	fakeclock_turn(agent.job.base);
	assert_int_equal(fake_open_files(), before);
}

/* Nobody stays for ever, and not many do. */
static void is_closed_all_the_same(void **state)
{
	int before = fake_open_files(), fd[65];

	(void)state;
	for (int i = 0; i < 65; i++)
		fd[i] = leaving(NULL);
	assert_int_equal(fake_open_files(), before + 65 + 64);
	fakeclock_pass(agent.job.base, 4999);
	assert_int_equal(fake_open_files(), before + 65 + 64);
	fakeclock_pass(agent.job.base, 1);
	assert_int_equal(fake_open_files(), before + 65);
	for (int i = 0; i < 65; i++)
		close(fd[i]);
}

/* Nor who goes on to speak. */
static void is_closed_while_it_speaks(void **state)
{
	int before = fake_open_files(), fd = leaving(words);

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(fake_open_files(), before + 2);
		assert_int_equal(send(fd, "ask", 3, MSG_NOSIGNAL), 3);
		fakeclock_turn(agent.job.base);
		fakeclock_pass(agent.job.base, 1000);
	}
	assert_int_equal(fake_open_files(), before + 1);
	close(fd);
}

static void hears_a_text(void **state)
{
	char text[8];
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		SOCK_NONBLOCK, 0, pair), 0);
	farewell(all, pair[1], "text", 4);
	assert_int_equal(read(pair[0], text, sizeof text), 4);
	assert_int_equal(read(pair[0], text, sizeof text), 0);
	close(pair[0]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hears_the_end),
		TEST(hears_why),
		TEST(is_closed_all_the_same),
		TEST(is_closed_while_it_speaks),
		TEST(hears_a_text),
	};

	return cmocka_run_group_tests_name("farewell", tests, NULL, NULL);
}
