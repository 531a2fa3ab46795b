/* SPDX-License-Identifier: BSD-2-Clause */
/* What strtoull(3) makes of the same digits is what is read, or it is beyond. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <limits.h>

#include "base/mem.h"
#include "base/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	size_t digits = strspn(text, "0123456789");
	unsigned long long want;
	long n = -1;
	int ret, good;

	errno = 0;
	want = strtoull(text, NULL, 10);
	good = digits > 0 && text[digits] == '\0' && errno == 0;
	ret = number_read(text, 0, LONG_MAX, &n);
	if ((ret == 0) != (good && want <= LONG_MAX) ||
		(ret == 0 ? (unsigned long long)n != want : n != -1))
		abort();
	ret = number_read(text, 10, 99, &n);
	if ((ret == 0) != (good && want >= 10 && want <= 99))
		abort();
	free(text);
	return 0;
}
