/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What anybody may say first to a link port. What is found points into it, and
 * what becomes a whole ClientHello does not ask for less when more is there.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "proto/clienthello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void want(int true)
{
	if (!true)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct clienthello_proof p;
	size_t length = 1;

	for (size_t n = 0; n <= size && length != 0; n++) {
		size_t now = clienthello_length(data, n);

		want(now == 0 || now >= length || n < 6);
		want(now <= CLIENTHELLO_MAX);
		length = now;
	}
	if (clienthello_proof(&p, data, size, "vrs1:0000000000000000:front") ==
		-1)
		return 0;
	want(p.covered >= data && p.covered + p.covered_len <= data + size);
	want(p.binder >= p.covered + p.covered_len);
	want(p.binder + CLIENTHELLO_BINDER <= data + size);
	return 0;
}
