/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports of the job on this host: front/front_forward.c. */
#include "fake.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "front/front_carry.h"
#include "front/front_control.h"
#include "front/front_forward.h"
#include "proto/message.h"

static struct {
	struct place place;
	struct front_control *control;
	struct front_carry *carry;
	struct front_forward *forward;
} own;

static struct link *control;
static struct {
	int calls;
	uint16_t port;
	char path[256];
	struct err why;
} got;

/* A file system that does not answer, on demand. */
static int hang;

int mkdirat(int dir, const char *name, mode_t mode)
{
	while (hang)
		pause();
	return (int)syscall(SYS_mkdirat, dir, name, mode);
}

int mkdir(const char *name, mode_t mode)
{
	return mkdirat(AT_FDCWD, name, mode);
}

static void up(const struct sockaddr *addr, socklen_t len, const char *node,
	void *arg)
{
	(void)node;
	(void)arg;
	front_carry_set_agent(own.carry, &own.place.key, addr, len);
	front_forward_set_agent(own.forward, own.control);
}

static int begin(void)
{
	struct err e;

	own.carry = front_carry_new(front.inv.base,
		front.opt.forward.byte_limit);
	own.forward = front_forward_new(front.inv.base, front.inv.parting,
		&front.opt.forward, own.carry, &e);
	if (own.forward == NULL)
		return -1;
	strcpy(own.place.job, "17");
	own.place.at.port = 5001;
	endpoint_add_host(&own.place.at, "192.0.2.1");
	own.control = front_control_new(&front.inv, &own.place, up,
		fake_control_fails, NULL);
	control = fake_control_up(2);
	return 0;
}

static int setup(void **state)
{
	memset(&got, 0, sizeof got);
	memset(&own, 0, sizeof own);
	return fake_front_begin(state) == -1 ? -1 : begin();
}

static int teardown(void **state)
{
	front_carry_free(own.carry);
	front_forward_free(own.forward);
	front_control_free(own.control);
	return fake_front_end(state);
}

static void done(uint16_t port, const char *path, const struct err *why,
	void *arg)
{
	(void)arg;
	got.calls++;
	got.port = port;
	snprintf(got.path, sizeof got.path, "%s", path ? path : "");
	got.why.text[0] = '\0';
	if (why != NULL)
		got.why = *why;
}

/* The question in the next frame that is no heartbeat; port 0: none. */
static struct check next_check(void)
{
	struct check c = { .id = 0 };
	struct frame f;

	do
		f = fakelink_take(control);
	while (f.type == FRAME_PING);
	if (f.type != 0)
		assert_int_equal(check_get(&c, &f, NULL), 0);
	return c;
}

static void answer(uint32_t id, int ours)
{
	struct checked c = { .id = id, .ours = ours, .why = "" };
	struct buf b = { 0 };

	if (!ours)
		strcpy(c.why, "nothing listens there");
	checked_put(&b, &c);
	fakelink_say_buf(control, &b);
}

/* The editor's server announces a port of the job: ours for it, 0: refused. */
static uint16_t announce(uint16_t port, int ours)
{
	struct held_event line = { .target = HELD_PORT, .port = port,
		.key = "listeningOn" };
	struct check c;

	front_forward_hold(own.forward, &line, 3000, done, NULL);
	c = next_check();
	assert_int_equal(c.target.port, port);
	assert_int_equal(c.wait_ms, 3000);
	answer(c.id, ours);
	return got.port;
}

/* A client of that port; -1: nobody listens. */
static int client(uint16_t port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&addr, sizeof addr) == -1) {
		close(fd);
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fakeclock_turn(front.inv.base);
	return fd;
}

/* Whether the front does, who is this process; another may have taken the number. */
static int listens(uint16_t port)
{
	fakeclock_turn(front.inv.base);
	for (int fd = 0; fd < 1024; fd++) {
		struct sockaddr_in addr;
		socklen_t len = sizeof addr, size = sizeof(int);
		int is_listener = 0;

		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listener,
			&size) == 0 && is_listener &&
			getsockname(fd, (struct sockaddr *)&addr, &len) == 0 &&
			addr.sin_family == AF_INET && ntohs(addr.sin_port) == port)
			return 1;
	}
	return 0;
}

/* The n-th link that asks for a connection. */
static struct link *connecting(int n)
{
	struct link *l;

	for (unsigned i = 1; (l = fakelink_dialed(i)) != NULL; i++)
		if (!fakelink_is_freed(l) && fakelink_take(l).type ==
			FRAME_CONNECT && n-- == 0)
			return l;
	return NULL;
}

