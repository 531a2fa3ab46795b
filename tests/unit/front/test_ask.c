/* SPDX-License-Identifier: BSD-2-Clause */
/* Who answers is the session: front/job/ask.c, and seek.c above it. */
#include "fake.h"

#include "front/job/ask.h"
#include "front/job/seek.h"
#include "net/tls/tls.h"

#define OLD "0000000000000001"
#define NEW "0000000000000002"

static struct ask *ask;
static struct seek *seek;
static int settled, done, nobody;
static struct place found;

static void settled_cb(void *arg)
{
	(void)arg;
	settled++;
}

static void done_cb(void *arg)
{
	(void)arg;
	done++;
}

static const struct ask_ops ops = { .settled = settled_cb, .done = done_cb };

static void found_cb(const struct place *p, void *arg)
{
	(void)arg;
	found = *p;
}

static void nobody_cb(void *arg)
{
	(void)arg;
	nobody++;
}

static int setup(void **state)
{
	settled = done = nobody = 0;
	found = (struct place){ .job = "" };
	ask = NULL;
	seek = NULL;
	if (fake_front_begin(state) == -1)
		return -1;
	/* The newest is asked first. */
	fake_folder(NEW, "default", "", 5002);
	fake_folder(OLD, "default", "", 5001);
	fake_age(OLD "/secret", 100);
	return 0;
}

static int teardown(void **state)
{
	ask_free(ask);
	seek_free(seek);
	return fake_front_end(state);
}

static void begin_ask(void)
{
	static const char *const tags[] = { NEW, OLD, NULL,
		"ffffffffffffffff" };

	ask = ask_new(&front.inv, tags, 4, 1000, &ops, NULL);
}

static struct link *at_port(uint16_t port)
{
	struct link *l;

	for (unsigned i = 0; (l = fakelink_dialed(i)) != NULL; i++)
		if (fakelink_port(l) == port)
			return l;
	fail_msg("nobody has dialed port %u", port);
	return NULL;
}

static void the_first_settles_it(void **state)
{
	struct place p;

	(void)state;
	begin_ask();
	assert_int_equal(ask_first(ask), 4);
	fake_report(at_port(5002), "17", 600);
	assert_int_equal(settled, 0);	/* by the loop, never from here */
	fakeclock_turn(front.inv.base);
	assert_int_equal(settled, 1);
	assert_int_equal(done, 0);
	assert_int_equal(ask_first(ask), 0);
	ask_place(ask, 0, &p);
	assert_string_equal(p.job, "17");
	assert_string_equal(p.tag, NEW);
	assert_string_equal(p.at.host[0], "192.0.2.1");
	assert_int_equal(p.at.port, 5002);
	fakelink_down(at_port(5001), "refused", 0);
	fakeclock_turn(front.inv.base);
	assert_int_equal(done, 1);
	assert_null(ask_report(ask, 1));
	assert_int_equal(settled, 1);
}

/* Those before the first that answers have a quarter of a second more. */
static void the_older_waits_for_the_newer(void **state)
{
	(void)state;
	begin_ask();
	fakeclock_pass(front.inv.base, 100);
	fake_report(at_port(5001), "16", 600);
	fakeclock_pass(front.inv.base, 249);
	assert_int_equal(settled, 0);
	fakeclock_pass(front.inv.base, 1);
	assert_int_equal(settled, 1);
	assert_int_equal(ask_first(ask), 1);
	/* The newer has its time still, but is not the session any more. */
	fakeclock_pass(front.inv.base, 649);
	assert_int_equal(done, 0);
	fakeclock_pass(front.inv.base, 1);
	assert_int_equal(done, 1);
	assert_true(fakelink_is_freed(at_port(5002)));
}

static void nobody_answers(void **state)
{
	(void)state;
	begin_ask();
	fakeclock_pass(front.inv.base, 999);
	assert_int_equal(settled + done, 0);
	fakeclock_pass(front.inv.base, 1);
	assert_int_equal(settled, 1);
	assert_int_equal(done, 1);
	assert_int_equal(ask_first(ask), 4);
}

