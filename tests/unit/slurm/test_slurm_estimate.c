/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs estimate and describe; what slurmctld says is the test's. */
#include "fake.h"

#include "base/mem.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_verbs.h"

#define SUBMIT "session=default\ntag=0123456789abcdef\ncommand=/opt/agent\n" \
	"command=a b\nlog=/state/agent.log\nchdir=/home\nenv=A=1\n"

static partition_info_t parts[2];
static int will_fail, loads;
static const char *words, *dependency;
static will_run_response_msg_t response;

int slurm_job_will_run2(job_desc_msg_t *desc, will_run_response_msg_t **out)
{
	assert_int_equal(slurm_shared->phase, SLURM_PHASE_ASK);
	dependency = desc->dependency;
	dprintf(STDERR_FILENO, "%s", words);
	errno = will_fail;
	if (will_fail != 0)
		return -1;
	*out = &response;
	return 0;
}

void slurm_free_will_run_response_msg(will_run_response_msg_t *m)
{
	assert_ptr_equal(m, &response);
}

int slurm_load_partitions(time_t since, partition_info_msg_t **out,
	uint16_t flags)
{
	(void)since;
	(void)flags;
	loads++;
	*out = mem_alloc(sizeof **out);
	(*out)->record_count = 2;
	(*out)->partition_array = parts;
	return 0;
}

void slurm_free_partition_info_msg(partition_info_msg_t *m)
{
	free(m);
}

static int setup(void **state)
{
	will_fail = loads = 0;
	words = "";
	parts[0] = (partition_info_t){ .name = (char *)"p",
		.state_up = PARTITION_UP, .flags = PART_FLAG_DEFAULT };
	parts[1] = (partition_info_t){ .name = (char *)"old",
		.state_up = PARTITION_DOWN };
	response = (will_run_response_msg_t){ .start_time = 5000,
		.node_list = (char *)"c[1-2]", .part_name = (char *)"p",
		.proc_cnt = 4 };
	return fake_slurm_begin(state);
}

static void tells_when(void **state)
{
	(void)state;
	assert_string_equal(fake_verb("estimate", SUBMIT "ask-start=1\n"), "");
	assert_string_equal(fake_answer(),
		"start=5000\nnode=c[1-2]\npartition=p\ncpus=4\n\n");
	/* It would not wait for the session's own job. */
	assert_null(dependency);
	assert_int_equal(loads, 1);
	response.job_submit_user_msg = (char *)"hello";
	assert_string_equal(fake_verb("estimate", SUBMIT), "");
	assert_string_equal(fake_answer(), "note=hello\n\n");
	assert_int_equal(loads, 1);
}

static void names_no_start_in_one_that_is_down(void **state)
{
	(void)state;
	response.part_name = (char *)"old";
	assert_string_equal(fake_verb("estimate", SUBMIT "ask-start=1\n"), "");
	assert_non_null(strstr(fake_answer(),
		"reason=PartitionDown\ntext=the partition is down\n"));
	response.part_name = (char *)"old,p";
	assert_string_equal(fake_verb("estimate", SUBMIT "ask-start=1\n"), "");
	assert_null(strstr(fake_answer(), "reason="));
	/* Slurm does not say which: the one that is asked for, or the default. */
	response.part_name = NULL;
	assert_string_equal(fake_verb("estimate", SUBMIT "ask-start=1\n"
		"option=--partition=old\n"), "");
	assert_non_null(strstr(fake_answer(), "reason="));
	assert_string_equal(fake_verb("estimate", SUBMIT "ask-start=1\n"), "");
	assert_null(strstr(fake_answer(), "reason="));
}

static void says_what_is_refused(void **state)
{
	(void)state;
	will_fail = ESLURM_INVALID_PARTITION_NAME;
	assert_string_equal(fake_verb("estimate", SUBMIT), "refused");
	assert_string_equal(fake_message(),
		"Slurm would refuse the job: Invalid partition name specified");
	/* libslurm keeps the reason for itself, and prints it. */
	will_fail = -1;
	words = "launch-slurm: error: not on a Monday\nlaunch-slurm: error: nor later\n";
	assert_string_equal(fake_verb("estimate", SUBMIT), "refused");
	assert_string_equal(fake_message(),
		"Slurm would refuse the job: not on a Monday; nor later");
	will_fail = 1800;
	words = "";
	assert_string_equal(fake_verb("estimate", SUBMIT), "unavailable");
	assert_string_equal(fake_verb("estimate", SUBMIT "option=--no-such\n"),
		"usage");
	assert_string_equal(fake_answer(), "");
}

static void describes_the_job(void **state)
{
	(void)state;
	assert_string_equal(fake_verb("describe", SUBMIT
		"option=--partition=gpu\noption=--mem-per-cpu=1G\n"
		"option=--exclusive\noption=-t90\noption=-c2\n"), "");
	assert_non_null(strstr(fake_answer(),
		"field=Partition\nvalue=gpu\noption=partition\n\n"));
	assert_non_null(strstr(fake_answer(),
		"field=TimeLimit\nvalue=1:30:00\noption=time\n\n"));
	assert_non_null(strstr(fake_answer(), "field=MinMemoryCPU\nvalue=1024M\n"
		"option=mem\noption=mem-per-cpu\n\n"));
	assert_non_null(strstr(fake_answer(), "field=OverSubscribe\nvalue=NO\n"));
	assert_non_null(strstr(fake_answer(), "field=CPUs/Task\nvalue=2\n"));
	assert_non_null(strstr(fake_answer(), "field=JobName\n"
		"value=vscode-remote-shell\noption=job-name\noption=session\n\n"));
	assert_non_null(strstr(fake_answer(), "field=Command\n"
		"value=/opt/agent 'a b'\noption=agent\n\n"));
	assert_non_null(strstr(fake_answer(), "field=Requeue\nvalue=0\n\n"));
	/* What nobody asked for is Slurm's to say. */
	assert_null(strstr(fake_answer(), "field=QOS\n"));
	assert_null(strstr(fake_answer(), "field=NumTasks\n"));
	assert_null(strstr(fake_answer(), "field=Nice\n"));
	assert_string_equal(fake_verb("describe", SUBMIT "option=--no-such\n"),
		"usage");
	assert_int_equal(fake.loads + fake.pings + fake.submits, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fake_slurm_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_when),
		TEST(names_no_start_in_one_that_is_down),
		TEST(says_what_is_refused),
		TEST(describes_the_job),
	};

	return cmocka_run_group_tests_name("slurm_estimate", tests, NULL, NULL);
}
