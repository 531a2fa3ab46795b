/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for the agent of a job: front/job/wait.c. Its states are walked with all
 * that can happen in them. The link port and the launcher are the test's own.
 */
#include "fake.h"

#include <errno.h>

#include "base/mem.h"
#include "front/job/launcher.h"
#include "front/job/wait.h"
#include "net/gate.h"

#define TAG "0000000000000001"

enum { OFF, LISTENING, CALLED, WAITING, ORPHANED, STATES };
static const char *const state_names[STATES] = { "off", "listening", "called",
	"waiting", "orphaned" };

static struct wait *waiting;
static struct folder folder;

static struct {
	int found, ended, impossible, lost, unusable;
	int given_up;
	struct endpoint at;
	struct job job;
} got;

/* The link port. */

static struct {
	void (*up)(struct link *, const struct hello *, void *);
	void *arg;
	int is_open, is_busy, opens;
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
	if (gate.is_busy) {
		err_set(e, "port 4711: Address already in use");
		return NULL;
	}
	gate.up = up;
	gate.arg = arg;
	gate.is_open = 1;
	gate.opens++;
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

/* The launcher, of which one call is open at most. */

struct launcher_call {
	int is_open, runs;
	char *request;		/* the last */
	void (*record)(const struct kv *, void *);
	void (*ended)(const struct launcher_end *, void *);
	void *arg;
};

static struct launcher_call watch;

struct launcher_call *launcher_run(const struct invocation *inv,
	const char *verb, struct buf *request, long timeout,
	void (*record)(const struct kv *, void *),
	void (*ended)(const struct launcher_end *, void *), void *arg)
{
	(void)inv;
	assert_string_equal(verb, "watch");
	assert_int_equal(timeout, 0);
	assert_false(watch.is_open);
	free(watch.request);
	watch = (struct launcher_call){ .is_open = 1, .runs = watch.runs + 1,
		.request = mem_strndup(buf_data(request), request->len),
		.record = record, .ended = ended, .arg = arg };
	buf_fini(request);
	return &watch;
}

void launcher_cancel(struct launcher_call *c)
{
	if (c != NULL)
		c->is_open = 0;
}

int launcher_status(const char *class)
{
	(void)class;
	return EX_SOFTWARE;
}

void launcher_fail(const struct invocation *inv, const struct launcher_end *end)
{
	(void)inv;
	fail_msg("%s", end->message.text);
}

struct launcher_name launcher_name(const struct invocation *inv)
{
	(void)inv;
	return (struct launcher_name){ "launch-test" };
}

/* One record, and the scheduler is watched still. */
static void say(const char *lines)
{
	struct kv kv;
	struct err e;

	assert_true(watch.is_open);
	assert_true(kv_parse(&kv, lines, strlen(lines), 1, &e) > 0);
	watch.record(&kv, watch.arg);
	kv_fini(&kv);
}

static void end_watch(const char *class)
{
	struct launcher_end end = { .ok = class[0] == '\0' };

	assert_true(watch.is_open);
	strcpy(end.class, class);
	err_set(&end.message, "%s", class);
	watch.is_open = 0;
	watch.ended(&end, watch.arg);
}

/* What it tells. */

static void found_cb(const struct endpoint *at, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.at = *at;
	got.found++;
}

static void ended_cb(const struct job *j, int given_up, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.job = *j;
	got.given_up = given_up;
	got.ended++;
}

static void impossible_cb(const struct job *j, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.job = *j;
	got.impossible++;
}

static void lost_cb(void *arg)
{
	assert_ptr_equal(arg, &got);
	got.lost++;
}

static void unusable_cb(int error, const struct err *why, void *arg)
{
	assert_ptr_equal(arg, &got);
	assert_int_equal(error, EPROTO);
	assert_non_null(strstr(why->text, "endpoint"));
	got.unusable++;
}

static const struct wait_ops ops = { .found = found_cb, .ended = ended_cb,
	.impossible = impossible_cb, .lost = lost_cb, .unusable = unusable_cb };

static int setup(void **state)
{
	struct err e;

	memset(&got, 0, sizeof got);
	memset(&gate, 0, sizeof gate);
	memset(&watch, 0, sizeof watch);
	(void)fakelog_logged();
	if (fake_front_begin(state) == -1)
		return -1;
	fake_folder(TAG, "default", "", 0);
	folder_init(&folder, front.inv.state_fd, front.inv.state_dir);
	if (folder_enter(&folder, TAG, &e) == -1)
		return -1;
	waiting = wait_new(&front.inv, &folder, &ops, &got);
	return 0;
}

static int teardown(void **state)
{
	wait_free(waiting);
	free(watch.request);
	folder_leave(&folder);
	return fake_front_end(state);
}

static void turn(void)
{
	fakeclock_turn(front.inv.base);
}

static void pass(long long ms)
{
	fakeclock_pass(front.inv.base, ms);
}

static void listen_now(void)
{
	struct err e;

	assert_int_equal(wait_listen(waiting, &e), EX_OK);
}

static void begin_with(const char *how)
{
	struct job job = { .id = "17", .tag = TAG };

	snprintf(job.state, sizeof job.state, "%s", how);
	wait_for(waiting, &job);
}

/* It is up. */
static struct link *agent_calls(void)
{
	struct link *l = fakelink_new(1);
	struct hello hello = { .oldest = 1 };

