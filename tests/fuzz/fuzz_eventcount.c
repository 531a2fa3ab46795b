/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of a system log counts as one event, or not at all. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/eventcount.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eventcount c = { .gaps = 0 };
	unsigned long long events = 0, ends = 0;
	int ret = eventcount_line(&c, (const char *)data, size);

	for (size_t i = 0; i < EVENTCOUNT_EVENTS; i++)
		events += c.event[i];
	for (size_t i = 0; i < EVENTCOUNT_ENDS; i++)
		ends += c.end[i];
	if (events != (unsigned)ret || ends > events || c.gaps != 0)
		abort();
	return 0;
}
