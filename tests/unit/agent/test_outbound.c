/* SPDX-License-Identifier: BSD-2-Clause */
/* The proxy of a job, from a program's request to the front, and back. */
#include "fake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>

#include "agent/agent_outbound.h"
#include "base/mem.h"
#include "net/sock.h"
#include "proto/message.h"

static int has_route;

/* In the place of the product's. */
int defaultroute_is_there(void);
int defaultroute_is_there(void)
{
	return has_route;
}

static struct peeruid peeruid;
static struct serve *serve;
static struct services *services;
static struct wrappers *wrappers;
static struct agent_outbound *outbound;
static struct service_front front;
static struct link *control;
static int client = -1;

static void take(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;
	fail_msg("nobody asks");
}

static int setup(void **state)
{
	struct err e;

	if (fake_session_begin(state) == -1)
		return -1;
	has_route = 0;
	serve = serve_new(&agent.job, agent.end, take, NULL);
	services = services_new(&agent.job, agent.fronts, &peeruid, serve);
	wrappers = wrappers_new(&agent.env);
	outbound = agent_outbound_new(&agent.env, services, wrappers,
		&peeruid);
	control = fakelink_new(SERVICE_VERSION);
	services_join(services, &front, control);
	return peeruid_open(&peeruid, &e);
}

static int teardown(void **state)
{
	if (client != -1)
		close(client);
	client = -1;
	if (control != NULL)
		services_leave(services, &front);
	agent_outbound_free(outbound);
	services_free(services);
	wrappers_free(wrappers);
	serve_free(serve);
	peeruid_close(&peeruid);
	return fake_session_end(state);
}

static void hear(struct buf *b)
{
	struct frame f;

	assert_true(frame_parse(&f, buf_data(b), b->len, NULL) > 0);
	assert_true(services_heard(services, &front, &f));
	buf_fini(b);
}

static void say_offer(int is_there)
{
	struct offer o = { .is_there = (uint8_t)is_there,
		.service = SERVICE_OUTBOUND };
	struct buf b = { 0 };

	offer_put(&b, &o);
	hear(&b);
}

static const char *variable(const char *name)
{
	return envlist_get(&agent.env.env, name);
}

