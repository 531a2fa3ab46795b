/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ssh is given, and what a shell reads: by its command alone something is an
 * editor's start, or not, whatever blanks stand around it; and more input never
 * makes a start of an editor another thing.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "editor/bootstrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void want(int true)
{
	if (!true)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 3);
	size_t begin;

	text[0] = ' ';
	memcpy(text + 1, data, size);
	text[size + 1] = '\0';
	if (strlen(text) == size + 1 && size < BOOTSTRAP_INPUT_MAX - 2) {
		enum bootstrap is = bootstrap_of_command(text + 1);

		want(is == bootstrap_of_command(text));
		text[size + 1] = ' ';
		text[size + 2] = '\0';
		want(size == 0 || text[size] == '\\' ||
			is == bootstrap_of_command(text + 1));
	}
	/* The first piece in which it is seen, and all longer ones. */
	for (begin = 0; begin < size; begin += 1 + size / 16)
		if (bootstrap_of_input(text + 1, begin))
			break;
	for (; begin < size && begin < BOOTSTRAP_INPUT_MAX;
		begin += 1 + size / 16)
		want(bootstrap_of_input(text + 1, begin));
	free(text);
	return 0;
}
