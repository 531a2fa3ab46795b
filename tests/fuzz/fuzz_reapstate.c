/* SPDX-License-Identifier: BSD-2-Clause */
/* What was read of a state file is written and read again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "reaper/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct state one, two;
	struct buf text = { 0 };

	if (state_parse(&one, (const char *)data, size, "boot") == -1) {
		if (one.n != 0 || one.row != NULL)
			abort();
		return 0;
	}
	state_print(&one, "boot", &text);
	if (state_parse(&two, buf_data(&text), text.len, "boot") == -1 ||
		one.n != two.n)
		abort();
	for (size_t i = 0; i < one.n; i++) {
		const struct state_row *a = &one.row[i], *b = &two.row[i];

		if (a->pid != b->pid || a->start != b->start ||
			a->connected != b->connected || a->cpu != b->cpu ||
			a->at != b->at || a->pid < 0 || a->at < 0 ||
			state_find(&one, a->pid, a->start) == NULL)
			abort();
	}
	state_fini(&one);
	state_fini(&two);
	buf_fini(&text);
	return 0;
}