/* A program connects and says this. */
static void ask(const char *text)
{
	const char *url = variable("VRS_OUTBOUND");
	struct sockaddr_storage addr;
	socklen_t len;

	assert_non_null(url);
	assert_int_equal(sock_parse_addr("127.0.0.1", (uint16_t)atoi(
		strrchr(url, ':') + 1), &addr, &len, NULL), 0);
	if (client != -1)
		close(client);
	client = sock_dial((struct sockaddr *)&addr, len);
	assert_true(client != -1);
	FAKECLOCK_WAIT(agent.job.base, send(client, text, strlen(text),
		MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* What it hears until there is this. */
static const char *hears(const char *until)
{
	static char text[4096];
	size_t n = 0;
	ssize_t got;

	memset(text, 0, sizeof text);
	FAKECLOCK_WAIT(agent.job.base, (got = recv(client, text + n,
		sizeof text - 1 - n, 0), n += got > 0 ? (size_t)got : 0,
		strstr(text, until) != NULL));
	return text;
}

/* What the front is asked for. */
static struct wanted wanted(const char *target)
{
	struct frame f = { 0 };
	struct wanted w;
	struct err e;

	FAKECLOCK_WAIT(agent.job.base, (f = fakelink_take(control)).type != 0);
	assert_int_equal(f.type, FRAME_WANTED);
	assert_int_equal(wanted_get(&w, &f, &e), 0);
	assert_string_equal(w.service, SERVICE_OUTBOUND);
	assert_string_equal(w.target, target);
	return w;
}

static void say_declined(uint32_t id, int status, const char *why)
{
	struct declined d = { .id = id, .status = (uint8_t)status };
	struct buf b = { 0 };

	snprintf(d.why, sizeof d.why, "%s", why);
	declined_put(&b, &d);
	hear(&b);
}

static struct link *say_take_about(uint32_t id, const char *about)
{
	struct take t = { .id = id };
	struct link *l = fakelink_new(SERVICE_VERSION);
	struct buf b = { 0 };
	struct frame f;

	snprintf(t.about, sizeof t.about, "%s", about);
	take_put(&b, &t);
	assert_true(frame_parse(&f, buf_data(&b), b.len, NULL) > 0);
	services_take(services, l, &f);
	buf_fini(&b);
	fakelink_expect(l, FRAME_OK);
	return l;
}

static struct link *say_take(uint32_t id)
{
	return say_take_about(id, "");
}

static void expect_data(struct link *l, const char *want)
{
	struct frame f = fakelink_expect(l, FRAME_DATA);

	assert_int_equal(f.len, strlen(want));
	assert_memory_equal(f.data, want, f.len);
}

static void is_not_there_unasked(void **state)
{
	(void)state;
	assert_null(variable("VRS_OUTBOUND"));
	assert_null(variable("http_proxy"));
}

static void tells_its_variables(void **state)
{
	char first[64];

	(void)state;
	say_offer(1);
	assert_non_null(variable("VRS_OUTBOUND"));
	assert_string_equal(variable("http_proxy"),
		variable("VRS_OUTBOUND"));
	assert_non_null(strstr(variable("no_proxy"), "localhost,127.0.0.1,::1,"));
	/* It stays where it is. */
	snprintf(first, sizeof first, "%s", variable("http_proxy"));
	/* A job that is submitted there has none of that. */
	assert_non_null(agent.env.bin);
	say_offer(0);
	say_offer(1);
	assert_string_equal(variable("http_proxy"), first);
}

static void leaves_a_site_what_it_says(void **state)
{
	(void)state;
	envlist_set(&agent.env.env, "NO_PROXY", "site");
	say_offer(1);
	assert_memory_equal(variable("NO_PROXY"), "site,localhost,", 15);
	assert_memory_equal(variable("no_proxy"), "site,localhost,", 15);
	assert_non_null(strstr(variable("VRS_COVERED"),
		"https_proxy=http://"));
	assert_null(strstr(variable("VRS_COVERED"), "NO_PROXY="));
}

/* As one has that was begun without it on a login node with a proxy. */
static void tells_that_another_proxy_stays(void **state)
{
	struct link *l = fake_front(SERVICE_VERSION);
	struct frame f;

	(void)state;
	envlist_set(&agent.env.env, "https_proxy", "site");
	say_offer(1);
	assert_string_equal(variable("https_proxy"), "site");
	assert_null(variable("http_proxy"));
	f = fakelink_expect(l, FRAME_NOTICE);
	assert_non_null(memmem(f.data, f.len, "export http_proxy=$VRS_OUTBOUND", 31));
}

/* Jobs that are submitted there would have them, too. */
static void sets_none_that_cannot_be_left_out(void **state)
{
	(void)state;
	strcpy(agent.job.node, "no;de");
	say_offer(1);
	assert_non_null(variable("VRS_OUTBOUND"));
	assert_null(variable("http_proxy"));
	assert_null(variable("HTTPS_PROXY"));
	assert_null(variable("no_proxy"));
	assert_non_null(strstr(fakelog_logged(),
		"outbound: proxy variables are not set, since "));
}

/* Not in the log of the job alone. */
static void tells_that_there_is_no_proxy(void **state)
{
	struct link *l = fake_front(SERVICE_VERSION);

	(void)state;
	fake_no_files();
	say_offer(1);
	fake_files_again();
	assert_non_null(strstr(fakelink_text(l, FRAME_NOTICE), "--outbound has no effect on node1, where no proxy can be opened: "));
	say_offer(0);
	say_offer(1);
	assert_non_null(variable("VRS_OUTBOUND"));
}

static void a_node_with_a_route_needs_none(void **state)
{
	(void)state;
	has_route = 1;
	say_offer(1);
	assert_non_null(variable("VRS_OUTBOUND"));
	assert_null(variable("http_proxy"));
}

static void carries_by_connect(void **state)
{
	struct wanted w;
	struct link *l;

	(void)state;
	say_offer(1);
	ask("CONNECT a.org:443 HTTP/1.1\r\n\r\nhello");
	w = wanted("a.org:443");
	l = say_take(w.id);
	expect_data(l, "hello");
	assert_string_equal(hears("\r\n\r\n"),
		"HTTP/1.1 200 Connection established\r\n\r\n");
	fakelink_say_stream(l, FRAME_DATA, 0, "there");
	hears("there");
	fakelink_say_stream(l, FRAME_EOF, 0, "");
	close(client);
	client = -1;
	FAKECLOCK_WAIT(agent.job.base, strstr(fakelog_logged(),
		"outbound: a.org:443: 5 bytes in ") != NULL);
}

static void carries_a_request(void **state)
{
	struct wanted w;
	struct link *l;

	(void)state;
	say_offer(1);
	ask("POST http://a.org/x?secret HTTP/1.1\r\nProxy-Authorization: secret\r\nContent-Length: 2\r\n\r\nhi");
	w = wanted("http://a.org:80");
	l = say_take(w.id);
	expect_data(l, "POST /x?secret HTTP/1.1\r\nHost: a.org\r\nConnection: close\r\nContent-Length: 2\r\n\r\n");
	expect_data(l, "hi");
	assert_null(strstr(fakelog_logged(), "secret"));
}

/* The front reads it, and says the proxy what it is to read. */
static void carries_a_request_to_a_proxy(void **state)
{
	static const char head[] = "GET http://a.org/x HTTP/1.1\r\nA: b\r\nProxy-Authorization: c2VjcmV0\r\n\r\n";
	struct wanted w;
	struct link *l;

	(void)state;
	say_offer(1);
	ask(head);
	w = wanted("http://a.org:80");
	l = say_take_about(w.id, "proxy");
	expect_data(l, head);
	assert_null(strstr(fakelog_logged(), "c2VjcmV0"));
}

static void refuses(void **state)
{
	static const struct {
		int status;
		const char *line;
	} rows[] = {
		{ EX_DATAERR, "HTTP/1.1 400 Bad Request: why" },
		{ EX_NOPERM, "HTTP/1.1 403 Forbidden: why" },
		{ EX_NOHOST, "HTTP/1.1 502 Bad Gateway: why" },
		{ EX_UNAVAILABLE, "HTTP/1.1 503 Service Unavailable: why" },
		{ EX_TEMPFAIL, "HTTP/1.1 504 Gateway Timeout: why" },
		{ EX_PROTOCOL, "HTTP/1.1 502 Bad Gateway: why" },
	};

	(void)state;
	say_offer(1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct wanted w;

		ask("CONNECT a.org:443 HTTP/1.1\r\n\r\n");
		w = wanted("a.org:443");
		say_declined(w.id, rows[i].status, "why");
		if (strstr(hears("vscode-remote-shell: why\n"), rows[i].line) ==
			NULL)
			fail_msg("row %zu", i);
	}
	ask("GET / HTTP/1.1\r\n\r\n");
	assert_non_null(strstr(hears("\n"), "HTTP/1.1 400 Bad Request: this is a proxy"));
	fakelink_expect_nothing(control);
}

static void nobody_is_there(void **state)
{
	struct wanted w;

	(void)state;
	say_offer(1);
	ask("CONNECT a.org:443 HTTP/1.1\r\n\r\n");
	w = wanted("a.org:443");
	assert_true(w.id != 0);
	services_leave(services, &front);
	control = NULL;
	assert_non_null(strstr(hears("\r\n\r\n"), "HTTP/1.1 503 Service Unavailable: nobody is connected to the session who would dial"));
	ask("CONNECT a.org:443 HTTP/1.1\r\n\r\n");
	hears("HTTP/1.1 503 ");
}

static void a_head_has_its_time(void **state)
{
	(void)state;
	say_offer(1);
	ask("CONNECT a.org:443 HTTP/1.1\r\n");
	fakeclock_turn(agent.job.base);
	fakeclock_pass(agent.job.base, 30000);
	hears("HTTP/1.1 408 ");
	/* It does not close what it was refused. */
	fakeclock_pass(agent.job.base, 5000);
	FAKECLOCK_WAIT(agent.job.base, recv(client, (char[1]){ 0 }, 1, 0) == 0 ||
		errno == ECONNRESET);
	ask("CONNECT a.org:443 HTTP/1.1\r\n");
	fakeclock_turn(agent.job.base);
	close(client);
	client = -1;
	fakeclock_turn(agent.job.base);
	fakelink_expect_nothing(control);
}

static int is_closed(int fd)
{
	char some[4096];
	ssize_t n;

	while ((n = recv(fd, some, sizeof some, 0)) > 0)
		continue;
	return n == 0 || errno != EAGAIN;
}

/* They do not close what they were refused, and so many are not kept. */
static void few_may_leave(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\n\r\n";
	int open_before, fd[65];

	(void)state;
	say_offer(1);
	open_before = fake_open_files();
	for (int i = 0; i < 65; i++) {
		ask(text);
		hears("HTTP/1.1 400 ");
		fd[i] = client;
		client = -1;
	}
	/* Both ends of all but the first. */
	assert_int_equal(fake_open_files() - open_before, 65 + 64);
	assert_true(is_closed(fd[0]));
	/* Nor do they take the place of others. */
	for (int i = 0; i < 65; i++)
		close(fd[i]);
	ask("CONNECT a.org:443 HTTP/1.1\r\n\r\n");
	say_declined(wanted("a.org:443").id, EX_NOPERM, "why");
	hears("why\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_not_there_unasked),
		TEST(tells_its_variables),
		TEST(leaves_a_site_what_it_says),
		TEST(tells_that_another_proxy_stays),
		TEST(sets_none_that_cannot_be_left_out),
		TEST(tells_that_there_is_no_proxy),
		TEST(a_node_with_a_route_needs_none),
		TEST(carries_by_connect),
		TEST(carries_a_request),
		TEST(carries_a_request_to_a_proxy),
		TEST(refuses),
		TEST(nobody_is_there),
		TEST(a_head_has_its_time),
		TEST(few_may_leave),
	};

	return cmocka_run_group_tests_name("outbound", tests, NULL, NULL);
}
