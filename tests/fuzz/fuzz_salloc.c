/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of -S, one a line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "opt/salloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = mem_strndup((const char *)data, len), *words[32], *p = text;
	struct salloc s;
	struct err e = { "" };
	size_t n = 0;

	while (n < 32 && p && *p)
		words[n++] = strsep(&p, "\n");
	if (salloc_parse(&s, words, n, &e) == -1) {
		if (e.text[0] == '\0')
			abort();
	} else if ((s.min_nodes == 0) != (s.max_nodes == 0) ||
		s.min_nodes > s.max_nodes ||
		(s.mem != SALLOC_MEM_UNSET &&
			s.mem_per_cpu != SALLOC_MEM_UNSET)) {
		abort();
	}
	salloc_fini(&s);
	for (size_t i = 0; i < n; i++) {
		struct buf out = { 0 };
		const char *why;
		size_t used = salloc_spell(words + i, n - i, 1, &out, &why);

		if (used > n - i || (used > 0) != (out.len > 0 || why))
			abort();
		buf_fini(&out);
	}
	free(text);
	return 0;
}
