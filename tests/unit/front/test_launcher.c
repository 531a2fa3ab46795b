/* SPDX-License-Identifier: BSD-2-Clause */
/* A launcher as a process: what it says, and every way in which it can end. */
#include "fake.h"

#include <errno.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "front/job/launcher.h"
#include "os/proc.h"

static struct launcher_call *call;

static struct {
	int records, ends, cancels_at;
	char job[16];
	struct launcher_end end;
} got;

static void record(const struct kv *kv, void *arg)
{
	assert_ptr_equal(arg, &got);
	assert_int_equal(got.ends, 0);
	snprintf(got.job, sizeof got.job, "%s", kv_get(kv, "job"));
	if (++got.records == got.cancels_at)
		launcher_cancel(call);
}

static void ended(const struct launcher_end *end, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.end = *end;
	got.ends++;
	call = NULL;
}

static int setup(void **state)
{
	memset(&got, 0, sizeof got);
	call = NULL;
	return fake_front_begin(state);
}

/* Processes that a launcher has left write their pids. */
static void kill_left(void)
{
	const char *text = fake_text("left");

	if (text != NULL && atoi(text) > 1)
		kill(atoi(text), SIGKILL);
}

static int left_is_alive(void)
{
	struct procstat st;

	return proc_stat(atoi(fake_text("left")), &st) == 0 && st.state != 'Z';
}

static int teardown(void **state)
{
	kill_left();
	if (got.ends == 0 && got.cancels_at == 0)
		launcher_cancel(call);
	return fake_front_end(state);
}

/* The launcher is this script, with its directory in $D. */
static void begin(const char *script, const char *verb, long timeout)
{
	char *text = mem_printf("#!/bin/sh\nD=%s\n%s\n", fake_dir, script);
	struct buf request = { 0 };

	fake_file("launcher/launch", text);
	free(text);
	buf_puts(&request, "session=a\n");
	call = launcher_run(&front.inv, verb, &request, timeout, record, ended,
		&got);
	assert_int_equal(request.len, 0);
	assert_int_equal(got.ends, 0);
}

static void run(const char *script)
{
	begin(script, "find", 30);
	FAKECLOCK_WAIT(front.inv.base, got.ends == 1);
}

static void expect_error(const char *class, const char *message)
{
	assert_int_equal(got.ends, 1);
	assert_false(got.end.ok);
	assert_string_equal(got.end.class, class);
	assert_string_equal(got.end.message.text, message);
}

static void says_records(void **state)
{
	(void)state;
	run("cat >$D/request; echo $1 >$D/verb; "
		"printf 'scope=x\\njob=1\\n\\njob=2\\n\\n\\n'");
	assert_true(got.end.ok);
	assert_int_equal(got.records, 2);
	assert_string_equal(got.job, "2");
	assert_string_equal(fake_text("request"),
		"session=a\ntimeout=30\n\n");
	assert_string_equal(fake_text("verb"), "find\n");
	assert_string_equal(fakelog_told(), "");
}

static void says_an_error(void **state)
{
	(void)state;
	run("printf 'error=refused\\nmessage=no such partition\\n\\n'; exit 1");
	expect_error("refused", "no such partition");
	assert_int_equal(got.records, 0);
}

/* Once it was killed its own words count, not how it ended. */
static void says_an_error_without_words(void **state)
{
	(void)state;
	run("printf 'error=gone\\n\\n'; kill -KILL $$");
	expect_error("gone", "gone");
}

static void ends_without_a_word(void **state)
{
	(void)state;
	run("exit 3");
	expect_error("internal", "launch find ended with status 3");
}

static void dies_without_a_word(void **state)
{
	(void)state;
	run("kill -SEGV $$");
	expect_error("internal", "launch find died of signal 11");
}

/* After an upgrade of a library that is what everybody sees first. */
static void cannot_be_loaded(void **state)
{
	(void)state;
	run("echo \"$0: libslurm.so.38: not found\" >&2; exit 127");
	expect_error("config", "launch cannot be run on this host: libslurm.so.38: not found (status 127)");
	/* Said once. */
	assert_string_equal(fakelog_told(), "");
}

static void cannot_be_loaded_and_says_much(void **state)
{
	(void)state;
	run("echo one >&2; echo two >&2; exit 126");
	expect_error("config",
		"launch cannot be run on this host: (status 126)");
	assert_string_equal(fakelog_told(), "one\ntwo\n");
}

