/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "front/interceptor.h"
#include "os/log.h"

#define ID "5a1e0c99d7b4"
#define START ID ": start\n"
#define END ID ": end\n"
#define WAIT_MS 5000

static long long now = 1000;	/* ms */

/* Instead of the C library's, for clock_ms(). */
int clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	*t = (struct timespec){ .tv_sec = now / 1000,
		.tv_nsec = now % 1000 * 1000000 };
	return 0;
}

struct world {
	struct filters all;
	struct interceptor i;
	struct buf out;
	struct held_event line;		/* the last that was held */
	int holds, ends, at_once;
	long long wait_ms;
};

static const struct err gone = { "nothing listens there" };

static void hold(const struct held_event *line, long long wait_ms, void *arg)
{
	struct world *w = arg;

	w->holds++;
	w->line = *line;
	w->wait_ms = wait_ms;
	if (w->at_once)
		interceptor_answer(&w->i, 7, NULL, NULL);
}

static void out_data(const char *data, size_t len, void *arg)
{
	struct world *w = arg;

	buf_append(&w->out, data, len);
}

static void out_end(void *arg)
{
	struct world *w = arg;

	w->ends++;
}

static void out_released(void *arg)
{
	(void)arg;
}

static const struct filter_target target = { out_data, out_end, out_released };

static struct world *new_world(void)
{
	struct world *w = calloc(1, sizeof *w);

	interceptor_init(&w->i, &w->all, WAIT_MS, hold, w);
	filters_set_target(&w->all, &target, w);
	return w;
}

static void free_world(struct world *w)
{
	interceptor_fini(&w->i);
	buf_fini(&w->out);
	free(w);
}

static void put(struct world *w, const char *text)
{
	filters_put(&w->all, text, strlen(text));
}

#define assert_out(w, want) do { \
	buf_append(&(w)->out, "", 1); \
	assert_string_equal(buf_data(&(w)->out), want); \
	(w)->out.len--; \
} while (0)

static void puts_our_port_in(void **state)
{
	static const char in[] = START "listeningOn==127.0.0.1:40001==\n" END;

	(void)state;
	for (size_t piece = 1; piece <= sizeof in; piece++) {
		struct world *w = new_world();

		for (size_t at = 0; at < sizeof in - 1; at += piece)
			filters_put(&w->all, in + at,
				piece < sizeof in - 1 - at ? piece :
				sizeof in - 1 - at);
		assert_out(w, START "listeningOn==");
		assert_int_equal(w->holds, 1);
		assert_int_equal(w->line.port, 40001);
		assert_int_equal(w->wait_ms, 4 * WAIT_MS);
		assert_true(filters_are_held(&w->all));
		interceptor_answer(&w->i, 50002, NULL, NULL);
		assert_out(w, START "listeningOn==127.0.0.1:50002==\n" END);
		free_world(w);
	}
}

/* In a block a client waits for it; elsewhere it is just a line. */
static void tells_that_there_is_none(void **state)
{
	struct world *w = new_world();

	(void)state;
	put(w, START "listeningOn==40001==\n" END);
	interceptor_answer(&w->i, 0, NULL, &gone);
	assert_out(w, START "listeningOn====\n" END);
	w->out.len = 0;
	put(w, "listeningOn==40001==\n");
	assert_int_equal(w->holds, 2);
	interceptor_answer(&w->i, 0, NULL, &gone);
	assert_out(w, "listeningOn==40001==\n");
	free_world(w);
}

static void takes_a_path(void **state)
{
	struct world *w = new_world();
	char path[300];

	(void)state;
	memset(path, 'x', sizeof path - 1);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	put(w, START "listeningOn==/run/s==\n");
	assert_int_equal(w->line.target, HELD_PATH);
	interceptor_answer(&w->i, 0, "/tmp/ours", NULL);
	assert_out(w, START "listeningOn==/tmp/ours==\n");
	w->out.len = 0;
	/* What does not fit is none. */
	put(w, "listeningOn==/run/s==\n");
	interceptor_answer(&w->i, 0, path, &gone);
	assert_out(w, "listeningOn====\n");
	free_world(w);
}

static void goes_on_when_answered_at_once(void **state)
{
	struct world *w = new_world();

	(void)state;
	w->at_once = 1;
	put(w, START "listeningOn==1==\nexecServerListeningOn==2==\n" END "x");
	assert_int_equal(w->holds, 2);
	assert_false(filters_are_held(&w->all));
	assert_out(w, START "listeningOn==7==\nexecServerListeningOn==7==\n"
		END "x");
	free_world(w);
}

/* All lines together wait for so long, and then for nothing. */
static void has_so_much_time(void **state)
{
	struct world *w = new_world();
	long long want = 4 * WAIT_MS;

	(void)state;
	for (int n = 0; n < 6; n++) {
		put(w, "listeningOn==1==\n");
		assert_int_equal(w->wait_ms, want);
		now += WAIT_MS;
		want = want < WAIT_MS ? 0 : want - WAIT_MS;
		interceptor_answer(&w->i, 0, NULL, &gone);
	}
	free_world(w);
}

/* What ends amid a line that may become one, and one that is held. */
static void says_all_at_the_end(void **state)
{
	struct world *w = new_world();

	(void)state;
	put(w, "listeningOn==12");
	assert_out(w, "listeningOn==");
	filters_end(&w->all);
	assert_out(w, "listeningOn==12");
	assert_int_equal(w->ends, 1);
	free_world(w);

	w = new_world();
	put(w, "listeningOn==12==\nrest");
	filters_end(&w->all);
	assert_int_equal(w->ends, 0);
	interceptor_answer(&w->i, 34, NULL, NULL);
	assert_out(w, "listeningOn==34==\nrest");
	assert_int_equal(w->ends, 1);
	free_world(w);
}

static int group_setup(void **state)
{
	(void)state;
	log_init("test_interceptor");
	log_set_quiet(1);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_our_port_in),
		cmocka_unit_test(tells_that_there_is_none),
		cmocka_unit_test(takes_a_path),
		cmocka_unit_test(goes_on_when_answered_at_once),
		cmocka_unit_test(has_so_much_time),
		cmocka_unit_test(says_all_at_the_end),
	};

	return cmocka_run_group_tests_name("interceptor", tests, group_setup,
		NULL);
}
