/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who owns a call of an agent until it has said HOME: front/job/wait.c. The link
 * port is the test's own.
 */
#include "fake.h"

#include "front/job/wait.h"
#include "net/gate.h"

#define TAG "0000000000000001"

static struct wait *waiting;
static struct folder folder;
static struct endpoint found;
static int calls;

static struct {
	void (*up)(struct link *, const struct hello *, void *);
	void *arg;
	int is_open;
} gate;

struct gate *gate_open(struct event_base *base, const char *host,
	uint16_t low, uint16_t high, const struct tls_key *key,
	void (*up)(struct link *, const struct hello *, void *), void *arg,
	struct err *e)
{
	(void)base;
	(void)host;
	(void)low;
	(void)high;
	(void)key;
	(void)e;
	gate.up = up;
	gate.arg = arg;
	gate.is_open = 1;
	return (struct gate *)&gate;
}

void gate_close(struct gate *g)
{
	if (g != NULL)
		gate.is_open = 0;
}

uint16_t gate_port(const struct gate *g)
{
	(void)g;
	return 4711;
}

static void found_cb(const struct endpoint *at, void *arg)
{
	(void)arg;
	found = *at;
	calls++;
}

static const struct wait_ops ops = { .found = found_cb };

static int setup(void **state)
{
	struct err e;

	calls = 0;
	if (fake_front_begin(state) == -1)
		return -1;
	fake_folder(TAG, "default", "", 0);
	folder_init(&folder, front.inv.state_fd, front.inv.state_dir);
	if (folder_enter(&folder, TAG, &e) == -1)
		return -1;
	waiting = wait_new(&front.inv, &folder, &ops, NULL);
	return wait_listen(waiting, &e) == EX_OK ? 0 : -1;
}

static int teardown(void **state)
{
	wait_free(waiting);
	folder_leave(&folder);
	return fake_front_end(state);
}

/* It is up. */
static struct link *agent_calls(void)
{
	struct link *l = fakelink_new(1);
	struct hello hello = { .oldest = 1 };

	gate.up(l, &hello, gate.arg);
	return l;
}

static void say_home(struct link *l)
{
	struct endpoint at = { .port = 5001, .n = 1 };
	struct buf b = { 0 };

	strcpy(at.host[0], "192.0.2.1");
	strcpy(at.node, "node1");
	endpoint_write(&b, &at);
	fakelink_say(l, FRAME_HOME, buf_data(&b), b.len);
	buf_fini(&b);
}

static void a_silent_call_ends_with_the_waiting(void **state)
{
	struct link *l = agent_calls();

	(void)state;
	assert_false(fakelink_is_freed(l));
	wait_stop(waiting);
	assert_true(fakelink_is_freed(l));
	assert_false(gate.is_open);
}

static void a_call_that_breaks_is_freed(void **state)
{
	struct link *l = agent_calls();

	(void)state;
	fakelink_down(l, "reset", 0);
	assert_true(fakelink_is_freed(l));
	wait_stop(waiting);
}

/* The agent calls by each of its networks. */
static void the_others_end_with_the_first_that_says_home(void **state)
{
	struct link *one = agent_calls(), *two = agent_calls();
	struct job job = { .id = "17", .state = "running", .tag = TAG };

	(void)state;
	wait_for(waiting, &job);
	say_home(one);
	assert_int_equal(calls, 1);
	assert_int_equal(found.port, 5001);
	assert_true(fakelink_is_freed(one));
	assert_true(fakelink_is_freed(two));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_silent_call_ends_with_the_waiting, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_call_that_breaks_is_freed, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_others_end_with_the_first_that_says_home, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
