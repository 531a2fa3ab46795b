/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "front/parting.h"
#include "front/startup.h"
#include "net/loop.h"

struct world {
	struct event_base *base;
	struct parting *parting;
	struct startup startup;
	struct filters in, out;
	struct buf read, printed;
};

static void append(const char *data, size_t len, void *arg)
{
	buf_append(arg, data, len);
}

static const struct filter_target target = { .data = append };

static void begin(struct world *w)
{
	*w = (struct world){ 0 };
	w->base = loop_new();
	w->parting = parting_new(w->base);
	startup_init(&w->startup, w->base, w->parting, NULL);
	startup_watch(&w->startup, &w->in, &w->out);
	filters_set_target(&w->in, &target, &w->read);
	filters_set_target(&w->out, &target, &w->printed);
}

static void end(struct world *w)
{
	startup_fini(&w->startup);
	parting_free(w->parting);
	event_base_free(w->base);
	buf_fini(&w->read);
	buf_fini(&w->printed);
}

static int is_waiting(const struct world *w)
{
	return event_pending(w->startup.late, EV_TIMEOUT, NULL);
}

static void put(struct filters *all, const char *text)
{
	filters_put(all, text, strlen(text));
}

/* From what an editor types first until the shell has come to it. */
static void waits_for_the_answer(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	put(&w.out, "motd: ");
	assert_false(is_waiting(&w));
	put(&w.in, "echo rea");
	assert_false(is_waiting(&w));
	put(&w.in, "dy: 17\n");
	assert_true(is_waiting(&w));
	put(&w.out, "welcome rea");
	assert_true(is_waiting(&w));
	put(&w.out, "dy: 17");
	assert_false(is_waiting(&w));
	/* And all of it is where it was to go. */
	assert_int_equal(w.read.len, 15);
	assert_memory_equal(buf_data(&w.read), "echo ready: 17\n", 15);
	assert_int_equal(w.printed.len, 23);
	end(&w);
}

static void does_not_wait_for_people(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	put(&w.in, "ls\n");
	assert_false(is_waiting(&w));
	startup_ended(&w.startup, 0);
	end(&w);
}

static void stops_with_the_shell(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	put(&w.in, "echo ready: 17\n");
	assert_true(is_waiting(&w));
	startup_ended(&w.startup, 0);
	assert_false(is_waiting(&w));
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_for_the_answer),
		cmocka_unit_test(does_not_wait_for_people),
		cmocka_unit_test(stops_with_the_shell),
	};

	return cmocka_run_group_tests_name("startup", tests, NULL, NULL);
}
