/* SPDX-License-Identifier: BSD-2-Clause */
/* What `list`, `status` and `logs` show: roster, show and logs of front/cmd. */
#include "fake.h"

#include <sys/mman.h>

#include "base/mem.h"
#include "front/cmd/command.h"
#include "front/cmd/commands.h"
#include "front/cmd/roster.h"
#include "front/cmd/show.h"
#include "os/clock.h"

#define A "000000000000000a"
#define B "000000000000000b"

static struct roster roster;
static int done;

static void *work;	/* of logs */

static void done_cb(void *arg)
{
	(void)arg;
	done++;
}

static int setup(void **state)
{
	memset(&roster, 0, sizeof roster);
	done = 0;
	return fake_front_begin(state);
}

static int teardown(void **state)
{
	roster_fini(&roster);
	if (work != NULL)
		cmd_logs.ops->end(work);
	work = NULL;
	return fake_front_end(state);
}

/* What the scheduler lists, and the agents that it does not. */
static void a_roster_has_both(void **state)
{
	const struct roster_row *row;
	struct place p;

	(void)state;
	fake_folder(A, "a", "", 5001);
	fake_folder(B, "b", "", 5002);
	fake_launcher("find", "scope=here\n\n"
		"job=17\ntag=" A "\nsession=a\nstate=running\nnode=n1\ncpus=4\n\n"
		"job=18\ntag=000000000000000c\nsession=c\nstate=pending\n"
		"reason=Priority\n\n");
	roster_find(&roster, &front.inv, 0, NULL, done_cb, NULL);
	assert_int_equal(done, 0);
	fakeclock_turn(front.inv.base);
	for (unsigned i = 0; i < 2; i++)
		fake_report(fakelink_dialed(i), fakelink_port(
			fakelink_dialed(i)) == 5001 ? "17" : "99", 600);
	FAKECLOCK_WAIT(front.inv.base, done == 1);
	assert_true(roster.scheduler.ok);
	assert_int_equal(roster.n, 3);
	row = roster_of(&roster, "a");
	assert_true(row->listed);
	assert_non_null(row->report);
	assert_int_equal(row->job.cpus, 4);
	row = roster_of(&roster, "c");
	assert_true(row->listed);
	assert_null(row->report);
	row = roster_of(&roster, "b");
	assert_false(row->listed);
	assert_string_equal(row->job.id, "99");
	roster_place(&roster, row, &p);
	assert_int_equal(p.at.port, 5002);
	assert_null(roster_of(&roster, "d"));
}

/* Sessions that run are known without a scheduler. */
static void a_roster_without_a_scheduler(void **state)
{
	char *names;

	(void)state;
	fake_folder(A, "a", "", 5001);
	fake_launcher("find", "error=unavailable\nmessage=it is down\n\n");
	roster_find(&roster, &front.inv, 0, NULL, done_cb, NULL);
	fakeclock_turn(front.inv.base);
	fake_report(fakelink_dialed(0), "17", 600);
	FAKECLOCK_WAIT(front.inv.base, done == 1);
	assert_false(roster.scheduler.ok);
	assert_string_equal(roster.scheduler.class, "unavailable");
	assert_string_equal(roster.scheduler.message.text, "it is down");
	assert_int_equal(roster.n, 1);
	names = roster_names(&roster);
	assert_string_equal(names, "you have: a");
	free(names);
}

static const char *table(const struct shown *s, size_t n, int header)
{
	static char text[4096];
	struct buf b = { 0 };

	show_table(s, n, header, 0, &b);
	snprintf(text, sizeof text, "%.*s", (int)b.len, b.len ? buf_data(&b) :
		"");
	buf_fini(&b);
	return text;
}

static void shows_a_table(void **state)
{
	struct job running = { .id = "17", .session = "a", .state = "running",
		.node = "n1", .cpus = 4, .mem = 4096, .status = -1 };
	struct job pending = { .id = "18", .session = "b",
		.state = "pending", .reason = "Priority", .time_limit = -1,
		.status = -1 };
	struct report report = { .idle = 61, .clients = 2, .left = 600,
		.memory_used = 300 };
	struct shown all[] = { { &running, &report }, { &pending, NULL } };
	const char *text;

	(void)state;
	running.ends_ms = clock_ms() + 3600 * 1000;
	assert_int_equal(show_left(&all[0]), 3600);
	assert_int_equal(show_left(&all[1]), -1);
	text = table(all, 2, 1);
	assert_non_null(strstr(text, "NAME"));
	assert_non_null(strstr(text, "RUNNING"));
	assert_non_null(strstr(text, "1:00:00"));
	assert_non_null(strstr(text, "300M"));
	assert_non_null(strstr(text, "4G"));
	assert_non_null(strstr(text, "(Priority)"));
	assert_non_null(strstr(text, "UNLIMITED"));
	assert_null(strstr(table(all, 2, 0), "NAME"));
	assert_string_equal(table(all, 0, 0), "");
	/* Nobody has told of a limit; the agent has; there is none. */
	running.ends_ms = 0;
	assert_int_equal(show_left(&all[0]), 600);
	report.left = -1;
	assert_int_equal(show_left(&all[0]), -2);
	running.time_limit = -1;
	assert_int_equal(show_left(&all[0]), -1);
}

