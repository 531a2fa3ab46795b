/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/number.h"

#include <string.h>

int number_take(const char **at, const char *end, unsigned long long max,
	unsigned long long *out)
{
	const char *s = *at;
	unsigned long long n = 0;

	if (s == end || *s < '0' || *s > '9')
		return -1;
	for (; s < end && *s >= '0' && *s <= '9'; s++) {
		unsigned d = (unsigned)(*s - '0');

		if (d > max || n > (max - d) / 10)
			return -1;
		n = n * 10 + d;
	}
	*at = s;
	*out = n;
	return 0;
}

int number_read(const char *text, long min, long max, long *out)
{
	const char *at = text, *end = text + strlen(text);
	unsigned long long n;

	if (max < 0 || number_take(&at, end, (unsigned long long)max, &n) ==
		-1 || at != end || (long)n < min)
		return -1;
	*out = (long)n;
	return 0;
}

int number_rows(const struct number_row *rows, size_t n, const struct kv *kv,
	void *record, struct err *e)
{
	int ret = 0;

	for (size_t i = 0; i < n; i++) {
		const struct number_row *r = &rows[i];
		const char *text = kv_get(kv, r->key);
		long *out = (long *)((char *)record + r->at);

		*out = r->absent;
		if (text == NULL || number_read(text, r->min, r->max, out) == 0)
			continue;
		if (ret == 0)
			err_set(e, "%s=%.40s is not a number from %ld to %ld",
				r->key, text, r->min, r->max);
		ret = -1;
	}
	return ret;
}
