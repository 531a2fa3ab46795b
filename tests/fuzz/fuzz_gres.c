/* SPDX-License-Identifier: BSD-2-Clause */
/* A node's generic resources, and what of them is in use: two lines. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "launch/gres.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void want(int true)
{
	if (!true)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gres_tally t = { 0 };
	char *text = malloc(size + 1), *used;
	unsigned long sum = 0, rows = 0;
	struct gres_gpu gpu;

	memcpy(text, data, size);
	text[size] = '\0';
	used = strchr(text, '\n');
	if (used != NULL)
		*used++ = '\0';
	for (const char *at = text; gres_next(&at, &gpu);) {
		want(gpu.count <= GRES_COUNT_MAX);
		want(memchr(gpu.type, '\0', sizeof gpu.type) != NULL);
		sum += gpu.count;
	}
	gres_count(&t, text, used, 1);
	want(t.n <= GRES_TYPES_MAX);
	for (size_t i = 0; i < t.n; i++) {
		want(t.row[i].idle <= t.row[i].total);
		rows += t.row[i].total;
	}
	want(rows <= sum && (t.n == GRES_TYPES_MAX || rows == sum));
	free(text);
	return 0;
}
