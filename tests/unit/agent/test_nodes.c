/* SPDX-License-Identifier: BSD-2-Clause */
/* The agents of other nodes, as the first agent starts, counts and ends them. */
#include "fake.h"

#include "agent/agent_limit.h"
#include "agent/idle.h"
#include "agent/nodes.h"
#include "base/mem.h"
#include "os/proc.h"
#include "proto/message.h"

static struct nodes *nodes;
static struct idle *idle;
static struct agent_limit *limit;
static struct endpoint here;
static char *argv[] = { "/the/agent", "--tag=x", NULL };

static void set_step(const char *const *words)
{
	optlist_free(&options.agent.step);
	for (; *words != NULL; words++)
		optlist_add(&options.agent.step, mem_strdup(*words));
}

/* It runs until it is told to end, and says what it was given. */
static void step_runs(void)
{
	char *script = mem_printf("echo \"$@\" >>%s/steps; exec sleep 100", fake_dir);

	set_step((const char *const []){ "/bin/sh", "-c", script, "sh", "on-%n",
		NULL });
	free(script);
}

static int steps(void)
{
	char *path = mem_printf("%s/steps", fake_dir), line[256];
	FILE *f = fopen(path, "r");
	int n = 0;

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		n++;
	if (f != NULL)
		fclose(f);
	free(path);
	return n;
}

static int setup(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	agent.job.argv = argv;
	options.agent.nodes = mem_strdup("n1,n2,n3,");
	idle = idle_new(&agent.job, agent.news, agent.end);
	limit = agent_limit_new(&agent.job, agent.fronts, agent.news, agent.end);
	here = (struct endpoint){ .port = 17, .node = "node1" };
	endpoint_add_host(&here, "192.0.2.1");
	nodes = nodes_new(&(struct node_parts){ .job = &agent.job,
		.at = &here, .fronts = agent.fronts, .idle = idle,
		.limit = limit, .end = agent.end });
	step_runs();
	return 0;
}

static int teardown(void **state)
{
	nodes_free(nodes);
	agent_limit_free(limit);
	idle_free(idle);
	free(options.agent.nodes);
	optlist_free(&options.agent.step);
	return fake_agent_end(state);
}

static struct link *ask(const char *name)
{
	struct link *l = fakelink_new(NODE_VERSION);
	struct buf b = { 0 };
	struct frame f;

	text_put(&b, FRAME_NODE, name);
	f = (struct frame){ FRAME_NODE, 0, buf_data(&b) + FRAME_HEADER,
		b.len - FRAME_HEADER };
	nodes_ask(nodes, l, &f);
	buf_fini(&b);
	return l;
}

static struct link *call(const char *name, uint16_t port)
{
	struct link *l = fakelink_new(NODE_VERSION);
	struct endpoint at = { .port = port };
	struct buf b = { 0 };

	endpoint_add_host(&at, "192.0.2.2");
	snprintf(at.node, sizeof at.node, "%s", name);
	endpoint_write(&b, &at);
	nodes_called(nodes, l, &(struct frame){ FRAME_HOME, 0, buf_data(&b),
		b.len });
	buf_fini(&b);
	return l;
}

/* The answer, and the end of the link: which port was told. */
static uint16_t told(struct link *l)
{
	struct frame f = fakelink_expect(l, FRAME_HOME);
	struct endpoint at;
	struct err e;

	assert_int_equal(endpoint_parse(&at, f.data, f.len, &e), 0);
	assert_true(fakelink_is_leaving(l));
	return at.port;
}

/* A refusal, whose line has this text. */
static void refused(struct link *l, int status, const char *text)
{
	struct frame f = fakelink_expect(l, FRAME_ERROR);
	struct error x;

	assert_int_equal(error_get(&x, &f, NULL), 0);
	assert_int_equal(x.status, status);
	if (strstr(x.text, text) == NULL)
		assert_string_equal(x.text, text);
	assert_true(fakelink_is_leaving(l));
}

