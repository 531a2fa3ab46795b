/* SPDX-License-Identifier: BSD-2-Clause */
/* Which front is asked for a connection, and what becomes of it: agent/service.c. */
#include "fake.h"

#include <errno.h>
#include <sys/socket.h>

#include "agent/service.h"
#include "proto/message.h"

#define NAME "agent"

static struct peeruid peeruid;
static struct serve *serve;
static struct services *services;
static struct service *service[2];
static struct service_front fronts[3];

/* What became of the last connection, and of the offers. */
static struct {
	int taken, failed, status;
	struct err why;
	int told;
	char about[64];		/* "-": nobody offers it */
} got;

static void take(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;
	fail_msg("nobody asks");
}

static void offered(const char *about, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.told++;
	snprintf(got.about, sizeof got.about, "%s", about ? about : "-");
}

static void taken(int fd, struct link *l, const char *about, void *arg)
{
	(void)fd;
	(void)l;
	assert_string_equal(about, "its own");
	assert_ptr_equal(arg, &got);
	got.taken++;
}

static void failed(int fd, int status, const struct err *why, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.failed++;
	got.status = status;
	got.why = *why;
	close(fd);
}

#define NOBODY "nobody has it"

static const struct service_ops any = { .offered = offered,
	.nobody = NOBODY };
static const struct service_ops newest = { .offered = offered,
	.newest_only = 1, .nobody = NOBODY };
static const struct service_call_ops ops = { .taken = taken,
	.failed = failed };

static int setup(void **state)
{
	struct err e;

	memset(&got, 0, sizeof got);
	if (fake_agent_begin(state) == -1)
		return -1;
	serve = serve_new(&agent.job, agent.end, take, NULL);
	services = services_new(&agent.job, agent.fronts, &peeruid, serve);
	service[0] = services_add(services, NAME, &any, &got);
	service[1] = services_add(services, "newest", &newest, &got);
	return peeruid_open(&peeruid, &e);
}

static int teardown(void **state)
{
	services_free(services);
	serve_free(serve);
	peeruid_close(&peeruid);
	return fake_agent_end(state);
}

static struct link *join(int i)
{
	struct link *l = fakelink_new(SERVICE_VERSION);

	services_join(services, &fronts[i], l);
	return l;
}

static void hear(int i, struct buf *b)
{
	struct frame f;

	assert_true(frame_parse(&f, buf_data(b), b->len, NULL) > 0);
	assert_true(services_heard(services, &fronts[i], &f));
	buf_fini(b);
}

static void say_offer(int i, int is_there, const char *name,
	const char *about)
{
	struct offer o = { .is_there = (uint8_t)is_there };
	struct buf b = { 0 };

	strcpy(o.service, name);
	strcpy(o.about, about);
	offer_put(&b, &o);
	hear(i, &b);
}

/* Any other frame of it. */
static void ping(int i)
{
	struct frame f = { .type = FRAME_PING, .data = "12345678", .len = 8 };

	assert_false(services_heard(services, &fronts[i], &f));
}

static void say_declined(int i, uint32_t id, int status)
{
	struct declined d = { .id = id, .status = (uint8_t)status,
		.why = "it is gone" };
	struct buf b = { 0 };

	declined_put(&b, &d);
	hear(i, &b);
}

/* A front that offers it. */
static struct link *offering(int i)
{
	struct link *l = join(i);

	say_offer(i, 1, NAME, "");
	return l;
}

/* Its number, when that was asked for; 0: no. */
static uint32_t wanted(struct link *l)
{
	struct frame f = fakelink_take(l);
	struct wanted w;

	if (f.type == 0)
		return 0;
	assert_int_equal(f.type, FRAME_WANTED);
	assert_int_equal(wanted_get(&w, &f, NULL), 0);
	assert_string_equal(w.target, "there");
	return w.id;
}

/* A connection that waits; *fd is the program's end. */
static struct service_call *call(const char *name, int *fd)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		SOCK_NONBLOCK, 0, pair), 0);
	*fd = pair[0];
	return service_connect(service[strcmp(name, NAME) != 0], "there",
		pair[1], &ops, &got);
}

