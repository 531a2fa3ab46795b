/* SPDX-License-Identifier: BSD-2-Clause */
/* When a container is told to be ill, and how often. */
#include "fake.h"

#include "agent/containerhealth.h"
#include "base/mem.h"

static void judges_room(void **state)
{
	static const struct {
		struct containerhealth_room room;
		int want;
	} rows[] = {
		{ { 0, 0, 0, 0 }, 0 },		/* it tells nothing */
		{ { 0, 100, 0, 0 }, -1 },
		{ { (1 << 20) - 1, 100, 0, 0 }, -1 },
		{ { 1 << 20, 100, 0, 0 }, 0 },
		{ { 16 << 20, 100, 0, 0 }, 1 },
		{ { 16 << 20, 100, 10, 1 }, 1 },
		{ { 16 << 20, 100, 10, 0 }, -1 },	/* no inodes */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(containerhealth_judge(&rows[i].room),
			rows[i].want);
}

static struct containerhealth_of what;
static int asked;

static int of(struct containerhealth_of *out, void *arg)
{
	(void)arg;
	asked++;
	*out = what;
	return 1;
}

/* Until so many looks more are over: the next waits for the one before. */
static void let_look(int n)
{
	const int until = asked + n + 1;

	FAKECLOCK_WAIT(agent.job.base, (fakeclock_pass(agent.job.base, 60000),
		asked >= until));
}

static void make(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_true(fd != -1);
	close(fd);
}

/* Once for each time that it goes wrong, and by no look while nobody is there. */
static void tells_once(void **state)
{
	char *path = mem_printf("/tmp/vrs-health.%ld", (long)getpid());
	struct containerhealth *h = containerhealth_new(&agent.job,
		agent.fronts, of, NULL);
	struct link *front;

	(void)state;
	what = (struct containerhealth_of){ .image = path };
	make(path);
	containerhealth_begin(h);
	fakeclock_pass(agent.job.base, 600000);
	assert_int_equal(asked, 0);
	front = fake_front(2);
	containerhealth_begin(h);
	fakeclock_pass(agent.job.base, 1000);
	assert_int_equal(asked, 1);
	let_look(1);
	fakelink_expect_nothing(front);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(unlink(path), 0);
		let_look(2);
		assert_non_null(strstr(fakelink_text(front, FRAME_NOTICE),
			"cannot be found any more (No such file or directory)"));
		fakelink_expect_nothing(front);
		make(path);
		let_look(1);
	}
	assert_int_equal(unlink(path), 0);
	containerhealth_free(h);
	free(path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_session_begin, fake_session_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_room),
		TEST(tells_once),
	};

	return cmocka_run_group_tests_name("containerhealth", tests, NULL, NULL);
}
