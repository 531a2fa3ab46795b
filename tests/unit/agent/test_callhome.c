/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the agent is: the record, and calls to the fronts that wait. */
#include "fake.h"

#include "agent/callhome.h"
#include "base/mem.h"
#include "os/safepath.h"
#include "proto/endpoint.h"

static struct err e;
static struct endpoint endpoint;
static struct tls_key key;
static struct callhome *home;

static int setup(void **state)
{
	char *path;

	if (fake_agent_begin(state) == -1)
		return -1;
	fake_file("state/0123456789abcdef/secret", "");
	path = mem_printf("%s/%s", options.session.state_dir, options.agent.tag);
	agent.job.dir = safepath_dir(path, 0, NULL, &e);
	free(path);
	endpoint = (struct endpoint){ .node = "node1", .port = 4711 };
	endpoint_add_host(&endpoint, "192.0.2.7");
	home = callhome_new(&agent.job, &endpoint, &key);
	return agent.job.dir == -1 ? -1 : 0;
}

static int teardown(void **state)
{
	if (home != NULL)
		callhome_free(home);
	close(agent.job.dir);
	return fake_agent_end(state);
}

/* A front that waits at this address. */
static void wait_at(const char *name, const char *host, uint16_t port)
{
	struct endpoint ep = { .port = port, .node = "login" };
	struct buf text = { 0 };
	char *path = mem_printf("state/0123456789abcdef/%s", name);

	endpoint_add_host(&ep, host);
	endpoint_write(&text, &ep);
	buf_append(&text, "", 1);
	fake_file(path, buf_data(&text));
	buf_fini(&text);
	free(path);
}

static void leaves_a_record(void **state)
{
	struct endpoint ep;
	const char *text;

	(void)state;
	assert_int_equal(callhome_announce(home, &e), 0);
	text = fake_text("state/0123456789abcdef/endpoint");
	assert_non_null(text);
	assert_int_equal(endpoint_parse(&ep, text, strlen(text), &e), 0);
	assert_string_equal(ep.host[0], "192.0.2.7");
	assert_int_equal(ep.port, 4711);
	assert_string_equal(ep.node, "node1");
	assert_null(fakelink_dialed(0));
}

/* With the address that the front's network sees. */
static void calls_who_waits(void **state)
{
	struct link *l;
	struct endpoint ep;
	struct frame f;

	(void)state;
	wait_at("home.abcd", "127.0.0.1", 5001);
	wait_at("nothome.abcd", "127.0.0.1", 5002);
	assert_int_equal(callhome_announce(home, &e), 0);
	l = fakelink_dialed(0);
	assert_non_null(l);
	assert_int_equal(fakelink_port(l), 5001);
	assert_null(fakelink_dialed(1));
	fakelink_up(l, 2, "login");
	f = fakelink_expect(l, FRAME_HOME);
	assert_int_equal(endpoint_parse(&ep, f.data, f.len, &e), 0);
	assert_string_equal(ep.host[0], "192.0.2.1");
	assert_int_equal(ep.port, 4711);
	assert_string_equal(ep.node, "node1");
	assert_true(fakelink_is_leaving(l));
	assert_int_equal(callhome_calls(home), 0);
}

/* It will find the record. */
static void lets_go_who_is_not_there(void **state)
{
	(void)state;
	wait_at("home.abcd", "127.0.0.1", 5001);
	wait_at("home.efgh", "127.0.0.1", 5002);
	assert_int_equal(callhome_announce(home, &e), 0);
	fakelink_down(fakelink_dialed(0), "refused", 0);
	assert_true(fakelink_is_freed(fakelink_dialed(0)));
	assert_int_equal(callhome_calls(home), 1);
	callhome_free(home);
	home = NULL;
	assert_true(fakelink_is_freed(fakelink_dialed(1)));
}

static void survives_what_is_no_address(void **state)
{
	(void)state;
	fake_file("state/0123456789abcdef/home.1", "");
	fake_file("state/0123456789abcdef/home.2", "junk\n\n");
	fake_file("state/0123456789abcdef/home.3",
		"host=127.0.0.1\nport=70000\nnode=x\n\n");
	fake_file("state/0123456789abcdef/home.4",
		"host=a.name.that.dns.knows\nport=1\nnode=x\n\n");
	fake_file("state/0123456789abcdef/home.5/x", "");
	assert_int_equal(callhome_announce(home, &e), 0);
	assert_null(fakelink_dialed(0));
}

/* Of a thousand of them 64 are called. */
static void calls_so_many(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < 80; i++) {
		snprintf(name, sizeof name, "home.%d", i);
		wait_at(name, "127.0.0.1", 5001);
	}
	assert_int_equal(callhome_announce(home, &e), 0);
	assert_non_null(fakelink_dialed(63));
	assert_null(fakelink_dialed(64));
}

static void fails_without_a_record(void **state)
{
	int dir = agent.job.dir;

	(void)state;
	agent.job.dir = open("/proc/self", O_RDONLY | O_CLOEXEC);
	wait_at("home.abcd", "127.0.0.1", 5001);
	assert_int_equal(callhome_announce(home, &e), -1);
	assert_non_null(strstr(e.text, "0123456789abcdef: "));
	assert_null(fakelink_dialed(0));
	close(agent.job.dir);
	agent.job.dir = dir;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(leaves_a_record),
		TEST(calls_who_waits),
		TEST(lets_go_who_is_not_there),
		TEST(survives_what_is_no_address),
		TEST(calls_so_many),
		TEST(fails_without_a_record),
	};

	return cmocka_run_group_tests_name("home", tests, NULL, NULL);
}
