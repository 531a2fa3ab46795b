/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs of launch-slurm, with a Slurm of the test's own. */
#include "fake.h"

#include "../fakestdio.h"
#include "base/mem.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_verbs.h"

#define ok(class) assert_string_equal(class, "")
#define SUBMIT "session=default\ntag=0123456789abcdef\ncommand=/opt/agent\n" \
	"log=/state/agent.log\nchdir=/\n"

static void has_line(const char *line)
{
	const char *at = strstr(fake_answer(), line);

	if (at == NULL || (at != fake_answer() && at[-1] != '\n'))
		fail_msg("no '%s' in:\n%s", line, fake_answer());
}

static void has_no(const char *line)
{
	if (strstr(fake_answer(), line) != NULL)
		fail_msg("'%s' in:\n%s", line, fake_answer());
}

static unsigned records(void)
{
	unsigned n = 0;

	for (const char *at = fake_answer(); (at = strstr(at, "\n\n"));
		at += 2)
		n++;
	return n;
}

static void knows_its_verbs(void **state)
{
	(void)state;
	assert_null(slurm_verb_find("restart"));
	assert_null(slurm_verb_find(""));
	assert_true(slurm_verb_find("watch")->watches);
	assert_false(slurm_verb_find("submit")->watches);
}

/* The configuration tells: slurmctld is not asked. */
static void tells_its_scope(void **state)
{
	(void)state;
	ok(fake_verb("scope", ""));
	assert_string_equal(fake_answer(), "scope=c1\n\n");
	assert_int_equal(fake.loads + fake.pings, 0);
	slurm_conf.cluster_name = NULL;
	ok(fake_verb("scope", ""));
	assert_string_equal(fake_answer(), "");
}

static void checks_options(void **state)
{
	(void)state;
	ok(fake_verb("check", "option=--time=1:00:00\n"));
	assert_string_equal(fake_answer(), "\n");
	ok(fake_verb("check", "option=--no-such\n"));
	has_line("bad=");
	/* Not even the configuration is read. */
	assert_int_equal(fake.inits, 0);
}

static void submits(void **state)
{
	(void)state;
	ok(fake_verb("submit", SUBMIT));
	assert_string_equal(fake_answer(), "job=4711\n\n");
	assert_string_equal(fake.submitted,
		"vscode-remote-shell session=default tag=0123456789abcdef");
	/* While it lasts the one that watches us must know what may be. */
	assert_int_equal(fake.phase_at_submit, SLURM_PHASE_SUBMIT);
	assert_int_equal(slurm_shared->phase, SLURM_PHASE_ASK);
}

static void passes_notes_on(void **state)
{
	(void)state;
	fake.submit_note = "from the plugin";
	ok(fake_verb("submit", SUBMIT "option=--nodes=2\n"));
	has_line("note=from the plugin\n");
	has_line("note=the job has 2 nodes; the session is on the first of them, --node of shell and proxy leads to another\n");
}

