/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <sys/resource.h>

#include "net/loop.h"
#include "os/clock.h"

/* Stands still while alarms are set, so that their order is that of the ms. */
static long long frozen;

static long long clock_or_frozen(void)
{
	return frozen ? frozen : clock_ms();
}

#define clock_ms clock_or_frozen
#include "net/alarm.c"
#undef clock_ms

static struct event_base *base;
static char rung[64];
static struct alarm *alarms[8];

/* Letters in the order in which they rang. */
static void ring(void *arg)
{
	size_t n = strlen(rung);

	assert_true(n + 1 < sizeof rung);
	rung[n] = *(const char *)arg;
	rung[n + 1] = '\0';
}

static void begin(void)
{
	static const char *const name[] = { "a", "b", "c", "d", "e", "f", "g",
		"h" };

	base = loop_new();
	frozen = clock_ms();
	rung[0] = '\0';
	for (int i = 0; i < 8; i++)
		alarms[i] = alarm_new(base, ring, (void *)name[i]);
}

static void end(void)
{
	for (int i = 0; i < 8; i++)
		alarm_free(alarms[i]);
	event_base_free(base);
}

/* Until so many rang; a loop with nothing to wait for ends by itself. */
static void wait_for(size_t n)
{
	long long give_up = clock_ms() + 10000;

	frozen = 0;
	while (strlen(rung) < n) {
		assert_true(clock_ms() < give_up);
		assert_int_equal(event_base_loop(base, EVLOOP_ONCE), 0);
	}
}

static int descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void rings_in_order(void **state)
{
	long long began;

	(void)state;
	begin();
	began = clock_ms();
	alarm_set(alarms[0], 60);
	alarm_set(alarms[1], 20);
	alarm_set(alarms[2], 40);
	alarm_set(alarms[3], 20);
	alarm_set(alarms[4], 0);
	wait_for(5);
	assert_string_equal(rung, "ebdca");
	assert_true(clock_ms() - began >= 60);
	end();
}

static void forgets_what_was_set_before(void **state)
{
	(void)state;
	begin();
	alarm_set(alarms[0], 5);
	alarm_set(alarms[1], 10);
	alarm_set(alarms[2], 20);
	alarm_set(alarms[0], 30);
	assert_true(alarm_is_set(alarms[1]));
	alarm_clear(alarms[1]);
	alarm_clear(alarms[1]);
	assert_false(alarm_is_set(alarms[1]));
	wait_for(2);
	assert_string_equal(rung, "ca");
	/* Nothing is left to wait for. */
	assert_int_equal(event_base_loop(base, EVLOOP_ONCE), 1);
	assert_string_equal(rung, "ca");
	assert_false(alarm_is_set(alarms[0]));
	end();
}

static void set_and_free_others(void *arg)
{
	ring(arg);
	alarm_free(alarms[1]);
	alarms[1] = NULL;
	alarm_clear(alarms[2]);
	alarm_set(alarms[3], 0);
	if (strlen(rung) < 3)
		alarm_set(alarms[0], 1);
}

static void may_change_all_while_it_rings(void **state)
{
	(void)state;
	begin();
	alarm_free(alarms[0]);
	alarms[0] = alarm_new(base, set_and_free_others, "x");
	for (int i = 0; i < 3; i++)
		alarm_set(alarms[i], 1);
	wait_for(4);
	assert_int_equal(event_base_loop(base, EVLOOP_ONCE), 1);
	assert_null(strpbrk(rung, "bc"));
	assert_non_null(strchr(rung, 'd'));
	end();
}

/* The loop has no timer of its own, and gives the descriptor back. */
static void waits_for_one_descriptor(void **state)
{
	int before;

	(void)state;
	begin();
	before = descriptors();
	for (int i = 0; i < 8; i++)
		alarm_set(alarms[i], 1000000);
	assert_int_equal(descriptors(), before + 1);
	assert_int_equal(event_base_get_num_events(base,
		EVENT_BASE_COUNT_ADDED), 1);
	assert_int_equal(event_base_get_max_events(base,
		EVENT_BASE_COUNT_ADDED, 0), 1);
	for (int i = 0; i < 8; i++)
		alarm_clear(alarms[i]);
	assert_int_equal(descriptors(), before);
	end();
}

static void does_without_a_descriptor(void **state)
{
	struct rlimit limit, none;
	int before;

	(void)state;
	begin();
	before = descriptors();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	alarm_set(alarms[0], 20);
	alarm_set(alarms[1], 10);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(descriptors(), before);
	wait_for(2);
	assert_string_equal(rung, "ba");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rings_in_order),
		cmocka_unit_test(forgets_what_was_set_before),
		cmocka_unit_test(may_change_all_while_it_rings),
		cmocka_unit_test(waits_for_one_descriptor),
		cmocka_unit_test(does_without_a_descriptor),
	};

	return cmocka_run_group_tests_name("alarm", tests, NULL, NULL);
}