static void opens_what_is_confirmed(void **state)
{
	uint16_t port;
	struct link *l;
	char text[8];
	int fd;

	(void)state;
	port = announce(8080, 1);
	assert_int_not_equal(port, 0);
	assert_true(front_forward_has_ports(own.forward));
	assert_false(front_carry_has_any(own.carry));
	fd = client(port);
	assert_int_not_equal(fd, -1);
	assert_true(front_carry_has_any(own.carry));
	l = connecting(0);
	assert_non_null(l);
	fakelink_up(l, 2, "node1");
	fakelink_say(l, FRAME_OK, NULL, 0);
	fakelink_say(l, FRAME_DATA, "abc", 3);
	assert_int_equal(read(fd, text, sizeof text), 3);
	assert_int_equal(write(fd, "de", 2), 2);
	fakeclock_turn(front.inv.base);
	assert_memory_equal(fakelink_expect(l, FRAME_DATA).data, "de", 2);
	close(fd);
	fakeclock_turn(front.inv.base);
	fakelink_expect(l, FRAME_EOF);
	fakelink_say(l, FRAME_EOF, NULL, 0);
	fakeclock_turn(front.inv.base);
	assert_false(front_carry_has_any(own.carry));
	assert_true(front_carry_moved(own.carry) >= 5);
}

static void opens_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(announce(8080, 0), 0);
	assert_int_equal(got.calls, 1);
	assert_string_equal(got.why.text, "nothing listens there");
	assert_false(front_forward_has_ports(own.forward));
}

/* The client tries again, or gives up, by its own rules. */
static void resets_what_is_refused(void **state)
{
	struct error x = { .status = EX_UNAVAILABLE, .text = "no" };
	struct buf b = { 0 };
	struct link *l;
	char c;
	int fd;

	(void)state;
	fd = client(announce(8080, 1));
	l = connecting(0);
	fakelink_up(l, 2, "node1");
	error_put(&b, &x);
	fakelink_say_buf(l, &b);
	assert_int_equal(read(fd, &c, 1), -1);
	assert_int_equal(errno, ECONNRESET);
	assert_false(front_carry_has_any(own.carry));
	close(fd);
}

/* One that was announced before is the same one. */
static void keeps_a_port(void **state)
{
	uint16_t port;

	(void)state;
	port = announce(8080, 1);
	assert_int_equal(announce(8080, 1), port);
	assert_int_not_equal(announce(8081, 1), port);
}

/* Output of the job can be of any length: 64 are open, the oldest unused goes. */
static void has_a_number_of_them(void **state)
{
	uint16_t port[70];
	int fd, open = 0;

	(void)state;
	for (int i = 0; i < 64; i++)
		port[i] = announce(1000 + i, 1);
	/* The first is in use, so the second goes. */
	fd = client(port[0]);
	for (int i = 64; i < 70; i++)
		port[i] = announce(1000 + i, 1);
	FAKECLOCK_WAIT(front.inv.base, !listens(port[6]));
	assert_true(listens(port[0]));
	for (int i = 0; i < 70; i++)
		open += listens(port[i]);
	assert_int_equal(open, 64);
	for (int i = 1; i <= 6; i++)
		assert_false(listens(port[i]));
	close(fd);
}

/* Of a listener that is gone the port goes, unless somebody uses it. */
static void closes_what_is_gone(void **state)
{
	uint16_t gone, kept, used;
	struct check c;
	int fd, looks = 0;

	(void)state;
	gone = announce(1000, 1);
	kept = announce(1001, 1);
	used = announce(1002, 1);
	fd = client(used);
	/* Each is asked for once a minute; two answers count. */
	for (int half = 0; half < 4; half++) {
		fakeclock_pass(front.inv.base, 30000);
		while ((c = next_check()).target.port != 0) {
			assert_int_equal(c.wait_ms, 0);
			assert_int_not_equal(c.target.port, 1002);
			looks += c.target.port == 1000;
			answer(c.id, c.target.port == 1001);
		}
	}
	assert_int_equal(looks, 2);
	/* The kernel may need a moment. */
	FAKECLOCK_WAIT(front.inv.base, !listens(gone));
	assert_true(listens(kept));
	assert_true(listens(used));
	close(fd);
}

/* Many at once are dialed some at a time, and all in the end. */
static void dials_so_many_at_once(void **state)
{
	uint16_t port;
	int fd[30];
	unsigned links = 0, served = 0;

	(void)state;
	port = announce(8080, 1);
	for (int i = 0; i < 30; i++)
		fd[i] = client(port);
	while (fakelink_dialed(links + 1) != NULL)
		links++;
	assert_in_range(links, 1, 8 + 2);	/* and the spare ones */
	for (unsigned i = 1; fakelink_dialed(i) != NULL; i++) {
		struct link *l = fakelink_dialed(i);

		fakelink_up(l, 2, "node1");
		if (fakelink_take(l).type != FRAME_CONNECT)
			continue;
		served++;
		fakelink_say(l, FRAME_OK, NULL, 0);
	}
	assert_int_equal(served, 30);
	for (int i = 0; i < 30; i++)
		close(fd[i]);
}