static void is_not_there(void **state)
{
	(void)state;
	free(front.opt.job.launcher);
	front.opt.job.launcher = mem_printf("%s/nowhere", fake_dir);
	begin("", "find", 30);
	FAKECLOCK_WAIT(front.inv.base, got.ends == 1);
	assert_false(got.end.ok);
	assert_string_equal(got.end.class, "config");
	assert_non_null(strstr(got.end.message.text,
		"cannot run nowhere: "));
	assert_non_null(strstr(got.end.message.text,
		"No such file or directory"));
}

/* Perhaps without end, or it says no more. */
static void talks_nonsense(void **state)
{
	(void)state;
	run("echo 'NO KEY'; exec sleep 600");
	assert_string_equal(got.end.class, "internal");
	got.ends = 0;
	run("echo 'NO KEY'; while :; do echo x; done");
	assert_string_equal(got.end.class, "internal");
	assert_memory_equal(got.end.message.text, "launch find: answer: ", 21);
	FAKECLOCK_WAIT(front.inv.base, fake_is_alone());
}

/* It ends in the middle of a record. */
static void says_half_a_record(void **state)
{
	(void)state;
	run("printf 'job=1\\n\\njob=2\\nsta'");
	assert_int_equal(got.records, 1);
	assert_false(got.end.ok);
	assert_string_equal(got.end.class, "internal");
}

/* What it left running holds its pipes for as long as it lives. */
static void leaves_somebody_with_its_pipes(void **state)
{
	(void)state;
	run("sleep 600 & echo $! >$D/left; printf 'job=1\\n\\n'; "
		"printf note >&2");
	assert_true(got.end.ok);
	assert_int_equal(got.records, 1);
	assert_string_equal(got.job, "1");
	assert_string_equal(fakelog_told(), "note\n");
	/* It was no part of the question. */
	assert_true(left_is_alive());
}

/* The same when the loop hears of its end before it has read a byte. */
static void leaves_somebody_and_is_gone(void **state)
{
	siginfo_t info;

	(void)state;
	begin("sleep 600 & echo $! >$D/left; printf 'job=1\\n\\n'; "
		"printf note >&2", "find", 30);
	assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
	children_reap(front.inv.children);
	assert_int_equal(got.ends, 1);
	assert_true(got.end.ok);
	assert_int_equal(got.records, 1);
	assert_string_equal(fakelog_told(), "note\n");
}

static void leaves_somebody_and_fails(void **state)
{
	(void)state;
	run("sleep 600 & echo $! >$D/left; "
		"printf 'error=refused\\nmessage=no\\n\\n'; exit 1");
	expect_error("refused", "no");
}

/* A front that waits does not wait for it any longer than it said. */
static void is_silent(void **state)
{
	(void)state;
	begin("sleep 600 & echo $! >$D/left; sleep 600", "find", 30);
	FAKECLOCK_WAIT(front.inv.base, fake_text("left") != NULL);
	fakeclock_pass(front.inv.base, 1999);
	assert_string_equal(fakelog_told(), "");
	fakeclock_pass(front.inv.base, 1);
	assert_string_equal(fakelog_told(),
		"launch find has not answered for 2 s; waiting for up to 30 s\n");
	fakeclock_pass(front.inv.base, 27999);
	assert_int_equal(got.ends, 0);
	fakeclock_pass(front.inv.base, 1);
	expect_error("unavailable",
		"launch find: no answer within 30 s; is the scheduler up?");
	assert_string_equal(fakelog_told(), "");
	/* With all that is below it. */
	FAKECLOCK_WAIT(front.inv.base, fake_is_alone());
	FAKECLOCK_WAIT(front.inv.base, !left_is_alive());
}

/* To end a session takes its time. */
static void takes_its_time_to_end_one(void **state)
{
	(void)state;
	begin("exec sleep 600", "end", 30);
	fakeclock_pass(front.inv.base, 29999);
	assert_string_equal(fakelog_told(), "");
	assert_int_equal(got.ends, 0);
}

/* One that watches goes on, and its words are told as they come. */
static void watches_without_an_end(void **state)
{
	const char *told;

	(void)state;
	begin("printf 'job=1\\n\\n'; printf 'one\\ntwo' >&2; exec sleep 600",
		"watch", 0);
	FAKECLOCK_WAIT(front.inv.base, (told = fakelog_told())[0] != '\0');
	/* A line that is whole. */
	assert_string_equal(told, "one\n");
	FAKECLOCK_WAIT(front.inv.base, got.records == 1);
	fakeclock_pass(front.inv.base, 3600000);
	assert_int_equal(got.ends, 0);
	assert_string_equal(fakelog_told(), "");
	launcher_cancel(call);
	got.cancels_at = -1;
	FAKECLOCK_WAIT(front.inv.base, fake_is_alone());
	assert_int_equal(got.ends, 0);
}

