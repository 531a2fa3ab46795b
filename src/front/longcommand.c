/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "front/longcommand.h"

/* As soon as anything passes, which is when there is a shell. */
static size_t pass_behind(struct filter *f, const char *data, size_t len)
{
	struct longcommand *l = (struct longcommand *)f;
	struct buf ahead = l->ahead;

	l->ahead = (struct buf){ 0 };
	filter_pass(f, buf_data(&ahead), ahead.len);
	buf_fini(&ahead);
	filter_pass(f, data, len);
	return len;
}

static const struct filter_ops ops = { .data = pass_behind };

void longcommand_send(struct longcommand *l, struct filters *of_stdin,
	const char *command, size_t len)
{
	buf_append(&l->ahead, command, len);
	filters_add(of_stdin, &l->filter, &ops);
}

void longcommand_fini(struct longcommand *l)
{
	buf_fini(&l->ahead);
	filter_fini(&l->filter);
}

/*
 * Byte by byte, since what is read at once may be more than the command. The
 * letter behind it keeps newlines at its end; quoted, csh and fish take it, too.
 */
void longcommand_put(struct buf *out, size_t len)
{
	buf_printf(out, "exec /bin/sh -c 'c=$(dd bs=1 count=%zu 2>/dev/null; echo x); exec \"${SHELL:-/bin/sh}\" -c \"${c%%x}\"'",
		len);
}
