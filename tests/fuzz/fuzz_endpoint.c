/* SPDX-License-Identifier: BSD-2-Clause */
/* A record of the state directory; what was read is written and read again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/endpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct endpoint one, two;
	struct err e = { "" };
	struct buf b = { 0 };

	if (endpoint_parse(&one, (const char *)data, size, &e) == -1) {
		if (e.text[0] == '\0')
			abort();
		return 0;
	}
	if (one.port == 0 || one.n == 0 || one.n > ENDPOINT_HOSTS)
		abort();
	endpoint_write(&b, &one);
	if (endpoint_parse(&two, buf_data(&b), b.len, &e) == -1 ||
		one.port != two.port || one.n != two.n ||
		strcmp(one.node, two.node) != 0)
		abort();
	for (unsigned i = 0; i < one.n; i++)
		if (strcmp(one.host[i], two.host[i]) != 0)
			abort();
	buf_fini(&b);
	return 0;
}
