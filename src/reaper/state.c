/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "reaper/state.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

#define HEAD "vscode-grim-reaper-state 1 "
#define ROWS_MAX 65536

void state_fini(struct state *s)
{
	free(s->row);
	*s = (struct state){ 0 };
}

void state_add(struct state *s, const struct state_row *row)
{
	s->row = mem_realloc(s->row, (s->n + 1) * sizeof *s->row);
	s->row[s->n++] = *row;
}

const struct state_row *state_find(const struct state *s, int pid,
	unsigned long long start)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->row[i].pid == pid && s->row[i].start == start)
			return &s->row[i];
	return NULL;
}

/* A number that ends at stop, which is passed over. */
static int state_number(const char **at, const char *end, char stop,
	unsigned long long max, unsigned long long *out)
{
	if (number_take(at, end, max, out) == -1 || *at == end || **at != stop)
		return -1;
	++*at;
	return 0;
}

int state_parse(struct state *s, const char *text, size_t len,
	const char *boot)
{
	const char *end = text + len, *at;
	size_t head = sizeof HEAD - 1, id = strlen(boot);

	*s = (struct state){ 0 };
	if (len < head || memcmp(text, HEAD, head) != 0)
		return -1;
	at = memchr(text, '\n', len);
	if (at == NULL)
		return -1;
	if ((size_t)(at - text) != head + id ||
		memcmp(text + head, boot, id) != 0)
		return 0;
	for (at++; at < end;) {
		unsigned long long v[5];

		if (s->n == ROWS_MAX ||
			state_number(&at, end, ' ', INT_MAX, &v[0]) == -1 ||
			state_number(&at, end, ' ', ULLONG_MAX, &v[1]) == -1 ||
			state_number(&at, end, ' ', LONG_MAX, &v[2]) == -1 ||
			state_number(&at, end, ' ', ULLONG_MAX, &v[3]) == -1 ||
			state_number(&at, end, '\n', LONG_MAX, &v[4]) == -1) {
			state_fini(s);
			return -1;
		}
		state_add(s, &(struct state_row){ (int)v[0], v[1],
			(long)v[2], v[3], (long)v[4] });
	}
	return 0;
}

void state_print(const struct state *s, const char *boot,
	struct buf *out)
{
	buf_printf(out, HEAD "%s\n", boot);
	for (size_t i = 0; i < s->n; i++)
		buf_printf(out, "%d %llu %ld %llu %ld\n", s->row[i].pid,
			s->row[i].start, s->row[i].connected, s->row[i].cpu,
			s->row[i].at);
}
