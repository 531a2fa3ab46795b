/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/stream.h"

enum { O = HALF_OPEN, D = HALF_DRAINING, C = HALF_CLOSED };

/*
 * The whole product of states and events. Inward never drains (what the socket
 * said is in the link's queue already), so those states are not reached; an
 * error ends them all the same.
 */
static const struct row {
	int in, out;
	enum stream_event ev;
	int next_in, next_out;
	enum stream_action action;
} rows[] = {
	{ O, O, STREAM_SOCKET_EOF, C, O, STREAM_SEND_EOF },
	{ O, O, STREAM_LINK_EOF, O, D, STREAM_DRAIN },
	{ O, O, STREAM_WRITTEN, O, O, STREAM_NOTHING },
	{ O, O, STREAM_SOCKET_ERROR, C, C, STREAM_SEND_RESET },
	{ O, O, STREAM_LINK_ERROR, C, C, STREAM_RESET_SOCKET },
	{ O, O, STREAM_WRITE_ERROR, O, C, STREAM_DROP },

	{ O, D, STREAM_SOCKET_EOF, C, D, STREAM_SEND_EOF },
	{ O, D, STREAM_LINK_EOF, O, D, STREAM_NOTHING },
	{ O, D, STREAM_WRITTEN, O, C, STREAM_SHUTDOWN },
	{ O, D, STREAM_SOCKET_ERROR, C, C, STREAM_SEND_RESET },
	{ O, D, STREAM_LINK_ERROR, C, C, STREAM_RESET_SOCKET },
	{ O, D, STREAM_WRITE_ERROR, O, C, STREAM_DROP },

	{ O, C, STREAM_SOCKET_EOF, C, C, STREAM_SEND_EOF },
	{ O, C, STREAM_LINK_EOF, O, C, STREAM_NOTHING },
	{ O, C, STREAM_WRITTEN, O, C, STREAM_NOTHING },
	{ O, C, STREAM_SOCKET_ERROR, C, C, STREAM_SEND_RESET },
	{ O, C, STREAM_LINK_ERROR, C, C, STREAM_RESET_SOCKET },
	{ O, C, STREAM_WRITE_ERROR, O, C, STREAM_NOTHING },

	{ C, O, STREAM_SOCKET_EOF, C, O, STREAM_NOTHING },
	{ C, O, STREAM_LINK_EOF, C, D, STREAM_DRAIN },
	{ C, O, STREAM_WRITTEN, C, O, STREAM_NOTHING },
	{ C, O, STREAM_SOCKET_ERROR, C, C, STREAM_SEND_RESET },
	{ C, O, STREAM_LINK_ERROR, C, C, STREAM_RESET_SOCKET },
	{ C, O, STREAM_WRITE_ERROR, C, C, STREAM_DROP },

	{ C, D, STREAM_SOCKET_EOF, C, D, STREAM_NOTHING },
	{ C, D, STREAM_LINK_EOF, C, D, STREAM_NOTHING },
	{ C, D, STREAM_WRITTEN, C, C, STREAM_SHUTDOWN },
	{ C, D, STREAM_SOCKET_ERROR, C, C, STREAM_SEND_RESET },
	{ C, D, STREAM_LINK_ERROR, C, C, STREAM_RESET_SOCKET },
	{ C, D, STREAM_WRITE_ERROR, C, C, STREAM_DROP },

	{ C, C, STREAM_SOCKET_EOF, C, C, STREAM_NOTHING },
	{ C, C, STREAM_LINK_EOF, C, C, STREAM_NOTHING },
	{ C, C, STREAM_WRITTEN, C, C, STREAM_NOTHING },
	{ C, C, STREAM_SOCKET_ERROR, C, C, STREAM_NOTHING },
	{ C, C, STREAM_LINK_ERROR, C, C, STREAM_NOTHING },
	{ C, C, STREAM_WRITE_ERROR, C, C, STREAM_NOTHING },

	{ D, O, STREAM_SOCKET_EOF, D, O, STREAM_NOTHING },
	{ D, O, STREAM_LINK_EOF, D, D, STREAM_DRAIN },
	{ D, O, STREAM_WRITTEN, D, O, STREAM_NOTHING },
	{ D, O, STREAM_SOCKET_ERROR, C, C, STREAM_SEND_RESET },
	{ D, O, STREAM_LINK_ERROR, C, C, STREAM_RESET_SOCKET },
	{ D, O, STREAM_WRITE_ERROR, D, C, STREAM_DROP },

	{ D, D, STREAM_SOCKET_EOF, D, D, STREAM_NOTHING },
	{ D, D, STREAM_LINK_EOF, D, D, STREAM_NOTHING },
	{ D, D, STREAM_WRITTEN, D, C, STREAM_SHUTDOWN },
	{ D, D, STREAM_SOCKET_ERROR, C, C, STREAM_SEND_RESET },
	{ D, D, STREAM_LINK_ERROR, C, C, STREAM_RESET_SOCKET },
	{ D, D, STREAM_WRITE_ERROR, D, C, STREAM_DROP },

	{ D, C, STREAM_SOCKET_EOF, D, C, STREAM_NOTHING },
	{ D, C, STREAM_LINK_EOF, D, C, STREAM_NOTHING },
	{ D, C, STREAM_WRITTEN, D, C, STREAM_NOTHING },
	{ D, C, STREAM_SOCKET_ERROR, C, C, STREAM_SEND_RESET },
	{ D, C, STREAM_LINK_ERROR, C, C, STREAM_RESET_SOCKET },
	{ D, C, STREAM_WRITE_ERROR, D, C, STREAM_NOTHING },
};
#define N_ROWS (sizeof rows / sizeof rows[0])

static const struct row *find(int in, int out, int ev)
{
	const struct row *found = NULL;

	for (size_t i = 0; i < N_ROWS; i++)
		if (rows[i].in == in && rows[i].out == out &&
			(int)rows[i].ev == ev) {
			assert_null(found);
			found = &rows[i];
		}
	assert_non_null(found);
	return found;
}

static void does_what_is_written(void **state)
{
	size_t n = 0;

	(void)state;
	for (int in = O; in <= C; in++)
		for (int out = O; out <= C; out++)
			for (int ev = 0; ev <= STREAM_WRITE_ERROR; ev++, n++) {
				const struct row *r = find(in, out, ev);
				struct stream s = { in, out };
				enum stream_action a = stream_event(&s, ev);

				if (a != r->action || (int)s.inward !=
					r->next_in || (int)s.outward !=
					r->next_out)
					fail_msg("row %zu: %d %d, action %d",
						(size_t)(r - rows), s.inward,
						s.outward, a);
			}
	assert_int_equal(n, N_ROWS);
}

static void is_over_when_both_are(void **state)
{
	(void)state;
	for (int in = O; in <= C; in++)
		for (int out = O; out <= C; out++) {
			struct stream s = { in, out };

			assert_int_equal(stream_is_over(&s), in == C &&
				out == C);
		}
}

static void begins_open_and_has_names(void **state)
{
	struct stream s = { 0 };

	(void)state;
	assert_int_equal(s.inward, HALF_OPEN);
	assert_int_equal(s.outward, HALF_OPEN);
	assert_string_equal(stream_half_name(HALF_OPEN), "open");
	assert_string_equal(stream_half_name(HALF_DRAINING), "draining");
	assert_string_equal(stream_half_name(HALF_CLOSED), "closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_what_is_written),
		cmocka_unit_test(is_over_when_both_are),
		cmocka_unit_test(begins_open_and_has_names),
	};

	return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
