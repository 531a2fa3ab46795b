/* SPDX-License-Identifier: BSD-2-Clause */
/* What the scheduler says of a session whose agent has answered by itself. */
#include "fake.h"

#include "front/job/confirm.h"
#include "front/job/scope.h"
#include "os/clock.h"

#define TAG "0000000000000001"
#define RIVAL "0000000000000002"
#define DEAD "0000000000000003"
#define OURS "job=17\ntag=" TAG "\nsession=default\nage=1000\n"
#define LIVES "state=running\nnode=node1\n"

static struct place place;
static struct confirm *confirm;

static struct {
	int limits, overs;
	long long ends_ms;
	char reason[600];
} got;

static void limit(long long ends_ms, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.limits++;
	got.ends_ms = ends_ms;
}

static void over(const char *reason, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.overs++;
	snprintf(got.reason, sizeof got.reason, "%s", reason);
}

static const struct confirm_ops ops = { .limit = limit, .over = over };

static int setup(void **state)
{
	memset(&got, 0, sizeof got);
	if (fake_front_begin(state) == -1)
		return -1;
	place = (struct place){ .job = "17", .tag = TAG, .scope = "here" };
	place.key.psk[0] = 'k';
	confirm = confirm_new(&front.inv, &place, &ops, &got);
	return 0;
}

static int teardown(void **state)
{
	confirm_free(confirm);
	return fake_front_end(state);
}

/* Ten seconds later the launcher is asked for all, and has answered. */
static void ask(const char *find)
{
	fake_launcher("find", find);
	fakeclock_pass(front.inv.base, 9999);
	assert_true(fake_is_alone());
	fakeclock_pass(front.inv.base, 1);
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("find") == 1 &&
		fake_is_alone());
	/* What its answer has begun is over, too. */
	fakeclock_turn(front.inv.base);
	FAKECLOCK_WAIT(front.inv.base, fake_is_alone());
	fakeclock_turn(front.inv.base);
}

static void expect_watch(const char *answer, const char *find)
{
	fake_launcher("watch", answer);
	ask(find);
	assert_int_equal(fake_launcher_count("watch"), 1);
	assert_non_null(strstr(fake_launcher_request("watch"), "job=17\n"));
}

static void tells_the_limit(void **state)
{
	(void)state;
	ask("scope=here\n\n" OURS LIVES "end=4000000000\nleft=600\n\n");
	assert_int_equal(got.limits, 1);
	assert_in_range(got.ends_ms, clock_ms() + 599000, clock_ms() + 600000);
	assert_int_equal(got.overs, 0);
	assert_int_equal(fake_launcher_count("watch"), 0);
	assert_int_equal(fake_launcher_count("end"), 0);
	fakeclock_pass(front.inv.base, 3600000);
	assert_true(fake_is_alone());
	assert_int_equal(fake_launcher_count("find"), 1);
}

static void tells_that_there_is_none(void **state)
{
	(void)state;
	ask("scope=here\n\n" OURS LIVES "\n");
	assert_int_equal(got.limits, 1);
	assert_int_equal(got.ends_ms, 0);
}

/* Whoever has an answer learns from it, and tidies by it. */
static void uses_the_answer(void **state)
{
	char scope[SCOPE_MAX];

	(void)state;
	fake_folder(DEAD, "other", "", 0);
	fake_age(DEAD "/secret", 30 * 86400);
	fake_age(DEAD "/about", 30 * 86400);
	fake_age(DEAD, 30 * 86400);
	ask("scope=here\n\n" OURS LIVES "\n");
	assert_int_equal(scope_known(&front.inv, scope), 1);
	assert_string_equal(scope, "here");
	assert_int_equal(faccessat(front.inv.state_fd, DEAD, F_OK, 0), -1);
}

/* One look ends no session; the second is for this job. */
static void a_job_that_is_not_listed_is_looked_for(void **state)
{
	(void)state;
	expect_watch("job=17\nstate=running\n\n", "scope=here\n\n");
	assert_int_equal(got.limits, 0);
	assert_int_equal(got.overs, 0);
}