	assert_true(gate.is_open);
	gate.up(l, &hello, gate.arg);
	return l;
}

static void say_where(struct link *l, enum frame_type type)
{
	struct endpoint at = { .port = 5001, .n = 1 };
	struct buf b = { 0 };

	strcpy(at.host[0], "192.0.2.1");
	strcpy(at.node, "node1");
	endpoint_write(&b, &at);
	fakelink_say(l, type, buf_data(&b), b.len);
	buf_fini(&b);
}

static void say_home(struct link *l)
{
	say_where(l, FRAME_HOME);
}

static void remove_folder(void)
{
	static const char *const names[] = { "secret", "about", "endpoint",
		"agent.log" };

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		unlinkat(folder.fd, names[i], 0);
}

/* What can happen. */

static void on_listen(void)
{
	listen_now();
}

static void on_job(void)
{
	begin_with("running");
}

static void on_call(void)
{
	say_home(agent_calls());
}

static void on_record(void)
{
	fake_agent(TAG, 5002);
	pass(1000);
}

static void on_bad_record(void)
{
	fake_file("state/" TAG "/endpoint", "port=x\n\n");
	pass(1000);
}

static void on_folder_goes(void)
{
	remove_folder();
	pass(1000);
}

static void on_pending(void)
{
	say("job=17\nstate=pending\nreason=Priority\n\n");
}

static void on_running(void)
{
	say("job=17\nstate=running\nnode=node1\n\n");
}

static void on_suspended(void)
{
	say("job=17\nstate=suspended\n\n");
}

static void on_completing(void)
{
	say("job=17\nstate=completing\n\n");
}

static void on_ended(void)
{
	say("job=17\nstate=ended\n\n");
}

static void on_never(void)
{
	say("job=17\nstate=pending\nreason=ReqNodeNotAvail\n"
		"text=no such node\nnever=ask for another\n\n");
}

static void on_never_and_fail(void)
{
	front.opt.job.on_impossible = OPTIONS_IMPOSSIBLE_FAIL;
	say("job=17\nstate=pending\nnever=ask for another\n"
		"nodes-missing=0\n\n");
}

static void on_gone(void)
{
	end_watch("gone");
}

static void on_launcher_fails(void)
{
	end_watch("unavailable");
}

static void on_launcher_ends(void)
{
	end_watch("");
}

static void on_stop(void)
{
	wait_stop(waiting);
}

/* The state that comes of it, and what is told: f, e, i, l, u, or nothing. */
struct cell {
	int next;
	char told;
};

#define SAME { -1, 0 }
#define NEVER { -2, 0 }		/* it cannot happen there */

static const struct {
	const char *name;
	void (*happens)(void);
	struct cell in[STATES];	/* off, listening, called, waiting, orphaned */
} rows[] = {
	{ "listen", on_listen, { { LISTENING, 0 }, SAME, { LISTENING, 0 },
		{ LISTENING, 0 }, { LISTENING, 0 } } },
	/* One that waits is stopped before it waits for another. */
	{ "a job", on_job, { { WAITING, 0 }, { WAITING, 0 }, { OFF, 'f' },
		NEVER, NEVER } },
	/* Of two calls the later counts. */
	{ "a call", on_call, { NEVER, { CALLED, 0 }, SAME, { OFF, 'f' },
		{ OFF, 'f' } } },
	/* Nobody looks into the folder before its job counts. */
	{ "a record", on_record, { SAME, SAME, SAME, { OFF, 'f' },
		{ OFF, 'f' } } },
	{ "no record", on_bad_record, { SAME, SAME, SAME, { OFF, 'u' },
		{ OFF, 'u' } } },
	{ "the folder goes", on_folder_goes, { SAME, SAME, SAME,
		{ ORPHANED, 0 }, SAME } },
	/* The scheduler's word. Without a folder there is nothing to wait for. */
	{ "pending", on_pending, { NEVER, NEVER, NEVER, SAME,
		{ OFF, 'l' } } },
	{ "running", on_running, { NEVER, NEVER, NEVER, SAME,
		{ OFF, 'l' } } },
	{ "suspended", on_suspended, { NEVER, NEVER, NEVER, SAME,
		{ OFF, 'l' } } },
	{ "completing", on_completing, { NEVER, NEVER, NEVER, SAME, SAME } },
	{ "ended", on_ended, { NEVER, NEVER, NEVER, { OFF, 'e' },
		{ OFF, 'e' } } },
	{ "may never start", on_never, { NEVER, NEVER, NEVER, SAME,
		{ OFF, 'l' } } },
	{ "may never start: fail", on_never_and_fail, { NEVER, NEVER, NEVER,
		{ OFF, 'i' }, { OFF, 'l' } } },
	{ "gone", on_gone, { NEVER, NEVER, NEVER, { OFF, 'e' },
		{ OFF, 'e' } } },
	{ "no answer", on_launcher_fails, { NEVER, NEVER, NEVER, SAME,
		SAME } },
	{ "no more answers", on_launcher_ends, { NEVER, NEVER, NEVER, SAME,
		SAME } },
	{ "stop", on_stop, { SAME, { OFF, 0 }, { OFF, 0 }, { OFF, 0 },
		{ OFF, 0 } } },
};

static void reach(int which)
{
	if (which == LISTENING || which == CALLED)
		listen_now();
	if (which == CALLED)
		say_home(agent_calls());
	if (which == WAITING || which == ORPHANED)
		begin_with("running");
	if (which == ORPHANED)
		on_folder_goes();
	(void)fakelog_logged();
	(void)fakelog_told();
	assert_int_equal(got.found + got.ended + got.lost, 0);
}

/* As the setter has logged it; -1: it has not changed. */
static int logged_state(void)
{
	const char *text = fakelog_logged(), *arrow = NULL;

	for (const char *at = text; (at = strstr(at, "waiting for an agent: "))
		!= NULL; at++)
		arrow = strstr(at, " -> ");
	for (int i = 0; arrow != NULL && i < STATES; i++)
		if (strncmp(arrow + 4, state_names[i],
			strlen(state_names[i])) == 0)
			return i;
	return -1;
}

static char told(void)
{
	assert_true(got.found + got.ended + got.impossible + got.lost +
		got.unusable <= 1);
	return got.found ? 'f' : got.ended ? 'e' : got.impossible ? 'i' :
		got.lost ? 'l' : got.unusable ? 'u' : 0;
}

static void test_cell(const char *name, int from, const struct cell *want)
{
	int next = logged_state(), now = next == -1 ? from : next;

	if (next == from)
		next = -1;
	if (next != want->next)
		fail_msg("%s, %s: became %s", state_names[from], name,
			next == -1 ? "nothing" : state_names[next]);
	if (told() != want->told)
		fail_msg("%s, %s: told '%c'", state_names[from], name,
			told() != 0 ? told() : '-');
	/* Who waits can be called, and asks; nobody else does. */
	assert_int_equal(gate.is_open, now != OFF);
	if (now != WAITING && now != ORPHANED)
		assert_false(watch.is_open);
	pass(60000);
	assert_int_equal(watch.is_open, now == WAITING || now == ORPHANED);
}

/* Each state with all that can happen in it. */
static void walks_the_product(void **state)
{
	int cells = 0;

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (int from = 0; from < STATES; from++) {
			if (rows[i].in[from].next == -2)
				continue;
			assert_int_equal(teardown(state), 0);
			assert_int_equal(setup(state), 0);
			reach(from);
			rows[i].happens();
			turn();
			test_cell(rows[i].name, from, &rows[i].in[from]);
			cells++;
		}
	}
	assert_int_equal(cells, 52);
}

