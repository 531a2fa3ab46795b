/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "net/stream.h"

enum which { INWARD, OUTWARD, BOTH };

static const struct {
	enum stream_event event;
	enum which half;		/* whose state the row is about */
	enum stream_half state, next;
	enum stream_action action;
} rows[] = {
	{ STREAM_SOCKET_EOF, INWARD, HALF_OPEN, HALF_CLOSED, STREAM_SEND_EOF },
	{ STREAM_LINK_EOF, OUTWARD, HALF_OPEN, HALF_DRAINING, STREAM_DRAIN },
	{ STREAM_WRITTEN, OUTWARD, HALF_DRAINING, HALF_CLOSED,
		STREAM_SHUTDOWN },
	{ STREAM_SOCKET_ERROR, BOTH, HALF_OPEN, HALF_CLOSED,
		STREAM_SEND_RESET },
	{ STREAM_LINK_ERROR, BOTH, HALF_OPEN, HALF_CLOSED,
		STREAM_RESET_SOCKET },
	{ STREAM_WRITE_ERROR, OUTWARD, HALF_OPEN, HALF_CLOSED, STREAM_DROP },
	{ STREAM_WRITE_ERROR, OUTWARD, HALF_DRAINING, HALF_CLOSED,
		STREAM_DROP },
};

int stream_is_over(const struct stream *s)
{
	return s->inward == HALF_CLOSED && s->outward == HALF_CLOSED;
}

enum stream_action stream_event(struct stream *s, enum stream_event ev)
{
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum stream_half *half = rows[i].half == INWARD ? &s->inward :
			&s->outward;

		if (rows[i].event != ev)
			continue;
		if (rows[i].half == BOTH) {
			if (stream_is_over(s))
				return STREAM_NOTHING;
			s->inward = s->outward = HALF_CLOSED;
			return rows[i].action;
		}
		if (*half != rows[i].state)
			continue;
		*half = rows[i].next;
		return rows[i].action;
	}
	return STREAM_NOTHING;
}

const char *stream_half_name(enum stream_half half)
{
	static const char *const names[] = {
		[HALF_OPEN] = "open",
		[HALF_DRAINING] = "draining",
		[HALF_CLOSED] = "closed",
	};

	return names[half];
}
