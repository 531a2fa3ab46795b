/* SPDX-License-Identifier: BSD-2-Clause */
/* Two words, a line each: their distance is one, from either. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <limits.h>

#include "base/mem.h"
#include "base/nearest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "attach", "alloc", "cancel",
		"status" };
	char *a = mem_strndup((const char *)data, size), *b = strchr(a, '\n');
	const char *found;
	unsigned d;
	size_t la, lb;

	if (b == NULL)
		b = a + strlen(a);
	else
		*b++ = '\0';
	la = strlen(a);
	lb = strlen(b);
	d = nearest_distance(a, b);
	if (d != nearest_distance(b, a))
		abort();
	if (la > NEAREST_MAX || lb > NEAREST_MAX) {
		if (d != UINT_MAX)
			abort();
	} else if ((d == 0) != (strcmp(a, b) == 0) ||
		d > (la > lb ? la : lb) || d < (la > lb ? la - lb : lb - la)) {
		abort();
	}
	found = nearest(a, names, sizeof names / sizeof *names);
	if (found != NULL && nearest_distance(a, found) > 2)
		abort();
	free(a);
	return 0;
}
