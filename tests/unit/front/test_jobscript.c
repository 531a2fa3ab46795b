/* SPDX-License-Identifier: BSD-2-Clause */
/* A script that a shell in the job reads: its lines, and how it ends. */
#include "fake.h"

#include <arpa/inet.h>

#include "base/mem.h"
#include "front/front_control.h"
#include "front/jobscript.h"
#include "proto/message.h"

#define SECONDS 100

static struct place place;
static struct front_control *control;	/* which only says a version */
static struct link *l;
static struct jobscript *script;
static char lines[8192];
static int ended, cut, status;
static struct err why;

static void line_cb(const char *text, size_t len, void *arg)
{
	size_t have = strlen(lines);

	(void)arg;
	snprintf(lines + have, sizeof lines - have, "[%.*s]", (int)len, text);
}

static void ended_cb(int s, const struct err *e, void *arg)
{
	(void)arg;
	ended++;
	status = s;
	why = e != NULL ? *e : (struct err){ "" };
}

static void answers(const struct sockaddr *addr, socklen_t len,
	const char *node, void *arg)
{
	(void)addr;
	(void)len;
	(void)node;
	(void)arg;
}

static void silent(const struct err *e, int auth, void *arg)
{
	(void)e;
	(void)auth;
	(void)arg;
}

/* The job's end may be why. */
static void cut_cb(int s, const struct err *e, void *arg)
{
	cut++;
	ended_cb(s, e, arg);
}

static const struct jobscript_ops ops = { .line = line_cb, .ended = ended_cb,
	.cut = cut_cb };

static int begin(void **state)
{
	const struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_port = htons(17) };
	struct buf text = { 0 };

	(void)state;
	ended = cut = 0;
	lines[0] = '\0';
	strcpy(place.job, "17");
	place.at = (struct endpoint){ .port = 5001 };
	endpoint_add_host(&place.at, "192.0.2.1");
	control = front_control_new(&front.inv, &place, answers, silent, NULL);
	buf_puts(&text, "echo it\n");
	script = jobscript_new(&front.inv, &place, control,
		(const struct sockaddr *)&addr, sizeof addr,
		KIND_SHELL_BESIDE, &text, SECONDS, &ops, NULL);
	buf_fini(&text);
	l = fakelink_dialed(1);
	return l != NULL ? 0 : -1;
}

static int setup(void **state)
{
	return fake_front_begin(state) == -1 ? -1 : begin(state);
}

/* With more variables than a frame holds. */
static int setup_much(void **state)
{
	char *word = mem_alloc(70000);

	if (fake_front_begin(state) == -1)
		return -1;
	memset(word, 'x', 69999);
	word[1] = '=';
	optlist_add(&front.opt.shell.env, word);
	return begin(state);
}

static int teardown(void **state)
{
	jobscript_free(script);
	front_control_free(control);
	return fake_front_end(state);
}

static void say(const char *text)
{
	fakelink_say_stream(l, FRAME_DATA, STREAM_STDOUT, text);
}

static void hears_lines(void **state)
{
	(void)state;
	fakelink_say(l, FRAME_OK, NULL, 0);
	say("a\nb");
	assert_string_equal(lines, "[a]");
	say("c\n\n");
	assert_string_equal(lines, "[a][bc][]");
	assert_int_equal(ended, 0);
}

/* However it is cut, as much is left of it. */
static void cuts_a_long_line(void **state)
{
	char longer[6000];

	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	say(longer);
	say("y\n");
	assert_int_equal(strspn(lines + 1, "x"), 4096);
	assert_string_equal(lines + 1 + 4096, "]");
}

static void ends_with_its_shell(void **state)
{
	static const struct {
		int signaled;
		unsigned value;
		int status;
		const char *why;
	} rows[] = {
		{ 0, 0, EX_OK, "" },
		{ 0, 3, EX_UNAVAILABLE, "ended with status 3" },
		{ 1, 9, EX_UNAVAILABLE, "killed by signal 9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct shell_exit x = { .signaled = rows[i].signaled != 0,
			.value = rows[i].value };
		struct buf b = { 0 };

		shell_exit_put(&b, &x);
		fakelink_say_buf(l, &b);
		assert_int_equal(ended, (int)i + 1);
		assert_int_equal(status, rows[i].status);
		assert_non_null(strstr(why.text, rows[i].why));
		assert_int_equal(cut, rows[i].signaled);
	}
}

static void may_be_cut_off(void **state)
{
	(void)state;
	fakelink_down(l, "reset", 0);
	assert_int_equal(cut, 1);
	assert_int_equal(status, EX_TEMPFAIL);
	assert_string_equal(why.text, "the connection to the shell in the job broke (reset)");
}

static void has_no_room_for_many_variables(void **state)
{
	(void)state;
	fakelink_expect_nothing(l);
	assert_int_equal(ended, 0);
	fakeclock_turn(front.inv.base);
	assert_int_equal(ended, 1);
	assert_int_equal(status, EX_USAGE);
	assert_non_null(strstr(why.text, "the variables of -e are 70000 bytes"));
}

static void takes_no_bad_exit(void **state)
{
	(void)state;
	fakelink_say(l, FRAME_EXIT, "x", 1);
	assert_int_equal(status, EX_PROTOCOL);
	assert_true(why.text[0] != '\0');
}

static void ends_with_the_agents_status(void **state)
{
	struct error x = { .status = EX_TEMPFAIL, .text = "too many shells" };
	struct buf b = { 0 };

	(void)state;
	error_put(&b, &x);
	fakelink_say_buf(l, &b);
	assert_int_equal(status, EX_TEMPFAIL);
	assert_string_equal(why.text, "too many shells");
}

/* A start-up file may wait for ever. */
static void waits_for_so_long(void **state)
{
	(void)state;
	fakelink_say(l, FRAME_OK, NULL, 0);
	fakeclock_pass(front.inv.base, SECONDS * 1000 - 100);
	assert_int_equal(ended, 0);
	fakeclock_pass(front.inv.base, 200);
	assert_int_equal(ended, 1);
	assert_int_equal(status, EX_TEMPFAIL);
	assert_string_equal(why.text, "the shell in the job has not ended after 100 s: does a start-up file wait for something?");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(hears_lines),
		TEST(cuts_a_long_line),
		TEST(ends_with_its_shell),
		TEST(may_be_cut_off),
		cmocka_unit_test_setup_teardown(has_no_room_for_many_variables,
			setup_much, teardown),
		TEST(takes_no_bad_exit),
		TEST(ends_with_the_agents_status),
		TEST(waits_for_so_long),
	};

	return cmocka_run_group_tests_name("jobscript", tests, NULL, NULL);
}
