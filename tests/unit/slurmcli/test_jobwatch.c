/* SPDX-License-Identifier: BSD-2-Clause */
/* How often a job is looked at, and what is told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/kv.h"
#include "launch/jobwatch.h"

static long none(const char *partition)
{
	(void)partition;
	return -1;
}

static int look(struct jobwatch *w, uint32_t state, int *said)
{
	struct slurmjob job = { .id = 7, .state = state };
	struct buf out = { 0 };
	int over = jobwatch_look(w, state == UINT32_MAX ? NULL : &job, 0, &out);

	*said = out.len > 0;
	buf_fini(&out);
	return over;
}

/* Never twice within 10 s, whatever the job does. */
static void asks_seldom(void **state)
{
	static const struct {
		uint32_t state;
		int said, pause;
	} rows[] = {
		{ JOBSTATE_PENDING, 1, 10 }, { JOBSTATE_PENDING, 0, 15 },
		{ JOBSTATE_PENDING, 0, 20 }, { JOBSTATE_PENDING, 0, 25 },
		{ JOBSTATE_PENDING, 0, 30 }, { JOBSTATE_PENDING, 0, 30 },
		{ JOBSTATE_RUNNING, 1, 10 }, { JOBSTATE_RUNNING, 0, 15 },
		{ JOBSTATE_PENDING, 1, 10 }, { JOBSTATE_RUNNING, 1, 10 },
		{ JOBSTATE_SUSPENDED, 1, 10 },
	};
	struct jobwatch w;
	int said;

	(void)state;
	jobwatch_init(&w, "7", 0, none);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(look(&w, rows[i].state, &said), 0);
		assert_int_equal(said, rows[i].said);
		assert_int_equal(jobwatch_pause(&w), rows[i].pause);
	}
	assert_int_equal(look(&w, JOBSTATE_FAILED, &said), 1);
	assert_true(said);
	jobwatch_fini(&w);
	jobwatch_init(&w, "7", 0, none);
	assert_int_equal(look(&w, UINT32_MAX, &said), 1);
	assert_true(said);
	jobwatch_fini(&w);
}

static void says_an_outage_seldom(void **state)
{
	struct jobwatch w;

	(void)state;
	jobwatch_init(&w, "7", 0, none);
	assert_int_equal(jobwatch_is_news(&w, 100), 1);
	assert_int_equal(jobwatch_is_news(&w, 159), 0);
	assert_int_equal(jobwatch_is_news(&w, 160), 1);
	jobwatch_fini(&w);
}

/* A value cannot become a key, or a record, of the answer. */
static void tells_text_as_text(void **state)
{
	static const char *const texts[] = {
		"a\nerror=refused\nmessage=no\n\njob=8\n", "back\\slash\\n",
		"100%s%n", "\x1b[2J\x07", "\xff\xfe", "a\n\n\nb", "=", "\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		const struct slurmjob job = { .id = 7,
			.state = JOBSTATE_FAILED, .node = texts[i],
			.partition = texts[i], .gres = texts[i],
			.command = texts[i], .comment = texts[i] };
		struct buf out = { 0 };
		struct kv kv = { 0 };

		slurmjob_describe(&out, &job);
		slurmjob_describe_more(&out, &job, 0);
		buf_puts(&out, "\n");
		assert_int_equal(kv_parse(&kv, buf_data(&out), out.len, 0, NULL),
			out.len);
		assert_string_equal(kv_get(&kv, "job"), "7");
		assert_string_equal(kv_get(&kv, "state"), "ended");
		assert_string_equal(kv_get(&kv, "node"), texts[i]);
		assert_string_equal(kv_get(&kv, "partition"), texts[i]);
		assert_null(kv_get(&kv, "error"));
		assert_null(kv_get(&kv, "session"));
		assert_null(kv_get(&kv, "tag"));
		kv_fini(&kv);
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_seldom),
		cmocka_unit_test(says_an_outage_seldom),
		cmocka_unit_test(tells_text_as_text),
	};

	return cmocka_run_group_tests_name("jobwatch", tests, NULL, NULL);
}