static struct link *say_take(uint32_t id)
{
	struct link *l = fakelink_new(SERVICE_VERSION);
	struct buf b = { 0 };
	struct frame f;

	take_put(&b, &(struct take){ .id = id, .about = "its own" });
	assert_true(frame_parse(&f, buf_data(&b), b.len, NULL) > 0);
	services_take(services, l, &f);
	buf_fini(&b);
	return l;
}

static void leave(int i)
{
	services_leave(services, &fronts[i]);
}

static int is_closed(int fd)
{
	char c;

	return read(fd, &c, 1) == 0;
}

static void carries_what_the_newest_takes(void **state)
{
	struct link *old = offering(0), *new = offering(1), *l;
	char text[8];
	uint32_t id;
	int fd;

	(void)state;
	assert_non_null(call(NAME, &fd));
	assert_int_equal(wanted(old), 0);
	id = wanted(new);
	assert_int_not_equal(id, 0);
	l = say_take(id);
	assert_int_equal(got.taken, 1);
	fakelink_expect(l, FRAME_OK);
	assert_int_equal(write(fd, "ask", 3), 3);
	fakeclock_turn(agent.job.base);
	assert_memory_equal(fakelink_expect(l, FRAME_DATA).data, "ask", 3);
	fakelink_say(l, FRAME_DATA, "said", 4);
	assert_int_equal(read(fd, text, sizeof text), 4);
	close(fd);
	fakeclock_turn(agent.job.base);
	fakelink_expect(l, FRAME_EOF);
	fakelink_say(l, FRAME_EOF, NULL, 0);
	fakeclock_turn(agent.job.base);
	/* Its link may have another request. */
	assert_int_equal(serve_waiting(serve), 1);
	fakelink_down(l, "over", 0);
	leave(0);
	leave(1);
	assert_int_equal(got.failed, 0);
}

/* At once, and before a byte of it is read. */
static void fails_when_nobody_offers_it(void **state)
{
	struct link *l = join(0);
	int fd;

	(void)state;
	assert_null(call(NAME, &fd));
	assert_int_equal(got.failed, 1);
	assert_int_equal(got.status, EX_UNAVAILABLE);
	assert_string_equal(got.why.text, NOBODY);
	assert_true(is_closed(fd));
	close(fd);
	fakelink_expect_nothing(l);
	say_offer(0, 1, NAME, "");
	say_offer(0, 0, NAME, "");
	assert_null(call(NAME, &fd));
	close(fd);
	/* What nothing here uses is no fault of a newer front. */
	say_offer(0, 1, "something-new", "");
	assert_null(call(NAME, &fd));
	close(fd);
	leave(0);
}

static void asks_an_older_one(void **state)
{
	struct link *old = offering(0), *mid = offering(1), *new = offering(2);
	uint32_t id;
	int fd;

	(void)state;
	call(NAME, &fd);
	say_declined(2, wanted(new), EX_UNAVAILABLE);
	id = wanted(mid);
	assert_int_not_equal(id, 0);
	/* Who was not asked has no say. */
	say_declined(2, id, EX_NOPERM);
	assert_int_equal(got.failed, 0);
	leave(1);
	say_declined(0, wanted(old), EX_UNAVAILABLE);
	assert_int_equal(got.failed, 1);
	assert_int_equal(got.status, EX_UNAVAILABLE);
	assert_string_equal(got.why.text, "it is gone");
	close(fd);
	leave(0);
	leave(2);
}

/* A front that may not: no other is asked instead. */
static void believes_a_refusal(void **state)
{
	struct link *old = offering(0), *new = offering(1);
	int fd;

	(void)state;
	call(NAME, &fd);
	say_declined(1, wanted(new), EX_NOPERM);
	assert_int_equal(got.failed, 1);
	assert_int_equal(got.status, EX_NOPERM);
	fakelink_expect_nothing(old);
	close(fd);
	leave(0);
	leave(1);
}

