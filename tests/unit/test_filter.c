/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/filter.h"

/*
 * Writes each byte but '!' as it is, "(NAME)" at the end, and holds at '!', which
 * comes out as "NAME" once released. With '?' it is released before it returns.
 */
struct marker {
	struct filter filter;
	char name;
	int kept;	/* a '!' is to come out */
	int ends;
};

static size_t marker_data(struct filter *f, const char *data, size_t len)
{
	struct marker *m = (struct marker *)f;
	size_t at = 0;

	if (m->kept)
		filter_pass(f, &m->name, 1);
	m->kept = 0;
	while (at < len) {
		size_t n = 0;

		while (at + n < len && strchr("!?", data[at + n]) == NULL)
			n++;
		if (n > 0)
			filter_pass(f, data + at, n);
		at += n;
		if (at == len)
			break;
		m->kept = 1;
		filter_hold(f);
		if (data[at++] == '!')
			break;
		filter_release(f);
		filter_pass(f, &m->name, 1);
		m->kept = 0;
	}
	return at;
}

static void marker_end(struct filter *f)
{
	struct marker *m = (struct marker *)f;

	m->ends++;
	filter_pass(f, "(", 1);
	filter_pass(f, &m->name, 1);
	filter_pass(f, ")", 1);
}

static const struct filter_ops marker_ops = { marker_data, marker_end };

/* Passes all, has no end, and remembers what came. */
struct looker {
	struct filter filter;
	struct buf seen;
};

static size_t looker_data(struct filter *f, const char *data, size_t len)
{
	struct looker *l = (struct looker *)f;

	buf_append(&l->seen, data, len);
	filter_pass(f, data, len);
	return len;
}

static const struct filter_ops looker_ops = { .data = looker_data };

struct world {
	struct filters all;
	struct looker looker;
	struct marker one, two;
	struct buf out;
	int ends, releases;
	const char *same;	/* where the last bytes were that came out */
};

static void out_data(const char *data, size_t len, void *arg)
{
	struct world *w = arg;

	assert_int_equal(w->ends, 0);
	w->same = data;
	buf_append(&w->out, data, len);
}

static void out_end(void *arg)
{
	struct world *w = arg;

	w->ends++;
}

static void out_released(void *arg)
{
	struct world *w = arg;

	assert_int_equal(w->ends, 0);
	assert_false(filters_are_held(&w->all));
	w->releases++;
}

static const struct filter_target out = { out_data, out_end, out_released };

static struct world *new_world(void)
{
	struct world *w = calloc(1, sizeof *w);

	w->one.name = '1';
	w->two.name = '2';
	filters_add(&w->all, &w->looker.filter, &looker_ops);
	filters_add(&w->all, &w->one.filter, &marker_ops);
	filters_add(&w->all, &w->two.filter, &marker_ops);
	filters_set_target(&w->all, &out, w);
	return w;
}

static void free_world(struct world *w)
{
	filter_fini(&w->one.filter);
	filter_fini(&w->two.filter);
	buf_fini(&w->looker.seen);
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

static void passes_without_a_copy(void **state)
{
	static const char text[] = "as it is";
	struct world *w = new_world();
	struct filters none = { 0 };

	(void)state;
	put(w, text);
	assert_out(w, "as it is");
	assert_ptr_equal(w->same, text);
	filters_end(&w->all);
	assert_out(w, "as it is(1)(2)");
	assert_int_equal(w->ends, 1);
	free_world(w);

	w = new_world();
	filters_set_target(&none, &out, w);
	filters_put(&none, "x", 1);
	filters_end(&none);
	assert_out(w, "x");
	assert_int_equal(w->ends, 1);
	free_world(w);
}

static void holds_all_that_follows(void **state)
{
	struct world *w = new_world();

	(void)state;
	put(w, "a!b");
	assert_true(filters_are_held(&w->all));
	put(w, "c");
	assert_out(w, "a");
	filters_end(&w->all);
	assert_int_equal(w->ends, 0);
	assert_int_equal(w->one.ends, 0);
	filter_release(&w->one.filter);
	assert_out(w, "a1bc(1)(2)");
	assert_int_equal(w->ends, 1);
	filter_release(&w->one.filter);	/* once is enough */
	assert_out(w, "a1bc(1)(2)");
	assert_int_equal(w->ends, 1);
	free_world(w);
}

/* Two lines in what was given at once: held one after the other. */
static void holds_again(void **state)
{
	struct world *w = new_world();

	(void)state;
	put(w, "a!b!c");
	filter_release(&w->one.filter);
	assert_out(w, "a1b");
	assert_true(filters_are_held(&w->all));
	assert_int_equal(w->releases, 0);
	filter_release(&w->one.filter);
	assert_out(w, "a1b1c");
	assert_false(filters_are_held(&w->all));
	assert_int_equal(w->releases, 1);
	assert_int_equal(w->looker.seen.len, 5);
	free_world(w);
}

/* The second holds what the first lets pass, in either order of releases. */
static void holds_in_two_places(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct world *w = new_world();

		filter_hold(&w->two.filter);
		put(w, "a!b");
		filters_end(&w->all);
		assert_out(w, "");
		filter_release(order ? &w->one.filter : &w->two.filter);
		assert_out(w, order ? "" : "a");
		assert_int_equal(w->ends, 0);
		filter_release(order ? &w->two.filter : &w->one.filter);
		assert_out(w, "a1b(1)(2)");
		assert_int_equal(w->ends, 1);
		assert_int_equal(w->one.ends, 1);
		assert_int_equal(w->two.ends, 1);
		free_world(w);
	}
}

static void goes_on_when_released_at_once(void **state)
{
	struct world *w = new_world();

	(void)state;
	put(w, "a?b?c");
	assert_out(w, "a1b1c");
	filters_end(&w->all);
	assert_out(w, "a1b1c(1)(2)");
	free_world(w);
}

/* However it is cut, the same comes out. */
static void does_not_see_the_cuts(void **state)
{
	static const char text[] = "ab!c?!d!";

	(void)state;
	for (size_t piece = 1; piece <= sizeof text; piece++) {
		struct world *w = new_world();

		for (size_t at = 0; at < sizeof text - 1; at += piece) {
			size_t left = sizeof text - 1 - at;

			filters_put(&w->all, text + at,
				piece < left ? piece : left);
		}
		filters_end(&w->all);
		while (filters_are_held(&w->all))
			filter_release(&w->one.filter);
		assert_out(w, "ab1c11d1(1)(2)");
		assert_int_equal(w->ends, 1);
		free_world(w);
	}
}

static struct world *to_be_freed;

static void end_of_all(void *arg)
{
	assert_ptr_equal(arg, to_be_freed);
	free_world(to_be_freed);
	to_be_freed = NULL;
}

/* Who hears that all is through may free the filters, by a release, too. */
static void may_be_freed_at_the_end(void **state)
{
	static const struct filter_target last = {
		out_data, end_of_all, out_released
	};

	(void)state;
	for (int held = 0; held < 2; held++) {
		struct world *w = to_be_freed = new_world();

		filters_set_target(&w->all, &last, w);
		put(w, held ? "a!" : "a");
		filters_end(&w->all);
		if (held)
			filter_release(&w->one.filter);
		assert_null(to_be_freed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_without_a_copy),
		cmocka_unit_test(holds_all_that_follows),
		cmocka_unit_test(holds_again),
		cmocka_unit_test(holds_in_two_places),
		cmocka_unit_test(goes_on_when_released_at_once),
		cmocka_unit_test(does_not_see_the_cuts),
		cmocka_unit_test(may_be_freed_at_the_end),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
