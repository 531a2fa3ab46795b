/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte says how the rest is cut; the places must be the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "editor/folderline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PLACES 64

/* Where lines are to be put in, for pieces of the sizes that cut gives. */
static size_t places(const char *text, size_t len, unsigned cut,
	size_t at[PLACES])
{
	struct folderline f = { .line.len = 0 };
	size_t in = 0, n = 0;

	while (in < len) {
		size_t here = cut == 0 ? len - in : 1 + cut % 61, took;

		cut = cut == 0 ? 0 : cut * 1103515245 + 12345;
		if (here > len - in)
			here = len - in;
		while (here > 0) {
			took = folderline_scan(&f, text + in, here);
			if (took > here || (took > 0 &&
				text[in + took - 1] != '\n'))
				abort();
			if (took > 0 && n < PLACES)
				at[n++] = in + took;
			took = took ? took : here;
			in += took;
			here -= took;
		}
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t whole[PLACES], cut[PLACES], n;

	if (size == 0)
		return 0;
	n = places((const char *)data + 1, size - 1, 0, whole);
	for (unsigned k = 1; k <= 3; k++)
		if (places((const char *)data + 1, size - 1, data[0] * 7 + k,
			cut) != n || memcmp(whole, cut, n * sizeof *cut) != 0)
			abort();
	return 0;
}
