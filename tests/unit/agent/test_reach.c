/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another host: agent/agent_reach.c and its place in agent/agent_forward.c. Hosts are
 * on loopback, which the list has; names are in a file, or asked of who is silent.
 */
#include "fake.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "agent/agent_forward.h"
#include "agent/agent_reach.h"
#include "agent/idle.h"
#include "net/sock.h"

static struct outcome {
	int calls, fd, status;
	struct err why;
} outcome;

static struct resolver *resolver;
static char resolv_conf[256], hosts[256];
static int server, silent;
static unsigned port;

static void done(int fd, int status, const struct err *why, void *arg)
{
	assert_ptr_equal(arg, &outcome);
	outcome.calls++;
	outcome.fd = fd;
	outcome.status = status;
	outcome.why.text[0] = '\0';
	if (why != NULL)
		outcome.why = *why;
}

static int bound(int type, const char *host)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, host, &addr.sin_addr);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	return fd;
}

static int setup(void **state)
{
	char text[64];

	if (fake_agent_begin(state) == -1)
		return -1;
	server = bound(SOCK_STREAM, "127.0.0.2");
	port = sock_port(server);
	assert_int_equal(listen(server, 8), 0);
	silent = bound(SOCK_DGRAM, "127.0.0.1");
	snprintf(text, sizeof text, "nameserver 127.0.0.1:%u\n",
		sock_port(silent));
	fake_file("resolv.conf", text);
	fake_file("hosts", "127.0.0.2 db1\n127.0.0.3 db2\n127.0.0.3 both\n127.0.0.2 both\n");
	snprintf(resolv_conf, sizeof resolv_conf, "%s/resolv.conf", fake_dir);
	snprintf(hosts, sizeof hosts, "%s/hosts", fake_dir);
	resolver = resolver_new(agent.job.base, resolv_conf, hosts, "the node");
	outcome = (struct outcome){ .fd = -1 };
	return 0;
}

static int teardown(void **state)
{
	resolver_free(resolver);
	close(server);
	close(silent);
	if (outcome.fd != -1)
		close(outcome.fd);
	return fake_agent_end(state);
}

static struct agent_reach *want(const char *host, unsigned number,
	const char *allow)
{
	struct reach r = { .port = (uint16_t)number };

	snprintf(r.host, sizeof r.host, "%s", host);
	snprintf(r.allow, sizeof r.allow, "%s", allow);
	outcome.calls = 0;
	return agent_reach_new(agent.job.base, resolver, &r, done, &outcome);
}

static void ends(int status, const char *why)
{
	FAKECLOCK_WAIT(agent.job.base, outcome.calls == 1);
	if (outcome.status != status || strcmp(outcome.why.text, why) != 0)
		fail_msg("%d: %s", outcome.status, outcome.why.text);
	assert_int_equal(outcome.fd == -1, status != EX_OK);
	if (outcome.fd != -1)
		close(outcome.fd);
	outcome.fd = -1;
}

static void dials_what_is_allowed(void **state)
{
	(void)state;
	want("127.0.0.2", port, "127.0.0.0/8");
	assert_int_equal(outcome.calls, 0);
	ends(EX_OK, "");
	want("db1", port, "10.0.0.0/8,127.0.0.2");
	ends(EX_OK, "");
	/* Of two addresses the one that may be. */
	want("both", port, "127.0.0.2");
	ends(EX_OK, "");
}

static void judges_the_address_that_it_dials(void **state)
{
	(void)state;
	want("127.0.0.2", port, "127.0.0.1");
	ends(EX_USAGE, "127.0.0.2 is a loopback address, which forward-hosts does not name");
	want("db2", port, "127.0.0.2");
	ends(EX_USAGE, "db2 is 127.0.0.3, a loopback address, which forward-hosts does not name");
	/* A name alone is for other machines. */
	want("db1", port, "db1");
	ends(EX_USAGE, "db1 is 127.0.0.2, a loopback address, which forward-hosts does not name");
	want("127.0.0.2", port, "127.0.0.2:1");
	ends(EX_USAGE, "127.0.0.2 is a loopback address, which forward-hosts does not name");
	want("8.8.8.8", port, "127.0.0.2");
	ends(EX_USAGE, "8.8.8.8 is another host, which forward-hosts does not name");
	want("localhost", port, "127.0.0.2,x y,,");
	ends(EX_USAGE, "localhost is 127.0.0.1, a loopback address, which forward-hosts does not name");
}

static void says_why_it_cannot(void **state)
{
	char why[128];

	(void)state;
	snprintf(why, sizeof why, "127.0.0.3:%u: Connection refused", port);
	want("127.0.0.3", port, "127.0.0.0/8");
	ends(EX_UNAVAILABLE, why);
	fake_file("resolv.conf", "");
	resolver_free(resolver);
	resolver = resolver_new(agent.job.base, resolv_conf, hosts, "the node");
	want("nowhere", port, "127.0.0.0/8");
	ends(EX_UNAVAILABLE, "the node has no name server to ask for nowhere");
}

