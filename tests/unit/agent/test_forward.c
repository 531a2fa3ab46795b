/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections into the job: agent/agent_forward.c, with real sockets at one end. */
#include "fake.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "agent/agent_forward.h"
#include "agent/idle.h"
#include "base/mem.h"
#include "proto/message.h"

static struct peeruid peeruid;
static struct idle *idle;
static struct serve *serve;
static struct forwards *forwards;

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

	if (fake_agent_begin(state) == -1)
		return -1;
	idle = idle_new(&agent.job, agent.news, agent.end);
	serve = serve_new(&agent.job, agent.end, take, NULL);
	forwards = forwards_new(&agent.job, &peeruid, idle, serve);
	return peeruid_open(&peeruid, &e);
}

static int teardown(void **state)
{
	forwards_free(forwards);
	serve_free(serve);
	idle_free(idle);
	peeruid_close(&peeruid);
	return fake_agent_end(state);
}

static int listen_port(uint16_t *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof addr;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*port = ntohs(addr.sin_port);
	return fd;
}

static int listen_path(char path[SOCKET_PATH_MAX])
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(addr.sun_path, sizeof addr.sun_path, "%s/sock", fake_dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	assert_int_equal(listen(fd, 8), 0);
	strcpy(path, addr.sun_path);
	return fd;
}

static struct link *request(const struct target *t)
{
	struct link *l = fakelink_new(2);
	struct buf b = { 0 };
	struct frame f;

	connect_put(&b, t);
	assert_true(frame_parse(&f, buf_data(&b), b.len, NULL) > 0);
	agent_forward_new(forwards, l, &f);
	buf_fini(&b);
	return l;
}

/* A connection that is up; *fd is the server's end. */
static struct link *connected(int *fd)
{
	struct target t = { 0 };
	int server = listen_port(&t.port);
	struct link *l = request(&t);

	assert_true(fakelink_is_paused(l));
	FAKECLOCK_WAIT(agent.job.base, (*fd = accept(server, NULL, NULL)) != -1);
	fcntl(*fd, F_SETFL, O_NONBLOCK);
	FAKECLOCK_WAIT(agent.job.base, !fakelink_is_paused(l));
	fakelink_expect(l, FRAME_OK);
	close(server);
	return l;
}

static void carries_bytes(void **state)
{
	char text[8];
	int fd;
	struct link *l = connected(&fd);
	struct frame f;

	(void)state;
	assert_int_equal(idle_uses(idle, USE_CLIENT), 1);
	fakelink_say(l, FRAME_DATA, "abc", 3);
	assert_int_equal(read(fd, text, sizeof text), 3);
	assert_memory_equal(text, "abc", 3);
	assert_int_equal(write(fd, "de", 2), 2);
	fakeclock_turn(agent.job.base);
	f = fakelink_expect(l, FRAME_DATA);
	assert_int_equal(f.len, 2);
	assert_memory_equal(f.data, "de", 2);
	close(fd);
}

/* Both have said all: the link may have another request. */
static void gives_the_link_back(void **state)
{
	char c;
	int fd;
	struct link *l = connected(&fd);

	(void)state;
	fakelink_say(l, FRAME_EOF, NULL, 0);
	assert_int_equal(read(fd, &c, 1), 0);
	close(fd);
	fakeclock_turn(agent.job.base);
	fakelink_expect(l, FRAME_EOF);
	assert_int_equal(idle_uses(idle, USE_CLIENT), 0);
	assert_int_equal(serve_waiting(serve), 1);
	assert_int_equal(forwards_count(forwards), 0);
	fakelink_down(l, "over", 0);
}

/*
 * The server has closed, and a client that says nothing would never learn that
 * nobody reads it: the front is told.
 */
static void tells_that_nobody_reads(void **state)
{
	int fd;
	struct link *l = connected(&fd);

	(void)state;
	close(fd);
	fakeclock_turn(agent.job.base);
	fakelink_expect(l, FRAME_EOF);
	fakeclock_pass(agent.job.base, 29999);
	fakelink_expect_nothing(l);
	fakeclock_pass(agent.job.base, 1);
	fakelink_expect(l, FRAME_GONE);
	assert_int_equal(idle_uses(idle, USE_CLIENT), 1);
}

/*
 * The client is gone, and a server that neither writes nor closes would keep
 * job and front for ever: it sees a reset.
 */
