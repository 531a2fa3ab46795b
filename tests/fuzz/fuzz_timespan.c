/* SPDX-License-Identifier: BSD-2-Clause */
/* Lengths of time: what is taken is within bounds, and the same once more as
 * squeue writes it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timespan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOT_TOUCHED (-77)

static void check(int (*parse)(const char *, long *), const char *text,
	long max)
{
	long n = NOT_TOUCHED, again;
	int ret = parse(text, &n);

	if (ret == 0 ? n < 0 || n > max : n != NOT_TOUCHED)
		abort();
	if (ret != 0 && ret != -1 && ret != TIMESPAN_TOO_LONG)
		abort();
	if (ret == 0 && n < TIMESPAN_MAX &&
		(timespan_slurm(timespan_text(n).s, &again) != 0 ||
		again != n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	long number = 0;

	check(timespan_units, text, TIMESPAN_MAX);
	check(timespan_either, text, TIMESPAN_MAX);
	check(timespan_slurm, text, INT32_MAX * 90000L);
	memcpy(&number, data, size < sizeof number ? size : sizeof number);
	if (strlen(timespan_text(number).s) == 0)
		abort();
	free(text);
	return 0;
}