static void waits_six_seconds_for_a_name(void **state)
{
	(void)state;
	want("nowhere", port, "127.0.0.0/8");
	fakeclock_turn(agent.job.base);
	fakeclock_pass(agent.job.base, 5999);
	assert_int_equal(outcome.calls, 0);
	fakeclock_pass(agent.job.base, 1);
	ends(EX_TEMPFAIL, "the name servers of the node have not answered for nowhere");
}

/* Its queue is full, and the kernel answers nobody. */
static void waits_ten_seconds_for_an_answer(void **state)
{
	char why[128];
	int full = bound(SOCK_STREAM, "127.0.0.4"), filler[8];
	struct sockaddr_storage addr;
	socklen_t len = sizeof addr;

	(void)state;
	assert_int_equal(listen(full, 0), 0);
	assert_int_equal(getsockname(full, (struct sockaddr *)&addr, &len), 0);
	for (size_t i = 0; i < 8; i++)
		filler[i] = sock_dial((struct sockaddr *)&addr, len);
	snprintf(why, sizeof why, "127.0.0.4:%u: no answer in 10 seconds",
		sock_port(full));
	want("127.0.0.4", sock_port(full), "127.0.0.0/8");
	fakeclock_turn(agent.job.base);
	fakeclock_pass(agent.job.base, 9999);
	assert_int_equal(outcome.calls, 0);
	fakeclock_pass(agent.job.base, 1);
	ends(EX_TEMPFAIL, why);
	for (size_t i = 0; i < 8; i++)
		close(filler[i]);
	close(full);
}

static void is_given_up_at_each_step(void **state)
{
	(void)state;
	agent_reach_free(want("db1", port, "127.0.0.2"));
	for (int turns = 1; turns < 4; turns++) {
		struct agent_reach *a = want("nowhere", port, "127.0.0.2");

		for (int i = 0; i < turns; i++)
			fakeclock_turn(agent.job.base);
		agent_reach_free(a);
		fakeclock_pass(agent.job.base, 60000);
		assert_int_equal(outcome.calls, 0);
	}
	agent_reach_free(NULL);
}

/* ---- by a front ---------------------------------------------------------- */

static void nobody_asks(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;
	fail_msg("nobody asks");
}

static struct link *request(struct forwards *all, const struct reach *r)
{
	struct link *l = fakelink_new(REACH_VERSION);
	struct buf b = { 0 };
	struct frame f;

	reach_put(&b, r);
	assert_true(frame_parse(&f, buf_data(&b), b.len, NULL) > 0);
	agent_forward_reach(all, l, &f);
	buf_fini(&b);
	return l;
}

static void carries_it_as_any_other(void **state)
{
	struct reach r = { .port = (uint16_t)port, .host = "127.0.0.2",
		.allow = "127.0.0.2" };
	struct frame bad = { .type = FRAME_REACH, .data = "\0\1\0\0\0\1x",
		.len = 7 };
	struct peeruid peeruid;
	struct idle *idle = idle_new(&agent.job, agent.news, agent.end);
	struct serve *serve = serve_new(&agent.job, agent.end, nobody_asks, NULL);
	struct forwards *all = forwards_new(&agent.job, &peeruid, idle, serve);
	struct link *l;
	char text[8];
	struct err e;
	int fd;

	(void)state;
	assert_int_equal(peeruid_open(&peeruid, &e), 0);
	l = request(all, &r);
	assert_true(fakelink_is_paused(l));
	FAKECLOCK_WAIT(agent.job.base, !fakelink_is_paused(l));
	fakelink_expect(l, FRAME_OK);
	assert_int_equal(idle_uses(idle, USE_CLIENT), 1);
	fd = accept(server, NULL, NULL);
	fakelink_say(l, FRAME_DATA, "abc", 3);
	assert_int_equal(read(fd, text, sizeof text), 3);
	close(fd);

	strcpy(r.allow, "127.0.0.3");
	l = request(all, &r);
	FAKECLOCK_WAIT(agent.job.base, fakelink_is_leaving(l));
	fakelink_refused(l, EX_USAGE, "127.0.0.2 is a loopback address, which forward-hosts does not name");
	fakelink_down(request(all, &r), "gone", 0);

	l = fakelink_new(REACH_VERSION);
	agent_forward_reach(all, l, &bad);
	assert_int_equal(fakelink_take(l).type, FRAME_ERROR);

	forwards_free(all);
	serve_free(serve);
	idle_free(idle);
	peeruid_close(&peeruid);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dials_what_is_allowed),
		TEST(judges_the_address_that_it_dials),
		TEST(says_why_it_cannot),
		TEST(waits_six_seconds_for_a_name),
		TEST(waits_ten_seconds_for_an_answer),
		TEST(is_given_up_at_each_step),
		TEST(carries_it_as_any_other),
	};

	return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