static void a_silent_call_ends_with_the_waiting(void **state)
{
	struct link *l;

	(void)state;
	listen_now();
	l = agent_calls();
	assert_false(fakelink_is_freed(l));
	wait_stop(waiting);
	assert_true(fakelink_is_freed(l));
	assert_false(gate.is_open);
}

static void a_call_that_breaks_is_freed(void **state)
{
	struct link *l;

	(void)state;
	listen_now();
	l = agent_calls();
	fakelink_down(l, "reset", 0);
	assert_true(fakelink_is_freed(l));
	wait_stop(waiting);
}

static void a_call_that_says_nonsense_is_none(void **state)
{
	struct link *l;

	(void)state;
	begin_with("running");
	l = agent_calls();
	say_where(l, FRAME_OK);
	fakelink_say(l, FRAME_HOME, "port=x\n\n", 8);
	assert_int_equal(got.found, 0);
	assert_false(fakelink_is_freed(l));
	say_home(l);
	assert_int_equal(got.found, 1);
}

/* The agent calls by each of its networks. */
static void the_others_end_with_the_first_that_says_home(void **state)
{
	struct link *one, *two;

	(void)state;
	listen_now();
	one = agent_calls();
	two = agent_calls();
	begin_with("running");
	assert_int_equal(gate.opens, 1);
	say_home(one);
	assert_int_equal(got.found, 1);
	assert_int_equal(got.at.port, 5001);
	assert_true(fakelink_is_freed(one));
	assert_true(fakelink_is_freed(two));
}

