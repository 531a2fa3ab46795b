/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/fnv.h"

uint64_t fnv_add(uint64_t hash, const char *text)
{
	for (;; text++) {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
		if (*text == '\0')
			return hash;
	}
}
