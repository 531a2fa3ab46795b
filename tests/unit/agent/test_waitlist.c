/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include "agent/waitlist.h"

static struct waitlist list;
static struct link *went[4];
static unsigned n_went;

static void go(struct link *l, const struct frame *f, void *arg)
{
	assert_false(fakelink_is_paused(l));
	assert_int_equal(f->type, FRAME_START);
	assert_memory_equal(f->data, "request", f->len);
	assert_ptr_equal(arg, &list);
	went[n_went++] = l;
}

static struct link *add(void)
{
	char text[] = "request";
	struct frame f = { .type = FRAME_START, .data = text, .len = 7 };
	struct link *l = fakelink_new(3);

	waitlist_add(&list, l, &f, go, &list);
	/* The frame's data is the link's, and is gone when it goes on. */
	memset(text, 'x', sizeof text);
	assert_true(fakelink_is_paused(l));
	return l;
}

static int begin(void **state)
{
	n_went = 0;
	waitlist_init(&list);
	return fake_agent_begin(state);
}

static int end(void **state)
{
	waitlist_fini(&list);
	return fake_agent_end(state);
}

static void go_on_in_their_order(void **state)
{
	struct link *l[2];

	(void)state;
	assert_true(waitlist_is_empty(&list));
	l[0] = add();
	l[1] = add();
	assert_false(waitlist_is_empty(&list));
	assert_int_equal(n_went, 0);
	waitlist_go(&list, agent.end);
	assert_int_equal(n_went, 2);
	assert_ptr_equal(went[0], l[0]);
	assert_ptr_equal(went[1], l[1]);
	assert_true(waitlist_is_empty(&list));
}

static void one_that_ends_is_forgotten(void **state)
{
	struct link *gone, *stays;

	(void)state;
	gone = add();
	stays = add();
	fakelink_down(gone, "gone", 0);
	assert_true(fakelink_is_freed(gone));
	waitlist_go(&list, agent.end);
	assert_int_equal(n_went, 1);
	assert_ptr_equal(went[0], stays);
}

static void none_goes_on_when_the_session_ends(void **state)
{
	struct link *l;

	(void)state;
	l = add();
	fake_end();
	waitlist_go(&list, agent.end);
	fakelink_refused(l, EX_UNAVAILABLE, "the session is ending");
	assert_int_equal(n_went, 0);
}

static void are_refused_with_the_reason(void **state)
{
	struct link *l;
	struct err why;

	(void)state;
	err_set(&why, "there is none");
	l = add();
	waitlist_refuse(&list, EX_UNAVAILABLE, &why);
	fakelink_refused(l, EX_UNAVAILABLE, "there is none");
	assert_int_equal(n_went, 0);
	assert_true(waitlist_is_empty(&list));
}

static void the_last_are_freed(void **state)
{
	struct link *l;

	(void)state;
	l = add();
	waitlist_fini(&list);
	assert_true(fakelink_is_freed(l));
	waitlist_init(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(go_on_in_their_order, begin,
			end),
		cmocka_unit_test_setup_teardown(one_that_ends_is_forgotten,
			begin, end),
		cmocka_unit_test_setup_teardown(
			none_goes_on_when_the_session_ends, begin, end),
		cmocka_unit_test_setup_teardown(are_refused_with_the_reason,
			begin, end),
		cmocka_unit_test_setup_teardown(the_last_are_freed, begin,
			end),
	};

	return cmocka_run_group_tests_name("waitlist", tests, NULL, NULL);
}