/* Another front has the one port. */
static void waits_for_the_record_alone(void **state)
{
	(void)state;
	gate.is_busy = 1;
	listen_now();
	begin_with("running");
	assert_false(gate.is_open);
	on_record();
	assert_int_equal(got.found, 1);
	assert_int_equal(got.at.port, 5002);
}

/* A job in the queue has no agent: its record is of an earlier run. */
static void believes_no_old_record(void **state)
{
	(void)state;
	fake_agent(TAG, 5002);
	begin_with("pending");
	pass(5000);
	assert_int_equal(got.found, 0);
	fake_agent(TAG, 5003);
	pass(1000);
	assert_int_equal(got.found, 1);
	assert_int_equal(got.at.port, 5003);
	/* Nor that one, when it waits again. */
	begin_with("pending");
	pass(5000);
	assert_int_equal(got.found, 1);
}

/* One that was there when it ran already is good at once. */
static void believes_the_record_of_one_that_runs(void **state)
{
	(void)state;
	fake_agent(TAG, 5002);
	begin_with("running");
	assert_int_equal(got.found, 1);
	assert_int_equal(watch.runs, 0);
	assert_int_equal(gate.opens, 0);
}

/* To dial an agent that is stopped would take long, and fail. */
static void lets_a_suspended_job_sleep(void **state)
{
	(void)state;
	fake_agent(TAG, 5002);
	begin_with("suspended");
	pass(10000);
	assert_int_equal(got.found, 0);
	on_running();
	assert_int_equal(got.found, 1);
}

static void tells_how_it_stands(void **state)
{
	(void)state;
	begin_with("pending");
	assert_string_equal(fakelog_told(), "job 17 is pending\n");
	/* The first look of the scheduler has just been. */
	assert_non_null(strstr(watch.request, "job=17\n"));
	assert_non_null(strstr(watch.request, "after=3\n"));
	assert_null(strstr(watch.request, "ask-nodes"));
	on_pending();
	assert_string_equal(fakelog_told(), "job 17 is pending (Priority)\n");
	on_pending();
	assert_string_equal(fakelog_told(), "");
	pass(29999);
	assert_string_equal(fakelog_told(), "");
	pass(1);
	assert_string_equal(fakelog_told(), "job 17 is pending (Priority)\n");
	/* One that runs is told when its agent takes its time. */
	on_running();
	assert_string_equal(fakelog_told(), "");
	pass(30000);
	assert_string_equal(fakelog_told(),
		"job 17 is running on node1, waiting for its agent\n");
	on_ended();
	pass(60000);
	assert_string_equal(fakelog_told(), "");
}

