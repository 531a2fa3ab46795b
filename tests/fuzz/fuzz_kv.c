/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte says whether the end of input ends the record. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/kv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Written again and read again a record is the same. */
static void check_again(const struct kv *kv)
{
	struct buf b = { 0 };
	struct kv again;

	for (size_t i = 0; i < kv->n; i++)
		kv_write(&b, kv->pairs[i].key, kv->pairs[i].value);
	buf_puts(&b, "\n");
	if (kv_parse(&again, buf_data(&b), b.len, 0, NULL) != (long)b.len ||
		again.n != kv->n)
		abort();
	for (size_t i = 0; i < kv->n; i++)
		if (strcmp(kv->pairs[i].key, again.pairs[i].key) != 0 ||
			strcmp(kv->pairs[i].value, again.pairs[i].value) != 0)
			abort();
	kv_fini(&again);
	buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e;
	struct kv kv;
	long took;

	if (size == 0)
		return 0;
	took = kv_parse(&kv, (const char *)data + 1, size - 1, data[0] & 1, &e);
	if (took > (long)(size - 1) || (took <= 0 && kv.n != 0))
		abort();
	if (took > 0)
		check_again(&kv);
	kv_fini(&kv);
	return 0;
}
