/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/version.h"

#include <string.h>

#include "base/number.h"

#define PART_MAX 999999

/* The parts; -1: it is no version. */
static int read_parts(const char *text, size_t len,
	unsigned long long part[VERSION_PARTS])
{
	const char *at = text, *end = text + len;
	int n = 0;

	memset(part, 0, VERSION_PARTS * sizeof *part);
	if (len >= VERSION_MAX)
		return -1;
	for (;;) {
		if (n == VERSION_PARTS ||
			number_take(&at, end, PART_MAX, &part[n++]) == -1)
			return -1;
		if (at == end)
			return 0;
		if (*at++ != '.')
			return -1;
	}
}

int version_is(const char *text, size_t len)
{
	unsigned long long part[VERSION_PARTS];

	return read_parts(text, len, part) == 0;
}

int version_compare(const char *a, const char *b)
{
	unsigned long long x[VERSION_PARTS], y[VERSION_PARTS];

	(void)read_parts(a, strlen(a), x);
	(void)read_parts(b, strlen(b), y);
	for (int i = 0; i < VERSION_PARTS; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}