static void use(struct link *l, uint32_t clients, uint32_t shells,
	uint32_t fronts, uint32_t computed)
{
	struct uses u = { clients, shells, fronts, computed };
	struct buf b = { 0 };

	uses_put(&b, &u);
	fakelink_say_buf(l, &b);
}

/* The step of a node is there, and its agent too. */
static struct link *bring_up(const char *name)
{
	struct link *front = ask(name), *l = call(name, 23);

	fakelink_expect(l, FRAME_OK);
	assert_int_equal(told(front), 23);
	return l;
}

static void starts_one_for_all_who_ask(void **state)
{
	struct link *a = ask("n2"), *b = ask("n2"), *l;

	(void)state;
	assert_true(fakelink_is_paused(a));
	fakelink_expect_nothing(a);
	FAKECLOCK_WAIT(agent.job.base, steps() == 1);
	l = call("n2", 23);
	fakelink_expect(l, FRAME_OK);
	assert_int_equal(told(a), 23);
	assert_int_equal(told(b), 23);
	assert_int_equal(told(ask("n2")), 23);
	assert_int_equal(steps(), 1);
}

static void gives_the_step_our_words(void **state)
{
	char *path = mem_printf("%s/steps", fake_dir), line[256];
	FILE *f;

	(void)state;
	ask("n2");
	FAKECLOCK_WAIT(agent.job.base, steps() == 1);
	f = fopen(path, "r");
	assert_non_null(fgets(line, sizeof line, f));
	fclose(f);
	free(path);
	assert_string_equal(line, "on-n2 /the/agent --tag=x --node=n2\n");
}

static void knows_the_first_and_no_strangers(void **state)
{
	static const char *const others[] = { "n9", "n", "n1,n2", "", "../n1" };

	(void)state;
	assert_int_equal(told(ask("n1")), 17);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		refused(ask(others[i]), EX_USAGE, "it has n1, n2, n3");
	free(options.agent.nodes);
	options.agent.nodes = NULL;
	refused(ask("n2"), EX_USAGE, "job 17 has no node 'n2': it has one, node1");
	assert_int_equal(told(ask("node1")), 17);
	assert_int_equal(steps(), 0);
}

/* A list that is too long for a line is cut. */
static void names_some_of_a_thousand(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "node%04d,", i);
	buf_append(&b, "", 1);
	free(options.agent.nodes);
	options.agent.nodes = mem_strdup(buf_data(&b));
	buf_fini(&b);
	refused(ask("x"), EX_USAGE, "it has node0000, node0001, ");
	refused(ask("x"), EX_USAGE, ", ...");
	FAKECLOCK_WAIT(agent.job.base, 1);
	ask("node0999");
	FAKECLOCK_WAIT(agent.job.base, steps() == 1);
}

static void takes_no_calls_of_others(void **state)
{
	struct link *l = bring_up("n2");

	(void)state;
	refused(call("n3", 1), EX_UNAVAILABLE, "nobody waits");
	refused(call("n2", 1), EX_UNAVAILABLE, "nobody waits");
	assert_false(fakelink_is_freed(l));
}