/* What it has said of it is not true of another. */
static void asks_no_other_instead(void **state)
{
	struct link *old = join(0), *new = join(1);
	int fd;

	(void)state;
	say_offer(0, 1, "newest", "a");
	say_offer(1, 1, "newest", "b");
	call("newest", &fd);
	say_declined(1, wanted(new), EX_UNAVAILABLE);
	assert_int_equal(got.failed, 1);
	fakelink_expect_nothing(old);
	close(fd);
	leave(1);
	call("newest", &fd);
	assert_int_not_equal(wanted(old), 0);
	close(fd);
	leave(0);
	assert_int_equal(got.failed, 2);
}

/* A login node that is gone without a word. */
static void waits_for_no_silent_front(void **state)
{
	struct link *old = offering(0), *new = offering(1);
	int fd, other;

	(void)state;
	call(NAME, &fd);
	assert_int_not_equal(wanted(new), 0);
	fakeclock_pass(agent.job.base, 6000);
	call(NAME, &other);
	assert_int_not_equal(wanted(new), 0);
	fakeclock_pass(agent.job.base, 5999);
	fakelink_expect_nothing(old);
	ping(0);
	fakeclock_pass(agent.job.base, 1);
	/* All that it was asked for. */
	say_declined(0, wanted(old), EX_UNAVAILABLE);
	say_declined(0, wanted(old), EX_NOPERM);
	assert_int_equal(got.failed, 2);
	close(other);
	call(NAME, &other);
	assert_int_equal(wanted(new), 0);
	say_declined(0, wanted(old), EX_UNAVAILABLE);
	close(other);
	/* It is there again. */
	ping(1);
	call(NAME, &other);
	say_declined(1, wanted(new), EX_NOPERM);
	close(other);
	/* Nobody was asked, but no heartbeat came. */
	ping(0);
	fakeclock_pass(agent.job.base, 24999);
	ping(0);
	fakeclock_pass(agent.job.base, 1);
	call(NAME, &other);
	assert_int_equal(wanted(new), 0);
	assert_int_not_equal(wanted(old), 0);
	close(other);
	close(fd);
	leave(0);
	leave(1);
}

/* It dials something far away: others may be nearer, but it is there. */
static void waits_for_a_slow_front(void **state)
{
	struct link *old = offering(0), *new = offering(1);
	int fd;

	(void)state;
	call(NAME, &fd);
	assert_int_not_equal(wanted(new), 0);
	fakeclock_pass(agent.job.base, 10000);
	ping(0);
	ping(1);
	fakeclock_pass(agent.job.base, 4999);
	fakelink_expect_nothing(old);
	fakeclock_pass(agent.job.base, 1);
	assert_int_not_equal(wanted(old), 0);
	close(fd);
	call(NAME, &fd);
	assert_int_not_equal(wanted(new), 0);
	/* Nobody has it, however often they are heard of. */
	for (int i = 0; i < 8; i++) {
		ping(0);
		ping(1);
		fakeclock_pass(agent.job.base, 5000);
	}
	assert_int_equal(got.failed, 2);
	assert_string_equal(got.why.text, "the login node has not answered in 15 s");
	close(fd);
	leave(0);
	leave(1);
}

/* While it waited nobody was asked, and so nobody is late. */
static void waiting_for_room_is_nobodys_fault(void **state)
{
	struct link *l = offering(0);
	uint32_t first = 0, id;
	int fd[WANTED_MAX + 2];

	(void)state;
	for (int i = 0; i <= WANTED_MAX; i++) {
		assert_non_null(call(NAME, &fd[i]));
		id = wanted(l);
		if (i == 0)
			first = id;
	}
	fakeclock_pass(agent.job.base, 10000);
	ping(0);
	say_declined(0, first, EX_NOPERM);
	id = wanted(l);
	assert_int_not_equal(id, 0);
	/* 16 s after it began. */
	fakeclock_pass(agent.job.base, 4000);
	ping(0);
	fakeclock_pass(agent.job.base, 2000);
	assert_int_equal(got.failed, WANTED_MAX);
	fakelink_expect(say_take(id), FRAME_OK);
	assert_non_null(call(NAME, &fd[WANTED_MAX + 1]));
	assert_int_not_equal(wanted(l), 0);
	leave(0);
	for (int i = 0; i <= WANTED_MAX + 1; i++)
		close(fd[i]);
}