/* The agent may close a spare link while it is taken: no client sees that. */
static void dials_for_a_spare_that_is_gone(void **state)
{
	struct link *spare, *l;
	unsigned n = 1;
	char text[8];
	int fd;

	(void)state;
	fd = client(announce(8080, 1));
	/* Its link carries the first; spare ones are made behind it. */
	l = connecting(0);
	fakelink_up(l, 2, "node1");
	fakelink_say(l, FRAME_OK, NULL, 0);
	fakeclock_pass(front.inv.base, 1000);
	for (; (l = fakelink_dialed(n)) != NULL; n++)
		if (!link_is_up(l))
			fakelink_up(l, 2, "node1");
	close(fd);
	fd = client(announce(8080, 1));
	spare = connecting(0);
	assert_non_null(spare);
	assert_true(link_is_up(spare));
	fakelink_down(spare, "closed", 0);
	assert_true(fakelink_is_freed(spare));
	l = connecting(0);
	assert_non_null(l);
	assert_false(link_is_up(l));
	fakelink_up(l, 2, "node1");
	fakelink_say(l, FRAME_OK, NULL, 0);
	fakelink_say(l, FRAME_DATA, "abc", 3);
	assert_int_equal(read(fd, text, sizeof text), 3);
	close(fd);
}

/* A port that is asked for is there from the start, and nobody is served yet. */
static void reserves_a_port(void **state)
{
	uint16_t port;
	struct err e;
	char c;
	int fd, busy = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof addr;

	teardown(state);
	assert_int_equal(bind(busy, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(busy, 1), 0);
	assert_int_equal(getsockname(busy, (struct sockaddr *)&addr, &len), 0);
	fake_front_begin(state);
	front.opt.forward.listen_port = port = ntohs(addr.sin_port);
	assert_null(front_forward_new(front.inv.base, front.inv.parting,
		&front.opt.forward, NULL, &e));
	close(busy);
	assert_int_equal(begin(), 0);
	fd = client(port);
	assert_int_not_equal(fd, -1);
	assert_int_equal(read(fd, &c, 1), 0);
	close(fd);
	assert_int_equal(announce(8080, 1), port);
	assert_int_not_equal(announce(8081, 1), port);
}

/* The editor's server announces a Unix socket of the job. */
static void announce_path(const char *path)
{
	struct held_event line = { .target = HELD_PATH, .key = "listeningOn",
		.in_block = 1 };
	struct check c;

	snprintf(line.path, sizeof line.path, "%s", path);
	memset(&got, 0, sizeof got);
	front_forward_hold(own.forward, &line, 3000, done, NULL);
	c = next_check();
	assert_string_equal(c.target.path, path);
	answer(c.id, 1);
}

/* A client of a Unix socket; -1: nobody listens. */
static int unix_client(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0) {
		fakeclock_turn(front.inv.base);
		return fd;
	}
	close(fd);
	return -1;
}

