/* SPDX-License-Identifier: BSD-2-Clause */
/* What a launcher answers, and what a user is told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/number.h"
#include "front/job/job.h"
#include "os/clock.h"
#include "os/log.h"

static struct job read_text(const char *text)
{
	struct err e;
	struct kv kv;
	struct job j;

	assert_true(kv_parse(&kv, text, strlen(text), 0, &e) > 0);
	j = job_read(&kv);
	kv_fini(&kv);
	return j;
}

static void reads_an_answer(void **state)
{
	struct job j = read_text("job=7\ntag=0123456789abcdef\nstate=running\n"
		"start=1795892969\nend=1795896569\nleft=3600\nage=12\n"
		"cpus=4\nmem=2048\ntime-limit=7200\nstatus=137\n\n");
	long left = job_seconds_left(j.ends_ms);

	(void)state;
	assert_string_equal(j.id, "7");
	assert_int_equal(j.start, 1795892969);
	assert_int_equal(j.end_epoch, 1795896569);
	assert_true(left == 3600 || left == 3599);
	assert_int_equal(j.age, 12);
	assert_int_equal(j.cpus, 4);
	assert_int_equal(j.mem, 2048);
	assert_int_equal(j.time_limit, 7200);
	assert_int_equal(j.status, 137);
	j = read_text("time-limit=unlimited\n\n");
	assert_int_equal(j.time_limit, -1);
	assert_int_equal(j.status, -1);
	assert_int_equal(j.ends_ms, 0);
}

/* Each number of an answer, whatever it is: known within bounds, or not known. */
static void believes_no_number_beyond_its_bounds(void **state)
{
	static const char *const keys[] = { "start", "end", "left", "age",
		"cpus", "mem", "time-limit", "status" };
	static const char *const values[] = { "9223372036854775807",
		"-9223372036854775808", "18446744073709551616", "-1", "",
		" 5", "5x", "0x10", "1e3", "253402300800",
		"99999999999999999999999999" };

	(void)state;
	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
		for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
			char *text = mem_printf("job=1\nstate=pending\n%s=%s"
				"\n\n", keys[k], values[v]), line[1024];
			struct job j = read_text(text);

			assert_int_equal(j.start, 0);
			assert_int_equal(j.end_epoch, 0);
			assert_int_equal(j.ends_ms, 0);
			assert_int_equal(j.age, 0);
			assert_int_equal(j.cpus, 0);
			assert_true(j.mem == 0 || strcmp(values[v],
				"253402300800") == 0);
			assert_true(j.time_limit == 0 || strcmp(values[v],
				"253402300800") == 0);
			assert_int_equal(j.status, -1);
			job_describe(&j, line, sizeof line);
			assert_string_equal(line, "job 1 is pending");
			free(text);
		}
}

static void tells_the_last_second_of_time(void **state)
{
	struct job j = read_text("job=1\nstate=pending\nstart=253402300799\n"
		"end=253402300799\n\n");
	char line[1024];

	(void)state;
	job_describe(&j, line, sizeof line);
	assert_string_equal(line, "job 1 is pending, expected start "
		"9999-12-31 23:59");
	assert_int_equal(j.ends_ms - clock_ms() > 0, 1);
	assert_true(job_seconds_left(j.ends_ms) <= NUMBER_SECONDS_MAX);
}

/* Cut, it would name another job: one that would be ended. */
static void takes_no_name_that_is_too_long(void **state)
{
	char text[300], id[100] = "";
	struct job j;

	(void)state;
	memset(id, '1', sizeof id - 1);
	snprintf(text, sizeof text, "job=%s\ntag=0123456789abcdef0\n"
		"session=%s\n\n", id, id);
	j = read_text(text);
	assert_string_equal(j.id, "");
	assert_string_equal(j.tag, "");
	assert_string_equal(j.session, "");
}

static void knows_who_ended_it(void **state)
{
	static const struct {
		const char *said;
		int ended;
		const char *fate;
	} rows[] = {
		/* The scheduler's own word decides nothing. */
		{ "state=ended\nreason=CANCELLED\ntext=cancelled\nby=scheduler", 1,
			"cancelled (CANCELLED)" },
		{ "state=ended\nreason=XYZ\ntext=over\nby=itself\nstatus=3", 0,
			"over (XYZ), exit status 3" },
		{ "state=ended\nreason=TIMEOUT\ntext=over\nstatus=137", 0,
			"over (TIMEOUT), its agent got signal 9" },
		{ "state=ended\nreason=XYZ\ntext=over\nby=somebody", 0,
			"over (XYZ)" },
		{ "state=completing\nreason=XYZ\ntext=over\nby=scheduler\n"
			"status=9", 1, "over (XYZ)" },
		{ "state=completing\nreason=REQUEUED\ntext=back\nby=requeue", 1,
			"back (REQUEUED)" },
		{ "state=pending\nreason=HELD\ntext=back, and held\nby=requeue",
			1, "back, and held (HELD)" },
		{ "state=pending\nreason=Resources\ntext=waits", 1,
			"put back into the queue (Resources)" },
		{ "state=pending", 1, "put back into the queue" },
		{ "state=ended", 0, "ended" },
		{ "state=running\nby=scheduler", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = mem_printf("job=1\n%s\n\n", rows[i].said);
		struct job j = read_text(text);
		char fate[1024];

		if (job_was_ended(&j) != rows[i].ended)
			fail_msg("%s", rows[i].said);
		job_fate(&j, fate, sizeof fate);
		if (rows[i].fate != NULL)
			assert_string_equal(fate, rows[i].fate);
		free(text);
	}
}

static void tells_of_memory_when_it_was_short(void **state)
{
	struct job j = read_text("job=1\nstate=ended\nlacked=memory\nmem=300\n\n");
	char advice[256];

	(void)state;
	job_advice(&j, advice, sizeof advice);
	assert_string_equal(advice, "it had 300M of memory; ask for more, as in --mem=600M");
	j = read_text("job=1\nstate=ended\nreason=OUT_OF_MEMORY\nmem=300\n\n");
	job_advice(&j, advice, sizeof advice);
	assert_string_equal(advice, "connect again to start another");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_an_answer),
		cmocka_unit_test(believes_no_number_beyond_its_bounds),
		cmocka_unit_test(tells_the_last_second_of_time),
		cmocka_unit_test(takes_no_name_that_is_too_long),
		cmocka_unit_test(knows_who_ended_it),
		cmocka_unit_test(tells_of_memory_when_it_was_short),
	};

	setenv("TZ", "UTC0", 1);
	log_set_level(LOG_LEVEL_CRITICAL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