/* The internet may be slow: the ssh-agent is asked all the same. */
static void each_service_has_its_room(void **state)
{
	struct link *l = join(0);
	int fd[WANTED_MAX + 2];

	(void)state;
	say_offer(0, 1, NAME, "");
	say_offer(0, 1, "newest", "");
	for (int i = 0; i <= WANTED_MAX; i++) {
		assert_non_null(call(NAME, &fd[i]));
		(void)wanted(l);
	}
	assert_non_null(call("newest", &fd[WANTED_MAX + 1]));
	assert_int_not_equal(wanted(l), 0);
	leave(0);
	for (int i = 0; i <= WANTED_MAX + 1; i++)
		close(fd[i]);
}

/* So many at once are asked for; the rest waits for its turn. */
static void has_a_bound(void **state)
{
	struct link *l = offering(0);
	uint32_t first = 0, id;
	int fd[WANTED_MAX + 1];

	(void)state;
	for (int i = 0; i <= WANTED_MAX; i++) {
		assert_non_null(call(NAME, &fd[i]));
		id = wanted(l);
		assert_int_equal(id == 0, i == WANTED_MAX);
		if (i == 0)
			first = id;
	}
	fakelink_expect(say_take(first), FRAME_OK);
	assert_int_not_equal(wanted(l), 0);
	/* All of them fail with the front, but the one that runs. */
	leave(0);
	assert_int_equal(got.failed, WANTED_MAX);
	assert_false(is_closed(fd[0]));
	for (int i = 0; i <= WANTED_MAX; i++)
		close(fd[i]);
}

/* And not for ever. */
static void has_a_bound_of_those_that_wait(void **state)
{
	int n = 0, fd[600];

	(void)state;
	offering(0);
	while (n < 600 && call(NAME, &fd[n]) != NULL)
		n++;
	assert_int_equal(n, 256);
	assert_int_equal(got.failed, 1);
	assert_string_equal(got.why.text, "too many connections wait for the login node");
	/* Another service has its own. */
	say_offer(0, 1, "newest", "");
	assert_non_null(call("newest", &fd[n + 1]));
	leave(0);
	assert_int_equal(got.failed, 258);
	close(fd[n + 1]);
	for (int i = 0; i <= n; i++)
		close(fd[i]);
}

static void refuses_who_takes_nothing(void **state)
{
	struct link *l = offering(0), *late;
	struct service_call *c;
	struct frame f = { .type = FRAME_TAKE, .data = "abcde", .len = 5 };
	uint32_t id;
	int fd;
	char why[64];

	(void)state;
	c = call(NAME, &fd);
	id = wanted(l);
	service_cancel(c);
	snprintf(why, sizeof why, "nobody waits for connection %u any more", id);
	fakelink_refused(say_take(id), EX_UNAVAILABLE, why);
	say_declined(0, id, EX_UNAVAILABLE);
	late = fakelink_new(SERVICE_VERSION);
	services_take(services, late, &f);
	assert_int_equal(fakelink_take(late).type, FRAME_ERROR);
	assert_true(fakelink_is_leaving(late));
	assert_int_equal(got.failed + got.taken, 0);
	close(fd);
	leave(0);
}

static void expect_told(int told, const char *about)
{
	assert_int_equal(got.told, told);
	assert_string_equal(got.about, about);
}

