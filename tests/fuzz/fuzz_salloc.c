/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of -S, one a line, behind a byte that says which release. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "salloc/salloc.h"
#include "salloc/salloctable.h"
#include "salloc/sallocword.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const int releases[] = { 0, 2205, 2302, 2311, 2405, 2605 };
	int release = len > 0 ? releases[*data % 6] : 0;
	char *text, *words[32], *p;
	struct salloc s;
	struct err e = { "" };
	size_t n = 0;

	text = p = mem_strndup((const char *)data + (len > 0), len - (len > 0));
	while (n < 32 && p && *p)
		words[n++] = strsep(&p, "\n");
	if (salloc_parse(&s, words, n, release, &e) == -1) {
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
		char **pieces, *copy;
		size_t cut = 0;
		const struct sallocrow *row;
		const char *value;
		size_t used = sallocword_find(words + i, n - i, 1, &row, &value);

		if (used > n - i || (used > 0) != (row != NULL))
			abort();
		if (row != NULL && value != NULL)
			(void)!salloc_check(row, value, &e);
		copy = mem_strdup(words[i]);
		pieces = sallocword_cut(copy, &cut);
		if (pieces == NULL ? strcmp(copy, words[i]) != 0 :
			cut == 0 || cut > strlen(words[i]))
			abort();
		free(pieces);
		free(copy);
	}
	free(text);
	return 0;
}