/* Names of a scheduler end no label and no line. */
static void shows_metrics(void **state)
{
	struct job one = { .id = "17", .session = "a", .user = "u",
		.state = "running", .partition = "a\"b\\c\nd" };
	struct job two = { .id = "18", .session = "b", .user = "u",
		.state = "pending", .partition = "x", .age = 5 };
	struct job three = two;
	struct shown all[] = { { &one, NULL }, { &two, NULL }, { &three, NULL } };
	struct buf b = { 0 };

	(void)state;
	snprintf(three.user, sizeof three.user, "v");
	three.age = 70;
	show_metrics(all, 3, 1000, &b);
	buf_append(&b, "", 1);
	assert_non_null(strstr(buf_data(&b), "_partition_sessions{partition=\"a\\\"b\\\\c?d\",state=\"running\"} 1\n"));
	assert_non_null(strstr(buf_data(&b), "_partition_sessions{partition=\"x\",state=\"pending\"} 2\n"));
	assert_non_null(strstr(buf_data(&b), "_sessions{state=\"pending\"} 2\n"));
	assert_non_null(strstr(buf_data(&b), "_users 2\n"));
	assert_non_null(strstr(buf_data(&b), "_longest_wait_seconds 70\n"));
	assert_non_null(strstr(buf_data(&b), "_time_seconds 1000\n# EOF\n"));
	buf_fini(&b);
	show_metrics(NULL, 0, 1000, &b);
	buf_append(&b, "", 1);
	assert_non_null(strstr(buf_data(&b), "_sessions{state=\"running\"} 0\n"));
	assert_null(strstr(buf_data(&b), "partition="));
	buf_fini(&b);
}

/* Words of a scheduler, or of who has its job's name, steer no terminal. */
static void shows_what_is_odd(void **state)
{
	struct job j = { .id = "17", .session = "a", .state = "running",
		.tag = A, .node = "n\033[31m1", .status = -1 };
	struct shown s = { &j, NULL };
	struct buf b = { 0 };

	(void)state;
	show_status(&s, "/state", 1000000, &b);
	buf_append(&b, "", 1);
	assert_null(strchr(buf_data(&b), '\033'));
	assert_non_null(strstr(buf_data(&b), "does not answer"));
	assert_non_null(strstr(buf_data(&b), "/state/" A "/agent.log"));
	buf_fini(&b);
}

/* What the command logs writes to stdout, which is a file. */
static const char *logs(void)
{
	static char text[4096];
	int saved = dup(STDOUT_FILENO), file = memfd_create("t", MFD_CLOEXEC);
	ssize_t n;

	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	work = cmd_logs.ops->begin(&front.inv);
	fakeclock_turn(front.inv.base);
	n = pread(file, text, sizeof text - 1, 0);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(file);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void logs_are_those_of_the_newest(void **state)
{
	(void)state;
	fake_folder(A, "default", "", 0);
	fake_folder(B, "default", "", 0);
	fake_file("state/" A "/agent.log", "the old\n");
	fake_file("state/" B "/agent.log", "the \033new\n");
	fake_age(A "/about", 100);
	/* A file gets the bytes as they are. */
	assert_string_equal(logs(), "the \033new\n");
	assert_int_equal(fake_status(), EX_OK);
	assert_int_equal(fake_launcher_count("find"), 0);
}

static void logs_there_are_none_of(void **state)
{
	(void)state;
	fake_folder(A, "another", "", 0);
	fake_file("state/" A "/agent.log", "x\n");
	assert_string_equal(logs(), "");
	assert_int_equal(fake_status(), EX_UNAVAILABLE);
	assert_non_null(strstr(fakelog_told(),
		"there is no log of a session 'default' in "));
}

/* Until the session has ended, which the secret tells. */
static void logs_are_followed(void **state)
{
	char *path = mem_printf("%s/state/" A "/secret", fake_dir);

	(void)state;
	front.opt.flags.follow = 1;
	fake_folder(A, "default", "", 0);
	fake_file("state/" A "/agent.log", "one\n");
	assert_string_equal(logs(), "one\n");
	fakeclock_pass(front.inv.base, 60000);
	assert_int_equal(fake_status(), -1);
	assert_int_equal(unlink(path), 0);
	fakeclock_pass(front.inv.base, 1000);
	assert_int_equal(fake_status(), EX_OK);
	assert_non_null(strstr(fakelog_told(), "session 'default' has ended\n"));
	free(path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_roster_has_both),
		TEST(a_roster_without_a_scheduler),
		TEST(shows_a_table),
		TEST(shows_metrics),
		TEST(shows_what_is_odd),
		TEST(logs_are_those_of_the_newest),
		TEST(logs_there_are_none_of),
		TEST(logs_are_followed),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
