/* SPDX-License-Identifier: BSD-2-Clause */
/* What would be submitted, and when it would start: estimate and --dry-run. */
#include "fake.h"

#include <sys/mman.h>

#include "front/cmd/command.h"
#include "front/cmd/commands.h"
#include "front/cmd/whence.h"
#include "opt/config.h"

static struct config settings;
static char said[8192];

static int setup(void **state)
{
	static const char text[] = "linger = 1m\nsalloc-arg = --mem=1G\n"
		"[profile cpu]\nsalloc-arg = -c2\nidle-timeout = 30m\n"
		"[profile gpu]\ninherit = cpu\nsalloc-arg = --gres=gpu:1\n";
	struct options o;
	struct err e;

	options_init(&o, OPT_PROGRAM);
	if (fake_front_begin(state) == -1 || config_add(&settings, &o.set,
		"/u", OPT_BY_USER, text, sizeof text - 1, command_is_free,
		&e) == -1)
		return -1;
	options_free(&o);
	return 0;
}

static int teardown(void **state)
{
	config_fini(&settings);
	return fake_front_end(state);
}

/* The front as these words make it, with our launcher; they stay the test's. */
static void type(int argc, const char *const *argv, int with_settings)
{
	static struct config none;
	struct config *c = with_settings ? &settings : &none;
	char *launcher = front.opt.job.launcher;
	const struct err good = { "" };
	struct err e;

	front.opt.job.launcher = NULL;
	options_free(&front.opt);
	assert_int_equal(command_read(&front.opt, argc, (char **)argv, c,
		&good, &e), 0);
	free(front.opt.job.launcher);
	front.opt.job.launcher = launcher;
	front.inv.words = (struct invocation_words){ argc, (char **)argv, c };
}

static int run(const struct command_ops *ops)
{
	int saved = dup(STDOUT_FILENO), file = memfd_create("t", MFD_CLOEXEC);
	void *work;
	ssize_t n;

	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	work = ops->begin(&front.inv);
	FAKECLOCK_WAIT(front.inv.base, fake_status() != -1);
	ops->end(work);
	n = pread(file, said, sizeof said - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(file);
	return fake_status();
}

#define TYPE(with, ...) type(sizeof((const char *[]){ "vrs", __VA_ARGS__ }) / \
	sizeof(char *), (const char *[]){ "vrs", __VA_ARGS__ }, with)

/* ---- estimate --------------------------------------------------------------- */

static void estimates_each_profile(void **state)
{
	(void)state;
	fake_launcher("estimate", "start=1\nnode=c1\npartition=p\n\n");
	TYPE(1, "estimate", "-S", "--time=5");
	assert_int_equal(run(cmd_estimate.ops), EX_OK);
	assert_string_equal(said,
		"PROFILE ASKS_FOR                                                            STARTS NODES(REASON)\n"
		"cpu     --cpus-per-task=2 --mem=1G --time=5 --idle-timeout=30m              now    c1\n"
		"gpu     --cpus-per-task=2 --gres=gpu:1 --mem=1G --time=5 --idle-timeout=30m now    c1\n");
	assert_int_equal(fake_launcher_count("estimate"), 2);
	assert_non_null(strstr(fake_launcher_request("estimate"),
		"option=--cpus-per-task=2\noption=--gres=gpu:1\noption=--mem=1G\noption=--time=5\n"));
	assert_non_null(strstr(fake_launcher_request("estimate"),
		"session=gpu\n"));
	assert_non_null(strstr(fake_launcher_request("estimate"),
		"ask-start=1\n"));
	assert_int_equal(fake_launcher_count("submit"), 0);
}

