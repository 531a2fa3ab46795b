/* SPDX-License-Identifier: BSD-2-Clause */
/* Words for users and groups, and commands of others for a log. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reaper/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_word(char *word)
{
	struct opt_list list = { .word = &word, .n = 1 };

	/* What matches somebody is well formed, and a number or a range. */
	for (unsigned id = 0; id < 3; id++)
		if (text_listed(&list, id) && !text_is_range(word))
			abort();
	if (text_listed(&list, 1000) && text_bad_word(&list) != NULL)
		abort();
	if (text_is_range(word) && strspn(word, "0123456789-") !=
		strlen(word))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;
	struct buf out = { 0 };
	size_t max;
	long seconds = 0;

	if (size == 0)
		return 0;
	max = data[0];
	text = mem_strndup((const char *)data + 1, size - 1);
	check_word(text);
	text_command(&out, (const char *)data + 1, size - 1, max);
	if (out.len > max)
		abort();
	for (size_t i = 0; i < out.len; i++)
		if ((unsigned char)buf_data(&out)[i] < ' ')
			abort();
	memcpy(&seconds, data, size < sizeof seconds ? size : sizeof seconds);
	text_duration(&out, seconds);
	buf_fini(&out);
	free(text);
	return 0;
}
