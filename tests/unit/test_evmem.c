/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "net/evmem.h"

#define MANY 40000	/* more than there are cells */

static void **get(size_t size)
{
	void **all = calloc(MANY, sizeof *all);

	for (int i = 0; i < MANY; i++) {
		all[i] = evmem_alloc(size);
		memset(all[i], i, size);
	}
	return all;
}

static void put(void **all)
{
	for (int i = 0; i < MANY; i++)
		evmem_free(all[i]);
	free(all);
}

static void gives_each_its_own(void **state)
{
	(void)state;
	for (int round = 0; round < 2; round++) {
		void **all = get(EVMEM_SMALL);

		for (int i = 0; i < MANY; i++) {
			const unsigned char *p = all[i];

			assert_int_equal((uintptr_t)p % _Alignof(max_align_t),
				0);
			for (int at = 0; at < EVMEM_SMALL; at++)
				assert_int_equal(p[at], i & 0xff);
		}
		put(all);
	}
}

/* What lies among large blocks does not hold their pages. */
static void keeps_small_ones_together(void **state)
{
	uintptr_t low = UINTPTR_MAX, high = 0;
	void *small[100], *large[100];

	(void)state;
	for (int i = 0; i < 100; i++) {
		large[i] = evmem_alloc(10000);
		small[i] = i % 2 ? evmem_alloc(20) : evmem_realloc(NULL, 20);
		low = (uintptr_t)small[i] < low ? (uintptr_t)small[i] : low;
		high = (uintptr_t)small[i] > high ? (uintptr_t)small[i] : high;
	}
	assert_true(high - low < 1 << 20);
	for (int i = 0; i < 100; i++) {
		assert_true((uintptr_t)large[i] < low ||
			(uintptr_t)large[i] > high);
		evmem_free(large[i]);
		evmem_free(small[i]);
	}
}

static void keeps_bytes_that_grow(void **state)
{
	static const size_t sizes[] = { 1, EVMEM_SMALL - 1, EVMEM_SMALL,
		EVMEM_SMALL + 1, 1000, 100000 };
	char *p = NULL;
	size_t had = 0;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		p = evmem_realloc(p, sizes[i]);
		for (size_t at = 0; at < had; at++)
			assert_int_equal(p[at], (char)at);
		for (had = 0; had < sizes[i]; had++)
			p[had] = had;
	}
	evmem_free(p);
	p = evmem_alloc(8);
	memcpy(p, "1234567", 8);
	p = evmem_realloc(p, 500);
	assert_string_equal(p, "1234567");
	evmem_free(p);
	evmem_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_each_its_own),
		cmocka_unit_test(keeps_small_ones_together),
		cmocka_unit_test(keeps_bytes_that_grow),
	};

	return cmocka_run_group_tests_name("evmem", tests, NULL, NULL);
}