static void estimates_one(void **state)
{
	(void)state;
	fake_launcher("estimate", "start=4102444800\nnode=c1\nnote=hello\n\n");
	setenv("TZ", "UTC", 1);
	tzset();
	TYPE(1, "estimate", "cpu", "--no-header");
	assert_int_equal(run(cmd_estimate.ops), EX_OK);
	assert_string_equal(said,
		"cpu --cpus-per-task=2 --mem=1G --idle-timeout=30m 2100-01-01T00:00:00 c1 (hello)\n");
	assert_int_equal(fake_launcher_count("estimate"), 1);
}

static void estimates_without_profiles(void **state)
{
	(void)state;
	fake_launcher("estimate", "reason=PartitionDown\n"
		"text=the partition is down\nstart=1\nnode=c1\n\n");
	TYPE(0, "estimate", "-S", "-pdown", "--no-header");
	assert_int_equal(run(cmd_estimate.ops), EX_OK);
	assert_string_equal(said,
		"- --partition=down - (PartitionDown: the partition is down)\n");
}

static void says_what_is_refused(void **state)
{
	(void)state;
	fake_launcher("estimate", "error=refused\nmessage=no such \033partition\n\n");
	TYPE(1, "estimate", "--no-header");
	assert_int_equal(run(cmd_estimate.ops), EX_UNAVAILABLE);
	assert_non_null(strstr(said,
		"cpu --cpus-per-task=2 --mem=1G --idle-timeout=30m              - (no such \\033partition)\ngpu "));
	/* It is no answer about this job, and the others are not asked for. */
	fake_front_end(NULL);
	fake_front_begin(NULL);
	fake_launcher("estimate", "error=unavailable\nmessage=it is down\n\n");
	TYPE(1, "estimate");
	assert_int_equal(run(cmd_estimate.ops), EX_UNAVAILABLE);
	assert_string_equal(said, "");
	assert_int_equal(fake_launcher_count("estimate"), 1);
	assert_non_null(strstr(fakelog_told(), "it is down"));
}

static void knows_no_other_profile(void **state)
{
	(void)state;
	TYPE(1, "estimate", "gpx");
	assert_int_equal(run(cmd_estimate.ops), EX_USAGE);
	assert_non_null(strstr(fakelog_told(),
		"there is no profile 'gpx'; there are: cpu, gpu\n"));
	assert_int_equal(fake_launcher_count("estimate"), 0);
}

/* ---- whence ----------------------------------------------------------------- */

static const char *whence(const char *a, const char *b)
{
	static char text[256];
	struct opt_list names = { b ? 2 : 1, (char *[]){ (char *)a,
		(char *)b } };
	struct buf out = { 0 };

	whence_put(&front.opt, &settings, &names, &out);
	snprintf(text, sizeof text, "%.*s", (int)out.len, buf_data(&out));
	buf_fini(&out);
	return text;
}

static void knows_who_gave_it(void **state)
{
	(void)state;
	TYPE(1, "gpu", "-S", "-t5", "-S", "--partition", "-S", "x");
	assert_string_equal(whence("time", NULL), "command line");
	assert_string_equal(whence("partition", NULL), "command line");
	assert_string_equal(whence("mem", NULL), "user /u:2");
	assert_string_equal(whence("cpus-per-task", NULL),
		"profile cpu of /u:4");
	assert_string_equal(whence("gres", NULL), "profile gpu of /u:8");
	assert_string_equal(whence("qos", NULL), "built in");
	assert_string_equal(whence("idle-timeout", NULL),
		"profile cpu of /u:5");
	assert_string_equal(whence("linger", NULL), "user /u:1");
	assert_string_equal(whence("time", "mem"), "command line, user /u:2");
	assert_string_equal(whence("time", "partition"), "command line");
	/* Of one that is given twice the last counts. */
	TYPE(1, "gpu", "-S", "--gres=gpu:2");
	assert_string_equal(whence("gres", NULL), "command line");
	assert_string_equal(whence("session", NULL), "profile");
}

/* ---- --dry-run -------------------------------------------------------------- */