static void tells_of_one_that_runs_later(void **state)
{
	(void)state;
	begin_with("running");
	pass(1999);
	assert_string_equal(fakelog_told(), "");
	pass(1);
	assert_string_equal(fakelog_told(),
		"job 17 is running on its node, waiting for its agent\n");
}

static void tells_once_that_it_may_never_start(void **state)
{
	static const char line[] = "job 17 may never start (ReqNodeNotAvail: no such node); ask for another; it goes on waiting, `vscode-remote-shell cancel` ends it\n";

	(void)state;
	begin_with("pending");
	(void)fakelog_told();
	on_never();
	assert_non_null(strstr(fakelog_told(), line));
	on_never();
	assert_string_equal(fakelog_told(), "");
	/* Of another job, or another time, it is news. */
	wait_stop(waiting);
	begin_with("pending");
	(void)fakelog_told();
	on_never();
	assert_non_null(strstr(fakelog_told(), line));
}

/* Nodes that are down may come back: then it is not impossible. */
static void waits_for_missing_nodes(void **state)
{
	(void)state;
	front.opt.job.on_impossible = OPTIONS_IMPOSSIBLE_FAIL;
	begin_with("pending");
	assert_non_null(strstr(watch.request, "ask-nodes=1\n"));
	say("job=17\nstate=pending\nnever=ask for another\n"
		"nodes-missing=2\n\n");
	assert_int_equal(got.impossible, 0);
	assert_non_null(strstr(fakelog_told(), "not set up (2), `"));
}

/* A watch that died is renewed; its answer is wanted at once. */
static void watches_again(void **state)
{
	(void)state;
	begin_with("pending");
	end_watch("unavailable");
	pass(9000);
	assert_int_equal(watch.runs, 1);
	pass(1000);
	assert_int_equal(watch.runs, 2);
	assert_true(watch.is_open);
	assert_null(strstr(watch.request, "after="));
	/* Without its folder it is asked again, too, and at once. */
	on_folder_goes();
	assert_int_equal(watch.runs, 3);
	end_watch("unavailable");
	pass(9000);
	assert_int_equal(watch.runs, 3);
	pass(1000);
	assert_int_equal(watch.runs, 4);
}

/* Whoever ends the job says so in its folder, and may not see us. */
static void knows_who_gave_it_up(void **state)
{
	for (int given_up = 0; given_up < 2; given_up++) {
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		begin_with("pending");
		if (given_up)
			fake_file("state/" TAG "/given-up", "");
		pass(1000);
		on_ended();
		assert_int_equal(got.ended, 1);
		assert_int_equal(got.given_up, given_up);
		assert_string_equal(got.job.tag, TAG);
	}
}

static void has_the_network_that_was_chosen(void **state)
{
	(void)state;
	assert_null(wait_network(waiting));
	wait_set_network(waiting, "10.0.0.0/8");
	assert_string_equal(wait_network(waiting), "10.0.0.0/8");
	front.opt.link.address = mem_strdup("192.0.2.0/24");
	assert_string_equal(wait_network(waiting), "192.0.2.0/24");
	wait_set_network(waiting, "");
	assert_string_equal(wait_network(waiting), "192.0.2.0/24");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(walks_the_product),
		TEST(a_silent_call_ends_with_the_waiting),
		TEST(a_call_that_breaks_is_freed),
		TEST(a_call_that_says_nonsense_is_none),
		TEST(the_others_end_with_the_first_that_says_home),
		TEST(waits_for_the_record_alone),
		TEST(believes_no_old_record),
		TEST(believes_the_record_of_one_that_runs),
		TEST(lets_a_suspended_job_sleep),
		TEST(tells_how_it_stands),
		TEST(tells_of_one_that_runs_later),
		TEST(tells_once_that_it_may_never_start),
		TEST(waits_for_missing_nodes),
		TEST(watches_again),
		TEST(knows_who_gave_it_up),
		TEST(has_the_network_that_was_chosen),
	};

	return cmocka_run_group_tests_name("wait", tests, NULL, NULL);
}
