/* SPDX-License-Identifier: BSD-2-Clause */
/* Partitions: what a launcher tells of them, and what is shown of that. */
#include "fake.h"

#include <sys/mman.h>

#include "front/cmd/command.h"
#include "front/cmd/commands.h"
#include "front/job/partition.h"

static struct partition read_lines(const char *lines, int want)
{
	struct partition p;
	struct kv kv;
	struct err e;

	assert_int_equal(kv_parse_whole(&kv, lines, strlen(lines), &e), 0);
	assert_int_equal(partition_read(&p, &kv), want);
	kv_fini(&kv);
	return p;
}

static void reads_a_record(void **state)
{
	struct partition p = read_lines("partition=gpu\ndefault=yes\nstate=UP\n"
		"refused=AllowGroups=x\ntime-limit=86400\n"
		"default-time=unlimited\nnodes=3/8\ncpus=100/512\n"
		"memory=1000/2000\nnode-cpus=60/64\nnode-memory=900/1000\n"
		"gpu=3/8 a100\ngpu=0/2\n\n", 0);

	(void)state;
	assert_string_equal(p.name, "gpu");
	assert_true(p.is_default);
	assert_string_equal(p.refused, "AllowGroups=x");
	assert_int_equal(p.time_limit, 86400);
	assert_int_equal(p.default_time, -1);
	assert_int_equal(p.nodes.idle, 3);
	assert_int_equal(p.nodes.total, 8);
	assert_int_equal(p.node_memory.idle, 900);
	assert_int_equal(p.n_gpus, 2);
	assert_string_equal(p.gpu[0].type, "a100");
	assert_int_equal(p.gpu[0].share.idle, 3);
	assert_string_equal(p.gpu[1].type, "");
	assert_int_equal(p.gpu[1].share.total, 2);
}

/* What is odd is not known, and nothing else. */
static void believes_nothing_odd(void **state)
{
	static const char *const shares[] = {
		"", "3", "3/", "/8", "9/8", "-1/8", "3/8x", "3 /8", "3/8 ",
		"99999999999999999999/99999999999999999999", "0x3/8",
	};
	char text[512];
	struct partition p;

	(void)state;
	for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
		snprintf(text, sizeof text, "partition=a\nnodes=%s\ncpus=1/2\n\n",
			shares[i]);
		p = read_lines(text, 0);
		assert_int_equal(p.nodes.total, -1);
		assert_int_equal(p.cpus.total, 2);
	}
	p = read_lines("partition=a\ntime-limit=soon\ngpu=3/8x\ngpu=3\n"
		"gpu=1/2 v100\n\n", 0);
	assert_int_equal(p.time_limit, 0);
	assert_int_equal(p.n_gpus, 1);
	assert_string_equal(p.gpu[0].type, "v100");
	(void)read_lines("state=UP\n\n", -1);
	(void)read_lines("partition=\n\n", -1);
	snprintf(text, sizeof text, "partition=%0200d\n\n", 0);
	(void)read_lines(text, -1);
	snprintf(text, sizeof text, "partition=a\ngpu=1/2 %064d\n\n", 0);
	assert_int_equal(read_lines(text, 0).n_gpus, 0);
}

static void has_room_for_some_gpus(void **state)
{
	char text[1024] = "partition=a\n";

	(void)state;
	for (int i = 0; i < PARTITION_GPUS_MAX + 2; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text),
			"gpu=1/2 t%d\n", i);
	strcat(text, "\n");
	assert_int_equal(read_lines(text, 0).n_gpus, PARTITION_GPUS_MAX);
}

#define CPU "partition=cpu\ndefault=yes\nstate=UP\ntime-limit=86400\n" \
	"default-time=3600\nnodes=1/2\ncpus=5/8\nmemory=5000/8000\n" \
	"node-cpus=4/4\nnode-memory=4000/4000\n\n"
#define GPU "partition=gpu\nstate=UP\ntime-limit=unlimited\nnodes=3/8\n" \
	"cpus=100/512\nmemory=1048576/2097152\nnode-cpus=60/64\n" \
	"node-memory=204800/262144\ngpu=3/8 a100\ngpu=1/2\n\n"
#define DOWN "partition=old\nstate=DOWN\nrefused=State=DOWN\n\n"

/* Runs the command; returns what it has printed, its status in *status. */
static const char *run(const char *answer, int *status)
{
	static char out[4096];
	int saved = dup(STDOUT_FILENO), file = memfd_create("t", MFD_CLOEXEC);
	void *work;
	ssize_t n;

	fake_launcher("partitions", answer);
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	work = cmd_partitions.ops->begin(&front.inv);
	FAKECLOCK_WAIT(front.inv.base, fake_status() != -1);
	n = pread(file, out, sizeof out - 1, 0);
	out[n > 0 ? n : 0] = '\0';
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(file);
	*status = fake_status();
	cmd_partitions.ops->end(work);
	return out;
}

static void prints_what_can_be_used(void **state)
{
	int status;

	(void)state;
	assert_string_equal(run(CPU GPU DOWN, &status),
		"PARTITION  TIMELIMIT DEFAULTTIME NODES(I/T) CPUS(I/T) MEMORY(I/T) CPUS/NODE MEMORY/NODE GPUS(I/T)\n"
		"cpu*      1-00:00:00     1:00:00        1/2       5/8  5000/8000M       4/4  4000/4000M -\n"
		"gpu        UNLIMITED           -        3/8   100/512  1024/2048G     60/64    200/256G a100:3/8,1/2\n");
	assert_int_equal(status, EX_OK);
	assert_null(strstr(fake_launcher_request("partitions"), "all="));
}

static void prints_all(void **state)
{
	int status;

	(void)state;
	front.opt.flags.all = front.opt.flags.no_header = 1;
	assert_string_equal(run(DOWN, &status),
		"old - - - - - - - - State=DOWN\n");
	assert_int_equal(status, EX_OK);
	assert_non_null(strstr(fake_launcher_request("partitions"), "all=1\n"));
}

static void says_that_there_is_none(void **state)
{
	int status;

	(void)state;
	assert_string_equal(run(DOWN, &status), "");
	assert_int_equal(status, EX_OK);
	assert_non_null(strstr(fakelog_told(), "no partition that you can use now; --all tells why"));
}

static void says_what_failed(void **state)
{
	static const struct {
		const char *answer, *want;
	} rows[] = {
		{ "error=verb\nmessage=usage: x\n\n",
			"does not know 'partitions' (usage: x)" },
		{ "error=internal\nmessage=x partitions ended with status 2\n\n",
			"with status 2; perhaps it does not know 'partitions'" },
		{ "error=unavailable\nmessage=it is down\n\n", "it is down" },
	};
	int status;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_string_equal(run(rows[i].answer, &status), "");
		assert_non_null(strstr(fakelog_told(), rows[i].want));
		assert_int_equal(status, i == 1 ? EX_SOFTWARE : EX_UNAVAILABLE);
		fake_front_end(NULL);
		fake_front_begin(NULL);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_front_begin, \
	fake_front_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_a_record),
		TEST(believes_nothing_odd),
		TEST(has_room_for_some_gpus),
		TEST(prints_what_can_be_used),
		TEST(prints_all),
		TEST(says_that_there_is_none),
		TEST(says_what_failed),
	};

	return cmocka_run_group_tests_name("partition", tests, NULL, NULL);
}