#define DESCRIBED "field=Partition\nvalue=gpu\noption=partition\n\n" \
	"field=TresPerNode\nvalue=gres:gpu:1\noption=gres\noption=gpus-per-node\n\n" \
	"field=Requeue\nvalue=0\n\n"

static void prints_the_job(void **state)
{
	(void)state;
	fake_launcher("find", "scope=here\n\n");
	fake_launcher("describe", DESCRIBED);
	fake_launcher("estimate", "note=from the plugin\n\n");
	TYPE(1, "gpu", "--dry-run", "-S", "--partition=gpu");
	assert_int_equal(run(&dryrun_ops), EX_OK);
	assert_string_equal(said,
		"FIELD          FROM                VALUE\n"
		"Partition      command line        gpu\n"
		"TresPerNode    profile gpu of /u:8 gres:gpu:1\n"
		"Requeue        built in            0\n"
		"--idle-timeout profile cpu of /u:5 30m\n");
	assert_string_equal(fakelog_told(),
		"from the plugin\nnothing was submitted\n");
	assert_int_equal(fake_launcher_count("submit"), 0);
	assert_int_equal(fake_launcher_count("find"), 1);
	assert_int_equal(fake_launcher_count("estimate"), 1);
	/* When it would start is not wanted: one question less. */
	assert_null(strstr(fake_launcher_request("estimate"), "ask-start"));
}

static void tells_of_a_session(void **state)
{
	(void)state;
	fake_launcher("find", "scope=here\n\njob=17\ntag=0123456789abcdef\n"
		"session=gpu\nstate=running\nnode=n1\n\n");
	fake_launcher("describe", DESCRIBED);
	TYPE(1, "alloc", "gpu", "--dry-run");
	assert_int_equal(run(&dryrun_ops), EX_OK);
	assert_string_equal(fakelog_told(),
		"session 'gpu' is there: job 17, running on n1; it would be attached, and no job submitted\n");
}

static void tells_what_would_be_refused(void **state)
{
	(void)state;
	fake_launcher("find", "scope=here\n\n");
	fake_launcher("describe", DESCRIBED);
	fake_launcher("estimate", "error=refused\nmessage=bad QOS\n\n");
	TYPE(1, "--dry-run");
	assert_int_equal(run(&dryrun_ops), EX_UNAVAILABLE);
	assert_non_null(strstr(said, "Requeue"));
	assert_string_equal(fakelog_told(), "bad QOS\nnothing was submitted\n");
}

/* What is asked for is told all the same. */
static void prints_without_a_scheduler(void **state)
{
	(void)state;
	fake_launcher("find", "error=unavailable\nmessage=it is down\n\n");
	fake_launcher("describe", DESCRIBED);
	TYPE(1, "--dry-run");
	assert_int_equal(run(&dryrun_ops), EX_UNAVAILABLE);
	assert_non_null(strstr(said, "Requeue"));
	assert_string_equal(fakelog_told(), "it is down\nnothing was submitted\n");
	assert_int_equal(fake_launcher_count("estimate"), 0);
}

static void names_a_launcher_that_cannot(void **state)
{
	(void)state;
	fake_launcher("find", "scope=here\n\n");
	fake_launcher("describe", "error=verb\nmessage=usage: x\n\n");
	TYPE(0, "--dry-run");
	assert_int_equal(run(&dryrun_ops), EX_UNAVAILABLE);
	assert_string_equal(said, "");
	assert_non_null(strstr(fakelog_told(), "does not know 'describe' (usage: x)"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(estimates_each_profile),
		TEST(estimates_one),
		TEST(estimates_without_profiles),
		TEST(says_what_is_refused),
		TEST(knows_no_other_profile),
		TEST(knows_who_gave_it),
		TEST(prints_the_job),
		TEST(tells_of_a_session),
		TEST(tells_what_would_be_refused),
		TEST(prints_without_a_scheduler),
		TEST(names_a_launcher_that_cannot),
	};

	return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