static void submits_nothing_bad(void **state)
{
	static const struct {
		const char *lines, *class;
	} rows[] = {
		{ "tag=0123456789abcdef\ncommand=/x\n", "internal" },
		{ "session=a/b\ntag=0123456789abcdef\ncommand=/x\n",
			"internal" },
		{ "session=a\ntag=012345\ncommand=/x\n", "internal" },
		{ SUBMIT "option=--no-such\n", "usage" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_string_equal(fake_verb("submit", rows[i].lines),
			rows[i].class);
		assert_string_equal(fake_answer(), "");
	}
	/* Before anything is asked. */
	assert_int_equal(fake.inits, 0);
	/* By this cluster: it is the user's to change, too. */
	assert_string_equal(fake_verb("submit",
		SUBMIT "option=--clusters=there\n"), "usage");
	assert_int_equal(fake.submits, 0);
	assert_string_equal(fake_verb("submit",
		"session=a\ntag=0123456789abcdef\n"), "internal");
	assert_int_equal(fake.submits, 0);
}

/* Without it no call would come back for minutes. */
static void needs_munged(void **state)
{
	static char authinfo[] = "socket=/nonexistent/munge";

	(void)state;
	slurm_conf.authtype = (char *)"auth/munge";
	slurm_conf.authinfo = authinfo;
	assert_string_equal(fake_verb("find", ""), "unavailable");
	assert_non_null(strstr(fake_message(), "munged does not run"));
	assert_string_equal(fake_verb("end", "job=17\n"), "unavailable");
	assert_int_equal(fake.loads + fake.kills + fake.pings, 0);
}

/* What timed out may have made the job; a refusal has not. */
static void tells_why_a_submit_failed(void **state)
{
	(void)state;
	fake.submit_fails = ESLURM_INVALID_PARTITION_NAME;
	assert_string_equal(fake_verb("submit", SUBMIT), "refused");
	assert_string_equal(fake_message(), "Slurm refused the job: Invalid partition name specified");
	fake.submit_fails = SLURM_COMMUNICATIONS_CONNECTION_ERROR;
	assert_string_equal(fake_verb("submit", SUBMIT), "unavailable");
	assert_non_null(strstr(fake_message(),
		"no answer from slurmctld (ctl1): "));
	assert_non_null(strstr(fake_message(),
		"; the job may have been made all the same"));
	/* A plugin says why on stderr only. */
	fake.submit_fails = -1;
	assert_string_equal(fake_verb("submit", SUBMIT), "refused");
	assert_string_equal(fake_message(),
		"Slurm refused the job: its reason is above");
}

/* A batch job, an allocation, or that where the batch job is refused. */
static void gives_it_the_way_that_is_asked_for(void **state)
{
	static const struct {
		const char *start;
		int batch, allocation;		/* errno of Slurm, 0: it takes it */
		const char *class, *answer;
	} rows[] = {
		{ "batch", 0, 0, "", "job=4711\n\n" },
		{ "batch", -1, 0, "refused", "" },
		{ "allocation", -1, 0, "", "job=4712\n\n" },
		{ "allocation", 0, ESLURM_INVALID_QOS, "refused", "" },
		{ "allocation", 0, ENOENT, "config", "" },
		{ "allocation", 0, SLURM_COMMUNICATIONS_CONNECTION_ERROR,
			"unavailable", "" },
		{ "auto", 0, 0, "", "job=4711\n\n" },
		{ "auto", -1, 0, "",
			"note=the batch job was refused (Interactive jobs only); the session runs in an allocation instead, which --start=allocation asks for at once\njob=4712\n\n" },
		/* One that may be there is not asked for twice. */
		{ "auto", SLURM_COMMUNICATIONS_CONNECTION_ERROR, 0,
			"unavailable", "" },
		{ "auto", ESLURM_INVALID_QOS, ESLURM_INVALID_QOS, "refused",
			"" },
		{ "auto", ESLURM_INVALID_QOS, ENOENT, "refused", "" },
		{ "perhaps", 0, 0, "internal", "" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *lines = mem_printf(SUBMIT "start=%s\n", rows[i].start);

		fake.submits = fake.holds = 0;
		fake.submit_fails = rows[i].batch;
		fake.hold_fails = rows[i].allocation;
		fake.is_noisy = rows[i].batch == -1;
		assert_string_equal(fake_verb("submit", lines), rows[i].class);
		assert_string_equal(fake_answer(), rows[i].answer);
		assert_int_equal(fake.submits, strcmp(rows[i].start, "batch") == 0 ||
			strcmp(rows[i].start, "auto") == 0);
		free(lines);
	}
}

/* Its agent's step is gone, or never was. */
static void ends_allocations_that_stand_empty(void **state)
{
	slurm_job_info_t *j = fake_job(17, "default", 'a');

	(void)state;
	fake.step = SLURM_INTERACTIVE_STEP;
	j->batch_flag = 0;
	j->start_time = fake.now - 200;
	ok(fake_verb("find", "session=default\n"));
	has_line("job=17\n");
	fake.step = 3; /* somebody's own */
	j->start_time = fake.now - 80; /* it is being started still */
	ok(fake_verb("find", "session=default\n"));
	has_line("job=17\n");
	j->start_time = fake.now - 200;
	fake.steps_fail = 1;
	ok(fake_verb("find", "session=default\n"));
	has_line("job=17\n");
	assert_int_equal(fake.kills, 0);
	fake.steps_fail = 0;
	ok(fake_verb("find", "session=default\n"));
	assert_null(strstr(fake_answer(), "job="));
	assert_string_equal(fake.killed, "17");
	/* Of a batch job nothing is asked. */
	fake.step_asks = 0;
	j->batch_flag = 1;
	ok(fake_verb("find", "session=default\n"));
	has_line("job=17\n");
	assert_int_equal(fake.step_asks, 0);
}

static void finds_our_sessions(void **state)
{
	(void)state;
	fake_job(30, "b", '3');
	fake_job(20, "a", '2')->user_id = getuid() + 1;
	fake_job(10, "a", '1');
	fake_job(5, "a", '5')->command = (char *)"other";
	ok(fake_verb("find", ""));
	/* The cluster, and the oldest first. */
	assert_int_equal(records(), 3);
	assert_memory_equal(fake_answer(), "scope=c1\n\njob=10\n", 17);
	has_line("job=30\n");
	has_line("session=a\n");
	has_line("session=b\n");
	assert_true(strstr(fake_answer(), "job=10\n") <
		strstr(fake_answer(), "job=30\n"));
	/* By slurmctld's clock. */
	has_line("left=3540\n");
	has_line("age=100\n");
	assert_int_equal(fake.loads, 1);
	assert_int_equal(fake.lists_freed, 1);
	assert_int_equal(fake.load_flags, SHOW_ALL | SHOW_LOCAL);
}

/* Those of others, too, of whom none is ended, whatever it looks like. */
static void finds_the_sessions_of_all(void **state)
{
	slurm_job_info_t *empty = fake_job(30, "b", '3');

	(void)state;
	empty->batch_flag = 0;
	empty->start_time = fake.now - 3600;
	empty->user_id = 0;
	fake_job(20, "a", '2')->user_id = 4294960000U;
	fake_job(10, "a", '1')->job_state = JOB_COMPLETE;
	ok(fake_verb("find", "all-users=1\n"));
	assert_int_equal(records(), 3);
	has_line("scope=c1\nall-users=yes\n");
	has_line("job=20\n");
	has_line("user=4294960000\n");
	has_line("job=30\n");
	has_line("user=root\n");
	assert_int_equal(fake.loads_all, 1);
	assert_int_equal(fake.loads, 1);
	assert_int_equal(fake.kills, 0);
	ok(fake_verb("find", ""));
	has_no("all-users");
	has_no("job=20\n");
	has_no("user=");
	assert_int_equal(fake.loads_all, 1);
}

static void finds_one_session(void **state)
{
	(void)state;
	fake_job(10, "a", '1');
	fake_job(30, "b", '3');
	fake_job(31, "b", '4')->job_state = JOB_COMPLETE;
	ok(fake_verb("find", "session=b\n"));
	assert_int_equal(records(), 2);
	has_line("job=30\n");
	has_no("job=10\n");
	has_no("job=31\n");
	assert_string_equal(fake_verb("find", "session=b/c\n"), "internal");
	assert_string_equal(fake_verb("find", "tag=xyz\n"), "internal");
}

static void finds_nothing(void **state)
{
	(void)state;
	ok(fake_verb("find", "session=a\n"));
	assert_string_equal(fake_answer(), "scope=c1\n\n");
	fake.load_fails = SLURM_COMMUNICATIONS_CONNECTION_ERROR;
	assert_string_equal(fake_verb("find", "session=a\n"), "unavailable");
	assert_non_null(strstr(fake_message(), "Slurm does not list your jobs: "));
}

/* Where there may be a federation one RPC more is needed, but not always. */
static void asks_a_federation(void **state)
{
	(void)state;
	slurm_conf.accounting_storage_type =
		(char *)"accounting_storage/slurmdbd";
	fake_job(10, "a", '1');
	fake_job(11, "a", '2')->fed_origin_str = (char *)"c2";
	fake.lists_federation = 1;
	ok(fake_verb("find", "session=a\n"));
	assert_int_equal(fake.loads, 1);
	assert_int_equal(fake.load_flags, SHOW_ALL);
	has_line("job=11\n");
	/* The one that was just made is there, and is of no federation. */
	ok(fake_verb("find", "session=a\ntag=1111111111111111\n"));
	assert_int_equal(fake.loads, 2);
	assert_int_equal(fake.load_flags, SHOW_ALL | SHOW_LOCAL);
	has_line("job=10\n");
	has_no("job=11\n");
	/* It is not: then all are asked for. */
	ok(fake_verb("find", "session=a\ntag=2222222222222222\n"));
	assert_int_equal(fake.loads, 4);
	assert_int_equal(fake.load_flags, SHOW_ALL);
	has_line("job=11\n");
	/* As those of one of a federation are. */
	fake.job[0].fed_origin_str = (char *)"c1";
	ok(fake_verb("find", "session=a\ntag=1111111111111111\n"));
	assert_int_equal(fake.loads, 6);
	assert_int_equal(fake.lists_freed, 6);
}

/* A cluster that is in none is never asked twice. */
static void asks_no_federation(void **state)
{
	(void)state;
	fake_job(10, "a", '1');
	ok(fake_verb("find", "session=a\ntag=2222222222222222\n"));
	assert_int_equal(fake.loads, 1);
	has_line("job=10\n");
}

/* As scancel does it. */
static void ends_a_job(void **state)
{
	(void)state;
	ok(fake_verb("end", "job=17\n"));
	assert_string_equal(fake_answer(), "\n");
	assert_string_equal(fake.killed, "17");
	assert_int_equal(fake.kill_signal, SIGKILL);
	fake.kill_fails = ESLURM_ALREADY_DONE;
	assert_string_equal(fake_verb("end", "job=17\n"), "gone");
	fake.kill_fails = ESLURM_INVALID_JOB_ID;
	assert_string_equal(fake_verb("end", "job=17\n"), "gone");
	fake.kill_fails = ESLURM_ACCESS_DENIED;
	assert_string_equal(fake_verb("end", "job=17\n"), "refused");
	assert_int_equal(fake.kills, 4);
	/* A number that is none of a job would be another. */
	assert_string_equal(fake_verb("end", "job=4294967296\n"), "internal");
	assert_string_equal(fake_verb("end", "job=17_1\n"), "internal");
	assert_string_equal(fake_verb("end", "job=9223372036854775807\n"),
		"internal");
	assert_int_equal(fake.kills, 4);
}

static void extends_a_job(void **state)
{
	(void)state;
	fake_job(17, "a", '1');
	/* Rounded up: Slurm counts minutes. */
	ok(fake_verb("extend", "job=17\nseconds=61\n"));
	assert_string_equal(fake.updated, "17");
	assert_int_equal(fake.update_limit, 62);
	has_line("left=3660\n");
	assert_int_equal(fake.loads, fake.lists_freed);
}

static void extends_what_can_be(void **state)
{
	slurm_job_info_t *j = fake_job(17, "a", '1');

	(void)state;
	assert_string_equal(fake_verb("extend", "job=18\nseconds=60\n"),
		"gone");
	assert_string_equal(fake_verb("extend", "job=17\nseconds=0\n"),
		"internal");
	assert_string_equal(fake_verb("extend",
		"job=17\nseconds=9223372036854775807\n"), "internal");
	j->time_limit = INFINITE;
	assert_string_equal(fake_verb("extend", "job=17\nseconds=60\n"),
		"refused");
	assert_string_equal(fake_message(),
		"job 17 has no time limit to extend");
	j->time_limit = NO_VAL;
	assert_string_equal(fake_verb("extend", "job=17\nseconds=60\n"),
		"refused");
	assert_string_equal(fake_message(),
		"job 17 has no time limit to extend");
	/* What it may have is bounded. */
	j->time_limit = 60;
	assert_string_equal(fake_verb("extend",
		"job=17\nseconds=999999999999\n"), "internal");
	/* More would become Slurm's other numbers. */
	j->time_limit = INT32_MAX;
	assert_string_equal(fake_verb("extend", "job=17\nseconds=60\n"),
		"refused");
	assert_string_equal(fake_message(),
		"job 17 may run for 2147483647 minutes already");
	assert_int_equal(fake.updates, 0);
}

/* Slurm does not say what may be done, so we do. */
static void tells_why_it_was_not_extended(void **state)
{
	slurm_job_info_t *j = fake_job(17, "a", '1');

	(void)state;
	fake.update_fails = ESLURM_ACCESS_DENIED;
	assert_string_equal(fake_verb("extend", "job=17\nseconds=60\n"),
		"refused");
	assert_non_null(strstr(fake_message(),
		"; most sites allow it only while the job waits"));
	j->job_state = JOB_PENDING;
	assert_string_equal(fake_verb("extend", "job=17\nseconds=60\n"),
		"refused");
	assert_non_null(strstr(fake_message(),
		"; it may be beyond the partition's maximum"));
	fake.update_fails = SLURM_COMMUNICATIONS_CONNECTION_ERROR;
	assert_string_equal(fake_verb("extend", "job=17\nseconds=60\n"),
		"unavailable");
	assert_null(strstr(fake_message(), "; "));
}

/* What becomes of a watched job at each pause. */
static void (*then[16])(void);
static unsigned n_then;

static void next(int ms)
{
	(void)ms;
	if (fake.n_paused <= n_then && then[fake.n_paused - 1] != NULL)
		then[fake.n_paused - 1]();
}

static void starts(void)
{
	fake.job[0].job_state = JOB_RUNNING;
}

static void ends(void)
{
	fake.job[0].job_state = JOB_TIMEOUT;
}

static void goes(void)
{
	fake.n_jobs = 0;
}

static void does_nothing(void)
{
}

static void goes_down(void)
{
	fake.load_fails = SLURM_COMMUNICATIONS_CONNECTION_ERROR;
	fake.ping_fails = SLURM_COMMUNICATIONS_CONNECTION_ERROR;
}

static void comes_up(void)
{
	fake.load_fails = fake.ping_fails = 0;
}

static slurm_job_info_t *waits(void)
{
	slurm_job_info_t *j = fake_job(17, "a", '1');

	j->job_state = JOB_PENDING;
	j->state_reason = WAIT_PRIORITY;
	j->start_time = j->end_time = 0;
	j->nodes = j->batch_host = NULL;
	return j;
}

#define THEN(...) do { \
	void (*const list[])(void) = { __VA_ARGS__ }; \
	memcpy(then, list, sizeof list); \
	n_then = sizeof list / sizeof *list; \
	fake.pauses = next; \
} while (0)

/* A record whenever it has changed, and the end is the last. */
static void watches_a_job(void **state)
{
	(void)state;
	waits();
	THEN(does_nothing, does_nothing, starts, does_nothing, ends);
	ok(fake_verb("watch", "job=17\n"));
	assert_int_equal(records(), 3);
	has_line("state=pending\n");
	has_line("state=running\n");
	has_line("state=ended\n");
	/* At most a minute: a call that hangs ends this worker. */
	assert_in_range(fake.alarm, 59, 60);
	assert_int_equal(fake.loads, 5);
	assert_int_equal(fake.lists_freed, 5);
	/* Ever slower, and anew when the state is another. */
	assert_int_equal(fake.paused[0], 0);
	assert_int_equal(fake.paused[1], 10000);
	assert_int_equal(fake.paused[2], 15000);
	assert_int_equal(fake.paused[3], 10000);
	assert_int_equal(fake.paused[4], 15000);
	/* slurmctld is pinged only when something is wrong. */
	assert_int_equal(fake.pings, 0);
}

/* The front has just been told how it stands. */
static void watches_later(void **state)
{
	(void)state;
	fake_job(17, "a", '1')->job_state = JOB_COMPLETE;
	ok(fake_verb("watch", "job=17\nafter=3\n"));
	assert_int_equal(fake.paused[0], 3000);
	assert_int_equal(fake.n_paused, 1);
	assert_string_equal(fake_verb("watch", "job=17\nafter=100\n"),
		"internal");
}

static void watches_at_most_so_slowly(void **state)
{
	(void)state;
	waits();
	THEN(does_nothing, does_nothing, does_nothing, does_nothing,
		does_nothing, does_nothing, goes);
	ok(fake_verb("watch", "job=17\n"));
	assert_int_equal(fake.paused[5], 30000);
	assert_int_equal(fake.paused[6], 30000);
	assert_int_equal(records(), 2);
	has_line("reason=Gone\n");
	has_line("text=Slurm does not know it any more\n");
	has_line("by=itself\n");
}

/* That Slurm does not answer says nothing about the job. */
static void watches_through_an_outage(void **state)
{
	char said[1024];
	const char *class;

	(void)state;
	waits();
	fake.is_noisy = 1;
	THEN(does_nothing, goes_down, does_nothing, does_nothing, comes_up,
		ends);
	assert_int_equal(fakestdio_begin(), 0);
	class = fake_verb("watch", "job=17\n");
	snprintf(said, sizeof said, "%s", fakestdio_said(2));
	fakestdio_end();
	ok(class);
	/* Once a minute. */
	assert_string_equal(said, "launch-slurm: slurmctld (ctl1) does not answer: Communication connection failure; the job is not touched by this, trying again\n");
	assert_int_equal(records(), 2);
	has_line("state=pending\n");
	has_line("state=ended\n");
	/* Once down, it is pinged first: a call would block for long. */
	assert_int_equal(fake.pings, 3);
	assert_int_equal(fake.loads, 4);
}

static uint16_t first_flags;

static void remembers(void)
{
	first_flags = fake.load_flags;
}

/* Of a federation: all clusters, but one that is of none only its own. */
static void watches_where_it_is(void **state)
{
	(void)state;
	slurm_conf.accounting_storage_type =
		(char *)"accounting_storage/slurmdbd";
	waits();
	THEN(does_nothing, remembers, goes);
	ok(fake_verb("watch", "job=17\n"));
	assert_int_equal(first_flags, SHOW_ALL);
	assert_int_equal(fake.load_flags, SHOW_ALL | SHOW_LOCAL);
	fake.n_jobs = fake.n_paused = 0;
	waits()->fed_origin_str = (char *)"c2";
	THEN(does_nothing, remembers, goes);
	ok(fake_verb("watch", "job=17\n"));
	assert_int_equal(fake.load_flags, SHOW_ALL);
}

/* A reason that stays; then the nodes of its partition are counted. */
static void tells_what_may_never_start(void **state)
{
	(void)state;
	waits()->state_reason = WAIT_PART_NODE_LIMIT;
	fake.missing = 2;
	THEN(does_nothing, does_nothing, does_nothing, does_nothing,
		does_nothing, does_nothing, goes);
	ok(fake_verb("watch", "job=17\nask-nodes=1\n"));
	/* A list of all nodes is long. */
	assert_int_equal(fake.counts, 1);
	assert_int_equal(records(), 3);
	has_line("never=");
	has_line("nodes-missing=2\n");
	/* Not asked for, or not told. */
	fake.n_jobs = fake.n_paused = 0;
	waits()->state_reason = WAIT_PART_NODE_LIMIT;
	ok(fake_verb("watch", "job=17\n"));
	has_line("never=");
	has_no("nodes-missing");
	fake.n_jobs = fake.n_paused = 0;
	fake.missing = -1;
	waits()->state_reason = WAIT_PART_NODE_LIMIT;
	ok(fake_verb("watch", "job=17\nask-nodes=1\n"));
	has_no("nodes-missing");
}

/* It may start on another cluster of its federation. */
static void judges_no_job_of_a_federation(void **state)
{
	slurm_job_info_t *j = waits();

	(void)state;
	j->state_reason = WAIT_PART_NODE_LIMIT;
	j->fed_origin_str = (char *)"c2";
	THEN(does_nothing, does_nothing, does_nothing, does_nothing, goes);
	ok(fake_verb("watch", "job=17\n"));
	has_no("never=");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_slurm_begin, \
	fake_slurm_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(knows_its_verbs),
		TEST(tells_its_scope),
		TEST(checks_options),
		TEST(submits),
		TEST(passes_notes_on),
		TEST(submits_nothing_bad),
		TEST(needs_munged),
		TEST(tells_why_a_submit_failed),
		TEST(gives_it_the_way_that_is_asked_for),
		TEST(ends_allocations_that_stand_empty),
		TEST(finds_our_sessions),
		TEST(finds_the_sessions_of_all),
		TEST(finds_one_session),
		TEST(finds_nothing),
		TEST(asks_a_federation),
		TEST(asks_no_federation),
		TEST(ends_a_job),
		TEST(extends_a_job),
		TEST(extends_what_can_be),
		TEST(tells_why_it_was_not_extended),
		TEST(watches_a_job),
		TEST(watches_later),
		TEST(watches_at_most_so_slowly),
		TEST(watches_through_an_outage),
		TEST(watches_where_it_is),
		TEST(tells_what_may_never_start),
		TEST(judges_no_job_of_a_federation),
	};

	return cmocka_run_group_tests_name("slurm_verbs", tests, NULL, NULL);
}