static int listens_at(const char *path)
{
	int fd = unix_client(path);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

/* What belongs to the host is below the test's directory. */
static const char *runtime_dir(void)
{
	static char dir[200];

	setenv("XDG_RUNTIME_DIR", fake_dir, 1);
	snprintf(dir, sizeof dir, "%s/vscode-remote-shell", fake_dir);
	return dir;
}

static void run(const char *command, const char *path)
{
	char line[300];

	snprintf(line, sizeof line, "%s '%s'", command, path);
	assert_int_equal(system(line), 0);
}

/* Its line waits for the child, the loop does not. */
static void opens_a_unix_socket(void **state)
{
	const char *dir = runtime_dir();
	char path[256];
	int fd;

	(void)state;
	announce_path("/job/a");
	assert_int_equal(got.calls, 0);
	FAKECLOCK_WAIT(front.inv.base, got.calls == 1);
	assert_int_equal(got.port, 0);
	assert_memory_equal(got.path, dir, strlen(dir));
	fd = unix_client(got.path);
	assert_int_not_equal(fd, -1);
	assert_non_null(connecting(0));
	assert_true(front_carry_has_any(own.carry));
	close(fd);
	/* Announced again it is there already. */
	strcpy(path, got.path);
	announce_path("/job/a");
	assert_int_equal(got.calls, 1);
	assert_string_equal(got.path, path);
	/* And it goes with the front, by a child. */
	front_carry_free(own.carry);
	front_forward_free(own.forward);
	own.carry = NULL;
	own.forward = NULL;
	FAKECLOCK_WAIT(front.inv.base, access(path, F_OK) == -1);
}

/* A host whose directory hangs has a port in its place, after the line's time. */
static void takes_a_port_instead(void **state)
{
	uint16_t port;

	(void)state;
	runtime_dir();
	hang = 1;
	announce_path("/job/a");
	hang = 0;
	fakeclock_pass(front.inv.base, 2900);
	assert_int_equal(got.calls, 0);
	/* Meanwhile others are served. */
	assert_int_not_equal(announce(8080, 1), 0);
	assert_int_equal(got.calls, 1);
	fakeclock_pass(front.inv.base, 200);
	assert_int_equal(got.calls, 2);
	assert_string_equal(got.path, "");
	port = got.port;
	assert_true(listens(port));
	assert_string_equal(strstr(fakelog_told(), "takes its place"),
		"takes its place: its file system does not answer\n");
	/* Announced again it is the same, and another one is a socket. */
	announce_path("/job/a");
	assert_int_equal(got.port, port);
	announce_path("/job/b");
	FAKECLOCK_WAIT(front.inv.base, got.calls == 1);
	assert_true(listens_at(got.path));
}

/* The same, at once, where it cannot be made. */
static void takes_a_port_for_a_refusal(void **state)
{
	const char *dir = runtime_dir();

	(void)state;
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(chmod(dir, 0777), 0);
	announce_path("/job/a");
	FAKECLOCK_WAIT(front.inv.base, got.calls == 1);
	assert_int_not_equal(got.port, 0);
	assert_non_null(strstr(fakelog_told(), "mode 0777 lets others in"));
}

/* A front that ends leaves no child behind. */
static void ends_who_makes_it(void **state)
{
	(void)state;
	runtime_dir();
	/* What others have left. */
	while (waitpid(-1, NULL, 0) > 0)
		;
	hang = 1;
	announce_path("/job/a");
	hang = 0;
	front_forward_free(own.forward);
	own.forward = NULL;
	assert_true(waitpid(-1, NULL, 0) > 0);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(got.calls, 0);
}

/* What was removed is there again; what another has made ends the front. */
static void watches_a_unix_socket(void **state)
{
	const char *dir = runtime_dir();
	char path[256];

	(void)state;
	announce_path("/job/a");
	FAKECLOCK_WAIT(front.inv.base, got.calls == 1);
	strcpy(path, got.path);
	for (int i = 0; i < 2; i++) {
		run("rm -rf", i == 0 ? dir : path);
		FAKECLOCK_WAIT(front.inv.base, listens_at(path));
		assert_non_null(strstr(fakelog_told(), "is made anew"));
	}
	assert_int_equal(fake_status(), -1);
	run("rm -rf", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(chmod(dir, 0777), 0);
	FAKECLOCK_WAIT(front.inv.base, fake_status() == EX_NOPERM);
}

/* A look that is not answered is repeated, and nobody waits for it. */
static void looks_until_it_is_told(void **state)
{
	const char *dir = runtime_dir();
	char path[256];

	(void)state;
	announce_path("/job/a");
	FAKECLOCK_WAIT(front.inv.base, got.calls == 1);
	strcpy(path, got.path);
	hang = 1;
	run("rm -rf", dir);
	fakeclock_turn(front.inv.base);
	assert_int_not_equal(announce(8080, 1), 0);
	/* Its child is killed, and after a pause there is another. */
	fakeclock_pass(front.inv.base, 10100);
	assert_false(listens_at(path));
	hang = 0;
	fakeclock_pass(front.inv.base, 10100);
	FAKECLOCK_WAIT(front.inv.base, listens_at(path));
	assert_int_equal(fake_status(), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opens_what_is_confirmed),
		TEST(opens_nothing_else),
		TEST(resets_what_is_refused),
		TEST(keeps_a_port),
		TEST(has_a_number_of_them),
		TEST(closes_what_is_gone),
		TEST(dials_so_many_at_once),
		TEST(dials_for_a_spare_that_is_gone),
		TEST(reserves_a_port),
		TEST(opens_a_unix_socket),
		TEST(takes_a_port_instead),
		TEST(takes_a_port_for_a_refusal),
		TEST(ends_who_makes_it),
		TEST(watches_a_unix_socket),
		TEST(looks_until_it_is_told),
	};

	return cmocka_run_group_tests_name("forward", tests, NULL, NULL);
}