static void tells_of_the_newest(void **state)
{
	(void)state;
	join(0);
	join(1);
	say_offer(0, 1, NAME, "a");
	expect_told(1, "a");
	say_offer(1, 1, NAME, "b");
	expect_told(2, "b");
	/* An older one changes nothing, until it is the newest. */
	say_offer(0, 1, NAME, "c");
	expect_told(2, "b");
	say_offer(1, 1, NAME, "d");
	expect_told(3, "d");
	say_offer(1, 0, NAME, "");
	expect_told(4, "c");
	say_offer(1, 1, NAME, "d");
	expect_told(5, "d");
	leave(1);
	expect_told(6, "c");
	leave(0);
	expect_told(7, "-");
}

/* A front may be lost while nobody connects: what it has said is not true on. */
static void tells_of_silence(void **state)
{
	(void)state;
	join(0);
	join(1);
	say_offer(0, 1, "newest", "a");
	say_offer(1, 1, "newest", "b");
	expect_told(2, "b");
	fakeclock_pass(agent.job.base, 20000);
	ping(0);
	fakeclock_pass(agent.job.base, 4999);
	expect_told(2, "b");
	fakeclock_pass(agent.job.base, 1);
	expect_told(3, "a");
	/* It is there again, and then neither is. */
	ping(1);
	expect_told(4, "b");
	fakeclock_pass(agent.job.base, 25000);
	expect_told(5, "-");
	ping(0);
	expect_told(6, "a");
	fakeclock_pass(agent.job.base, 25000);
	expect_told(7, "-");
	leave(0);
	leave(1);
}

/* Who has come brings room with it. */
static void a_newcomer_has_room(void **state)
{
	struct link *new;
	int fd[WANTED_MAX + 1];

	(void)state;
	offering(0);
	for (int i = 0; i <= WANTED_MAX; i++)
		assert_non_null(call(NAME, &fd[i]));
	new = offering(1);
	assert_int_not_equal(wanted(new), 0);
	assert_int_equal(wanted(new), 0);
	leave(0);
	leave(1);
	for (int i = 0; i <= WANTED_MAX; i++)
		close(fd[i]);
}

static void says_why(struct buf *out, char first, const struct err *why)
{
	buf_printf(out, "%c: %s", first, why->text);
}

/* What comes from a listener, and cannot be had. */
static void takes_leave_of_programs(void **state)
{
	static const struct service_ops with_words = { .nobody = NOBODY,
		.words = says_why };
	struct service *other = services_add(services, "words", &with_words,
		NULL);
	char text[32];
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		SOCK_NONBLOCK, 0, pair), 0);
	service_enter(pair[1], service[0]);
	assert_int_equal(read(pair[0], text, sizeof text), 0);
	close(pair[0]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		SOCK_NONBLOCK, 0, pair), 0);
	service_enter(pair[1], other);
	assert_int_equal(write(pair[0], "l", 1), 1);
	fakeclock_turn(agent.job.base);
	assert_int_equal(read(pair[0], text, sizeof text), 16);
	assert_memory_equal(text, "l: nobody has it", 16);
	close(pair[0]);
}

/* In the log, and for the user. */
static void says_a_notice(void **state)
{
	struct link *l = fake_front(SERVICE_VERSION);

	(void)state;
	service_notice(service[0], "no room on %s", "node1");
	assert_string_equal(fakelink_text(l, FRAME_NOTICE), "no room on node1");
	assert_non_null(strstr(fakelog_logged(), "no room on node1"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(carries_what_the_newest_takes),
		TEST(fails_when_nobody_offers_it),
		TEST(asks_an_older_one),
		TEST(believes_a_refusal),
		TEST(asks_no_other_instead),
		TEST(waits_for_no_silent_front),
		TEST(waits_for_a_slow_front),
		TEST(waiting_for_room_is_nobodys_fault),
		TEST(each_service_has_its_room),
		TEST(has_a_bound),
		TEST(has_a_bound_of_those_that_wait),
		TEST(refuses_who_takes_nothing),
		TEST(tells_of_the_newest),
		TEST(tells_of_silence),
		TEST(a_newcomer_has_room),
		TEST(takes_leave_of_programs),
		TEST(says_a_notice),
	};

	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