static void a_job_that_is_over_ends_its_agent(void **state)
{
	(void)state;
	expect_watch("job=17\nstate=ended\nby=scheduler\nreason=TIMEOUT\n"
		"text=its time limit was reached\n\n"
		"job=17\nstate=ended\n\n", "scope=here\n\n");
	/* One answer is enough. */
	assert_int_equal(got.overs, 1);
	assert_string_equal(got.reason, "the scheduler says that the job has ended: its time limit was reached (TIMEOUT)");
	assert_int_equal(got.limits, 0);
}

/* It is listed, as one that is back in the queue. */
static void a_job_that_waits_again_is_looked_for(void **state)
{
	(void)state;
	expect_watch("job=17\nstate=pending\nby=requeue\ntext=put back\n\n",
		"scope=here\n\n" OURS "state=pending\n\n");
	assert_int_equal(got.overs, 1);
	assert_int_equal(got.limits, 0);
}

static void a_job_that_nobody_knows_ends_its_agent(void **state)
{
	(void)state;
	expect_watch("error=gone\nmessage=no such job\n\n", "scope=here\n\n");
	assert_int_equal(got.overs, 1);
	assert_string_equal(got.reason,
		"the scheduler does not know the job any more");
}

static void another_error_changes_nothing(void **state)
{
	(void)state;
	expect_watch("error=unavailable\nmessage=down\n\n", "scope=here\n\n");
	assert_int_equal(got.overs, 0);
	assert_string_equal(fakelog_told(), "");
	assert_int_equal(fake_status(), -1);
}

static void no_answer_changes_nothing(void **state)
{
	(void)state;
	ask("error=unavailable\nmessage=down\n\n");
	assert_int_equal(got.overs + got.limits, 0);
	assert_int_equal(fake_launcher_count("watch"), 0);
	assert_int_equal(fake_status(), -1);
	assert_string_equal(fakelog_told(), "");
}

/* Clusters may share a home: the launcher is that of the other one. */
static void another_cluster_changes_nothing(void **state)
{
	(void)state;
	ask("scope=there\n\n");
	assert_int_equal(got.overs + got.limits, 0);
	assert_int_equal(fake_launcher_count("watch"), 0);
}

static void an_unknown_cluster_judges_nobody(void **state)
{
	(void)state;
	ask("job=99\ntag=" RIVAL "\nsession=other\nstate=running\n\n");
	assert_int_equal(got.overs + got.limits, 0);
	assert_int_equal(fake_launcher_count("watch"), 0);
}

/* It lost a race, and its front died: it would start after ours. */
static void a_rival_that_is_left_over_ends(void **state)
{
	(void)state;
	fake_folder(RIVAL, "default", "", 0);
	ask("scope=here\n\n" OURS LIVES "\n"
		"job=18\ntag=" RIVAL "\nsession=default\nstate=pending\n"
		"age=900\n\n");
	FAKECLOCK_WAIT(front.inv.base, fake_launcher_count("end") == 1);
	assert_non_null(strstr(fake_launcher_request("end"), "job=18\n"));
	FAKECLOCK_WAIT(front.inv.base, faccessat(front.inv.state_fd, RIVAL,
		F_OK, 0) == -1);
	assert_int_equal(got.limits, 1);
	assert_int_equal(got.overs, 0);
}

static void is_not_asked_when_it_is_freed(void **state)
{
	(void)state;
	confirm_free(confirm);
	confirm = NULL;
	fakeclock_pass(front.inv.base, 60000);
	assert_true(fake_is_alone());
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_the_limit),
		TEST(tells_that_there_is_none),
		TEST(uses_the_answer),
		TEST(a_job_that_is_not_listed_is_looked_for),
		TEST(a_job_that_is_over_ends_its_agent),
		TEST(a_job_that_waits_again_is_looked_for),
		TEST(a_job_that_nobody_knows_ends_its_agent),
		TEST(another_error_changes_nothing),
		TEST(no_answer_changes_nothing),
		TEST(another_cluster_changes_nothing),
		TEST(an_unknown_cluster_judges_nobody),
		TEST(a_rival_that_is_left_over_ends),
		TEST(is_not_asked_when_it_is_freed),
	};

	return cmocka_run_group_tests_name("confirm", tests, NULL, NULL);
}
