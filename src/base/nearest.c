/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/nearest.h"

#include <limits.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Row by row of the table of distances between all beginnings of both. */
unsigned nearest_distance(const char *a, const char *b)
{
	unsigned rows[3][NEAREST_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > NEAREST_MAX || lb > NEAREST_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3];
		const unsigned *before = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			now[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]),
				least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return rows[la % 3][lb];
}

/*
 * How far apart two words may be and one still a slip of the other: by the
 * shorter, since of few letters each is much. "wait" is not "exit".
 */
static unsigned slips(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), len = la < lb ? la : lb;

	return len < 3 ? 0 : len < 5 ? 1 : 2;
}

const char *nearest(const char *word, const char *const *names, size_t n)
{
	unsigned best = UINT_MAX;
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		unsigned d = nearest_distance(word, names[i]);

		if (d < best && d <= slips(word, names[i])) {
			best = d;
			found = names[i];
		}
	}
	return found;
}