/* Who says no, or nonsense, has answered nothing. */
static void a_refusal_is_no_answer(void **state)
{
	struct buf b = { 0 };
	struct error x = { .status = EX_UNAVAILABLE, .text = "it ends" };

	(void)state;
	begin_ask();
	error_put(&b, &x);
	fakelink_say_buf(at_port(5002), &b);
	fakelink_say(at_port(5001), FRAME_REPORT, "left=9223372036854775808\n",
		25);
	fakeclock_turn(front.inv.base);
	assert_int_equal(done, 1);
	assert_int_equal(ask_first(ask), 4);
}

static void none_is_asked(void **state)
{
	(void)state;
	ask = ask_new(&front.inv, NULL, 0, 1000, &ops, NULL);
	assert_int_equal(done, 0);
	fakeclock_turn(front.inv.base);
	assert_int_equal(settled, 1);
	assert_int_equal(done, 1);
}

static void begin_seek(void)
{
	seek = seek_new(&front.inv, found_cb, nobody_cb, NULL);
	fakeclock_turn(front.inv.base);
}

/* The launcher tells the cluster, once for this host. */
static void seeks_on_this_cluster(void **state)
{
	(void)state;
	fake_launcher("scope", "scope=here\n\n");
	begin_seek();
	FAKECLOCK_WAIT(front.inv.base, fakelink_dialed(1) != NULL);
	fake_report(at_port(5002), "17", -1);
	fakeclock_turn(front.inv.base);
	assert_string_equal(found.job, "17");
	assert_string_equal(found.scope, "here");
	assert_true(found.by_agent);
	assert_true(found.ends_ms == 0);
	assert_int_equal(nobody, 0);
	assert_int_equal(fake_launcher_count("scope"), 1);
	seek_free(seek);
	begin_seek();
	assert_non_null(fakelink_dialed(3));
	assert_int_equal(fake_launcher_count("scope"), 1);
}

static void seeks_on_no_other(void **state)
{
	(void)state;
	fake_launcher("scope", "scope=elsewhere\n\n");
	begin_seek();
	FAKECLOCK_WAIT(front.inv.base, nobody == 1);
	assert_null(fakelink_dialed(0));
	assert_int_equal(fake_launcher_count("find"), 0);
}

/* A launcher that hangs costs 0.4 s of the whole, and then all are asked. */
static void seeks_without_a_launcher(void **state)
{
	(void)state;
	fake_launcher("scope", NULL);
	begin_seek();
	fakeclock_pass(front.inv.base, 399);
	assert_null(fakelink_dialed(0));
	fakeclock_pass(front.inv.base, 1);
	assert_non_null(fakelink_dialed(1));
	fakeclock_pass(front.inv.base, 699);
	assert_int_equal(nobody, 0);
	fakeclock_pass(front.inv.base, 1);
	assert_int_equal(nobody, 1);
}

/* The scheduler had given the older one up: it is told to end. */
static void ends_the_older_of_two(void **state)
{
	struct link *l;

	(void)state;
	fake_launcher("scope", "scope=here\n\n");
	begin_seek();
	FAKECLOCK_WAIT(front.inv.base, fakelink_dialed(1) != NULL);
	fake_report(at_port(5001), "16", -1);
	fake_report(at_port(5002), "17", -1);
	fakeclock_turn(front.inv.base);
	assert_string_equal(found.job, "17");
	l = fakelink_dialed(2);
	assert_non_null(l);
	assert_int_equal(fakelink_port(l), 5001);
	assert_null(fakelink_dialed(3));
}

static void seeks_its_own_name(void **state)
{
	(void)state;
	free(front.opt.session.name);
	front.opt.session.name = strdup("another");
	begin_seek();
	fakeclock_pass(front.inv.base, SEEK_MS);
	assert_int_equal(nobody, 1);
	assert_null(fakelink_dialed(0));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_settles_it),
		TEST(the_older_waits_for_the_newer),
		TEST(nobody_answers),
		TEST(a_refusal_is_no_answer),
		TEST(none_is_asked),
		TEST(seeks_on_this_cluster),
		TEST(seeks_on_no_other),
		TEST(seeks_without_a_launcher),
		TEST(ends_the_older_of_two),
		TEST(seeks_its_own_name),
	};

	return cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
