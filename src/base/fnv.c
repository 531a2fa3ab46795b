/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/fnv.h"

uint64_t fnv_byte(uint64_t hash, unsigned char byte)
{
	return (hash ^ byte) * UINT64_C(1099511628211);
}

uint64_t fnv_add(uint64_t hash, const char *text)
{
	for (;; text++) {
		hash = fnv_byte(hash, (unsigned char)*text);
		if (*text == '\0')
			return hash;
	}
}