/* What the user hears, by what the step did. */
static void tells_why_none_came(void **state)
{
	static const struct {
		const char *script, *want;
	} rows[] = {
		{ "echo one; echo two: error: no >&2; echo three; exit 1",
			"on n2, a node of its job: two: error: no" },
		{ "echo first; echo last; exit 1", ": last" },
		{ "printf 'an error'; exit 1", ": an error" },
		{ "seq 3000; echo an error; seq 5; exit 1", ": an error" },
		{ "exit 7", "ended with status 7, and said nothing" },
		{ "kill -9 $$", "ended with signal 9, and said nothing" },
		{ "printf '\\033[2J error'", ": \\033[2J error" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct link *l;

		set_step((const char *const []){ "/bin/sh", "-c",
			rows[i].script, NULL });
		l = ask("n2");
		FAKECLOCK_WAIT(agent.job.base, fakelink_is_leaving(l));
		refused(l, EX_UNAVAILABLE, rows[i].want);
	}
	set_step((const char *const []){ "/not/there", NULL });
	{
		struct link *l = ask("n2");

		FAKECLOCK_WAIT(agent.job.base, fakelink_is_leaving(l));
		refused(l, EX_UNAVAILABLE, "/not/there: No such file");
	}
	step_runs();
	ask("n2");
	FAKECLOCK_WAIT(agent.job.base, steps() == 1);
}

static void gives_up_what_does_not_call(void **state)
{
	struct link *l = ask("n2"), *later;

	(void)state;
	FAKECLOCK_WAIT(agent.job.base, steps() == 1);
	fakeclock_pass(agent.job.base, 59000);
	fakelink_expect_nothing(l);
	fakeclock_pass(agent.job.base, 1000);
	refused(l, EX_UNAVAILABLE, "was not there within a minute");
	/* Its step is told to end: then there is another for who asks. */
	later = ask("n2");
	FAKECLOCK_WAIT(agent.job.base, steps() == 2);
	assert_int_equal(told((call("n2", 29), later)), 29);
}

/* One that does not end of SIGTERM is killed. */
static void kills_a_step_that_stays(void **state)
{
	struct link *later;
	char *script = mem_printf("trap '' TERM; echo >>%s/steps; while :; do sleep 0.1; done",
		fake_dir);

	(void)state;
	set_step((const char *const []){ "/bin/sh", "-c", script, NULL });
	free(script);
	ask("n2");
	FAKECLOCK_WAIT(agent.job.base, steps() == 1);
	fakeclock_pass(agent.job.base, 60000);
	later = ask("n2");
	fakeclock_pass(agent.job.base, 9000);
	assert_int_equal(steps(), 1);
	fakeclock_pass(agent.job.base, 1000);
	FAKECLOCK_WAIT(agent.job.base, steps() == 2);
	fakelink_expect_nothing(later);
}

static void counts_who_is_there(void **state)
{
	struct link *l = bring_up("n2");

	(void)state;
	assert_int_equal(fronts_count(agent.fronts), 0);
	use(l, 2, 1, 3, 0);
	assert_int_equal(idle_uses(idle, USE_CLIENT), 2);
	assert_int_equal(idle_uses(idle, USE_SHELL), 1);
	assert_int_equal(fronts_count(agent.fronts), 3);
	use(l, 1, 0, 1, 0);
	assert_int_equal(idle_uses(idle, USE_CLIENT), 1);
	assert_int_equal(idle_uses(idle, USE_SHELL), 0);
	/* No numbers. */
	use(l, 0xffffffff, 0, 1, 0);
	fakelink_say(l, FRAME_USES, "0123456789abcde", 15);
	assert_int_equal(idle_uses(idle, USE_CLIENT), 1);
	assert_int_equal(fronts_count(agent.fronts), 1);
	fakelink_down(l, "gone", 0);
	assert_true(fakelink_is_freed(l));
	assert_int_equal(idle_uses(idle, USE_CLIENT), 0);
	assert_int_equal(fronts_count(agent.fronts), 0);
}

static void starts_anew_what_is_gone(void **state)
{
	struct link *l = bring_up("n2"), *front;

	(void)state;
	FAKECLOCK_WAIT(agent.job.base, steps() == 1);
	fakelink_down(l, "gone", 0);
	/* Its step still ends. */
	front = ask("n2");
	FAKECLOCK_WAIT(agent.job.base, steps() == 2);
	fakelink_expect(call("n2", 31), FRAME_OK);
	assert_int_equal(told(front), 31);
}

/* It hears what fronts hear, and says what they say. */
static void passes_things_on(void **state)
{
	struct link *l = bring_up("n2"), *front = fake_front(NODE_VERSION);

	(void)state;
	fronts_notice(agent.fronts, "a line");
	assert_string_equal(fakelink_text(l, FRAME_NOTICE), "a line");
	fronts_signal(agent.fronts, SIGUSR2);
	assert_int_equal(fakelink_expect(l, FRAME_SIGNAL).data[0], SIGUSR2);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE), "a line");
	fakelink_expect_nothing(front);
	/* Nobody is there who could tell the limit. */
	fronts_ask_limit(agent.fronts, 60);
	fakelink_expect(front, FRAME_LIMIT);
	fakelink_expect_nothing(l);
	use(l, 0, 0, 1, 0);
	fronts_ask_limit(agent.fronts, 60);
	fakelink_expect(l, FRAME_LIMIT);
	fakelink_say(l, FRAME_LIMIT, "\0\0\x0e\x10", 4);
	assert_int_equal(agent_limit_left(limit), 3600);
	fakelink_say(l, FRAME_PING, "12345678", 8);
	fakelink_expect(l, FRAME_PONG);
	fakelink_say(l, FRAME_CONTROL, NULL, 0);
	fakelink_expect_nothing(l);
}