static void may_be_cancelled_by_its_answer(void **state)
{
	(void)state;
	got.cancels_at = 2;
	begin("printf 'job=1\\n\\njob=2\\n\\njob=3\\n\\n'; exec sleep 600",
		"find", 30);
	FAKECLOCK_WAIT(front.inv.base, got.records == 2 && fake_is_alone());
	fakeclock_pass(front.inv.base, 60000);
	assert_int_equal(got.records, 2);
	assert_int_equal(got.ends, 0);
}

/* Behind its end, where what it has said is read once more. */
static void may_be_cancelled_by_its_last_answer(void **state)
{
	(void)state;
	got.cancels_at = 1;
	begin("sleep 600 & echo $! >$D/left; printf 'job=1\\n\\njob=2\\n\\n'",
		"find", 30);
	FAKECLOCK_WAIT(front.inv.base, got.records == 1 && fake_is_alone());
	fakeclock_pass(front.inv.base, 60000);
	assert_int_equal(got.records, 1);
	assert_int_equal(got.ends, 0);
}

/* A launcher may not know these; its words about that help nobody. */
static void may_not_know_some_verbs(void **state)
{
	static const char *const verbs[] = { "scope", "check", "submit" };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		got.ends = 0;
		begin("echo 'usage: launch' >&2; exit 2", verbs[i], 30);
		FAKECLOCK_WAIT(front.inv.base, got.ends == 1);
		assert_string_equal(fakelog_told(),
			i < 2 ? "" : "usage: launch\n");
	}
}

/* Its stdin may be closed, and a request be longer than a pipe. */
static void reads_no_request(void **state)
{
	struct buf request = { 0 };
	char *word = mem_alloc(200001);

	(void)state;
	memset(word, 'x', 200000);
	kv_write(&request, "env", word);
	free(word);
	fake_file("launcher/launch",
		"#!/bin/sh\nexec <&-\nprintf 'job=1\\n\\n'\n");
	call = launcher_run(&front.inv, "submit", &request, 30, record, ended,
		&got);
	FAKECLOCK_WAIT(front.inv.base, got.ends == 1);
	assert_true(got.end.ok);
	assert_int_equal(got.records, 1);
}

static void runs_behind_a_group_command(void **state)
{
	char *path = mem_printf("%s/as", fake_dir);

	(void)state;
	fake_file("as", "#!/bin/sh\necho \"$1 $2 $3 ${4##*/} $5\" "
		">\"${0%/*}/words\"\nshift 3\nexec \"$@\"\n");
	chmod(path, 0700);
	front.opt.job.group = mem_strdup("wg1");
	free(front.opt.job.group_command);
	front.opt.job.group_command = mem_printf("%s  -g %%g -- ", path);
	free(path);
	run("printf 'job=1\\n\\n'");
	assert_true(got.end.ok);
	assert_string_equal(fake_text("words"), "-g wg1 -- launch find\n");
	assert_int_equal(got.records, 1);
}

static void ends_the_front(void **state)
{
	static const struct {
		const char *class;
		int status;
	} rows[] = {
		{ "usage", EX_USAGE }, { "config", EX_CONFIG },
		{ "unavailable", EX_UNAVAILABLE }, { "gone", EX_UNAVAILABLE },
		{ "refused", EX_UNAVAILABLE }, { "internal", EX_SOFTWARE },
		{ "", EX_SOFTWARE },
	};
	struct launcher_end end = { .class = "config" };

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(launcher_status(rows[i].class),
			rows[i].status);
	err_set(&end.message, "no");
	launcher_fail(&front.inv, &end);
	assert_int_equal(fake_status(), EX_CONFIG);
	assert_string_equal(fakelog_told(), "no\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_records),
		TEST(says_an_error),
		TEST(says_an_error_without_words),
		TEST(ends_without_a_word),
		TEST(dies_without_a_word),
		TEST(cannot_be_loaded),
		TEST(cannot_be_loaded_and_says_much),
		TEST(is_not_there),
		TEST(talks_nonsense),
		TEST(says_half_a_record),
		TEST(leaves_somebody_with_its_pipes),
		TEST(leaves_somebody_and_is_gone),
		TEST(leaves_somebody_and_fails),
		TEST(is_silent),
		TEST(takes_its_time_to_end_one),
		TEST(watches_without_an_end),
		TEST(may_be_cancelled_by_its_answer),
		TEST(may_be_cancelled_by_its_last_answer),
		TEST(may_not_know_some_verbs),
		TEST(reads_no_request),
		TEST(runs_behind_a_group_command),
		TEST(ends_the_front),
	};

	return cmocka_run_group_tests_name("launcher", tests, NULL, NULL);
}
