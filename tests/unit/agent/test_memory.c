/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told of memory: os/jobmem.c, which asks the kernel, is replaced. */
#include "fake.h"

#include "agent/memory.h"
#include "os/jobmem.h"

#define MB (1024 * 1024LL)

static struct memory *memory;
static struct jobmem now;
static int victim;		/* 0: the kernel's log may not be read */

void jobmem_read(struct jobmem *m)
{
	*m = now;
}

int jobmem_victim(int *pid, char name[16])
{
	*pid = victim;
	strcpy(name, "python3");
	return victim == 0 ? -1 : 0;
}

static int setup(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	now = (struct jobmem){ .used = 10 * MB, .limit = 512 * MB, .kills = 3 };
	victim = 0;
	memory = memory_new(agent.news);
	return 0;
}

static int teardown(void **state)
{
	memory_free(memory);
	return fake_agent_end(state);
}

static void tells_each_kill_once(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	/* What was before the session is none of it. */
	memory_look(memory);
	fakelink_expect_nothing(front);
	assert_false(memory_was_short(memory));
	now.kills = 4;
	victim = 4711;
	memory_look(memory);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"out of memory: the kernel ended python3 (process 4711), since the 512M of the job were used up; ask for more, as in --mem=1024M");
	assert_true(memory_was_short(memory));
	memory_look(memory);
	fakelink_expect_nothing(front);
	now.kills = 6;
	victim = 0;
	now.limit = -1;
	memory_look(memory);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"out of memory: the kernel ended a process of the session; ask for more with --mem=");
}

static void reports_it(void **state)
{
	struct report r;

	(void)state;
	memory_report(&r);
	assert_int_equal(r.memory_used, 10);
	assert_int_equal(r.memory_limit, 512);
	now.used = 10 * MB + 1;
	memory_report(&r);
	assert_int_equal(r.memory_used, 11);
	/* Without groups: our own is some, and nobody knows a limit. */
	now = (struct jobmem){ -1, -1, -1 };
	memory_report(&r);
	assert_in_range(r.memory_used, 1, 100000);
	assert_int_equal(r.memory_limit, -1);
}

static void tells_of_the_agent(void **state)
{
	(void)state;
	memory_begin();
	assert_string_equal(memory_of_agent().s, "");
	now.kills++;
	assert_string_equal(memory_of_agent().s,
		"out of memory: the kernel ended the agent, since the 512M of the job were used up; ask for more, as in --mem=1024M");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_each_kill_once),
		TEST(reports_it),
		TEST(tells_of_the_agent),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