static void resets_for_a_client_that_is_gone(void **state)
{
	char c;
	int fd;
	struct link *l = connected(&fd);

	(void)state;
	fakelink_say(l, FRAME_EOF, NULL, 0);
	assert_int_equal(read(fd, &c, 1), 0);
	/* Its kernel says at once that it has got the end. */
	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &(int){ 1 }, sizeof(int));
	fakeclock_pass(agent.job.base, 3600 * 1000);
	/* As long as the client has its socket, it may be so. */
	assert_int_equal(idle_uses(idle, USE_CLIENT), 1);
	fakelink_say(l, FRAME_GONE, NULL, 0);
	fakeclock_pass(agent.job.base, 30000);
	assert_int_equal(idle_uses(idle, USE_CLIENT), 0);
	assert_int_equal(write(fd, "x", 1), -1);
	assert_true(errno == ECONNRESET || errno == EPIPE);
	assert_true(fakelink_is_leaving(l));
	close(fd);
}

static void resets_when_the_link_breaks(void **state)
{
	char c;
	int fd;
	struct link *l = connected(&fd);

	(void)state;
	fakelink_down(l, "cut", 0);
	assert_int_equal(read(fd, &c, 1), -1);
	assert_int_equal(errno, ECONNRESET);
	assert_true(fakelink_is_freed(l));
	assert_int_equal(idle_uses(idle, USE_CLIENT), 0);
	close(fd);
}

static void refuses_a_port_that_nobody_has(void **state)
{
	struct target t = { 0 };
	char why[128];

	(void)state;
	close(listen_port(&t.port));
	snprintf(why, sizeof why, "nothing listens on 127.0.0.1 port %u of node1",
		t.port);
	fakelink_refused(request(&t), EX_UNAVAILABLE, why);
	assert_int_equal(forwards_count(forwards), 0);
}

static void refuses_what_is_no_request(void **state)
{
	struct link *l = fakelink_new(2);
	struct frame f = { .type = FRAME_CONNECT, .data = "\0\1", .len = 2 };

	(void)state;
	agent_forward_new(forwards, l, &f);
	assert_int_equal(fakelink_take(l).type, FRAME_ERROR);
	assert_true(fakelink_is_leaving(l));
}

static void carries_a_unix_socket(void **state)
{
	struct target t = { 0 };
	int server = listen_path(t.path), fd;
	struct link *l = request(&t);
	char text[8];

	(void)state;
	FAKECLOCK_WAIT(agent.job.base, !fakelink_is_paused(l));
	fakelink_expect(l, FRAME_OK);
	fd = accept(server, NULL, NULL);
	assert_int_not_equal(fd, -1);
	fakelink_say(l, FRAME_DATA, "abc", 3);
	assert_int_equal(read(fd, text, sizeof text), 3);
	close(fd);
	close(server);
}

static void refuses_a_path_that_is_no_socket(void **state)
{
	struct target t = { 0 };
	struct link *l;
	char why[256];

	(void)state;
	snprintf(t.path, sizeof t.path, "%s/file", fake_dir);
	fake_file("file", "");
	l = request(&t);
	FAKECLOCK_WAIT(agent.job.base, fakelink_is_leaving(l));
	snprintf(why, sizeof why, "%s is not a socket", t.path);
	fakelink_refused(l, EX_UNAVAILABLE, why);
}

/* A front that goes while its connection is dialed takes it along. */
static void forgets_who_goes_meanwhile(void **state)
{
	struct target t = { 0 };
	int server = listen_path(t.path);

	(void)state;
	fakelink_down(request(&t), "gone", 0);
	assert_int_equal(forwards_count(forwards), 0);
	fakeclock_pass(agent.job.base, 60000);
	close(server);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(carries_bytes),
		TEST(gives_the_link_back),
		TEST(tells_that_nobody_reads),
		TEST(resets_for_a_client_that_is_gone),
		TEST(resets_when_the_link_breaks),
		TEST(refuses_a_port_that_nobody_has),
		TEST(refuses_what_is_no_request),
		TEST(carries_a_unix_socket),
		TEST(refuses_a_path_that_is_no_socket),
		TEST(forgets_who_goes_meanwhile),
	};

	return cmocka_run_group_tests_name("forward", tests, NULL, NULL);
}