static void ends_with_the_session(void **state)
{
	struct link *l = bring_up("n2");
	struct buf b = { 0 };
	pid_t hears = fake_child(NULL), step[2];

	(void)state;
	FAKECLOCK_WAIT(agent.job.base, steps() == 1);
	text_put(&b, FRAME_END, "a front says so");
	fakelink_say_buf(l, &b);
	assert_string_equal(fakelink_text(l, FRAME_END), "a front says so");
	assert_true(end_has_begun(agent.end));
	/* What runs the other agent is spared until the last; others are not. */
	FAKECLOCK_WAIT(agent.job.base, !fake_is_alive(hears));
	fakeclock_pass(agent.job.base, 2800);
	assert_false(fake_is_over());
	assert_int_equal(proc_children(step, 2), 1);
	assert_true(fake_is_alive(step[0]));
	fakeclock_pass(agent.job.base, 100);
	FAKECLOCK_WAIT(agent.job.base, !fake_is_alive(step[0]));
}

static void is_on_so_many_at_once(void **state)
{
	struct buf b = { 0 };
	char name[16];

	(void)state;
	for (int i = 0; i < 70; i++)
		buf_printf(&b, "n%d,", i);
	buf_append(&b, "", 1);
	free(options.agent.nodes);
	options.agent.nodes = mem_strdup(buf_data(&b));
	buf_fini(&b);
	for (int i = 1; i <= 64; i++) {
		snprintf(name, sizeof name, "n%d", i);
		fakelink_expect_nothing(ask(name));
	}
	refused(ask("n65"), EX_UNAVAILABLE, "on 65 nodes of its job already");
	assert_int_equal(told(ask("n0")), 17);
}

/* A processor that is used there counts as ours. */
static void computing_there_is_use(void **state)
{
	struct link *l;

	(void)state;
	idle_free(idle);
	options.session.idle_timeout = 100;
	options.session.idle_busy = OPTIONS_BUSY_CPU;
	nodes_free(nodes);
	idle = idle_new(&agent.job, agent.news, agent.end);
	nodes = nodes_new(&(struct node_parts){ .job = &agent.job,
		.at = &here, .fronts = agent.fronts, .idle = idle,
		.limit = limit, .end = agent.end });
	l = bring_up("n2");
	fakeclock_pass(agent.job.base, 90000);
	use(l, 0, 0, 0, 1);
	assert_int_equal(idle_seconds(idle), 0);
	fakeclock_pass(agent.job.base, 90000);
	use(l, 0, 0, 0, 1);
	assert_int_equal(idle_seconds(idle), 90);
	assert_false(end_has_begun(agent.end));
	fakeclock_pass(agent.job.base, 11000);
	assert_true(end_has_begun(agent.end));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(starts_one_for_all_who_ask),
		TEST(gives_the_step_our_words),
		TEST(knows_the_first_and_no_strangers),
		TEST(names_some_of_a_thousand),
		TEST(takes_no_calls_of_others),
		TEST(tells_why_none_came),
		TEST(gives_up_what_does_not_call),
		TEST(kills_a_step_that_stays),
		TEST(counts_who_is_there),
		TEST(starts_anew_what_is_gone),
		TEST(passes_things_on),
		TEST(ends_with_the_session),
		TEST(is_on_so_many_at_once),
		TEST(computing_there_is_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
