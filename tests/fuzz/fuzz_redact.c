/* SPDX-License-Identifier: BSD-2-Clause */
/* Only stars are written, the length stays, and a token that is known is gone. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *was = mem_strndup((const char *)data, size);
	size_t len = strlen(was);
	char *text = mem_strdup(was), *again, *known;

	redact(text);
	if (strlen(text) != len)
		abort();
	for (size_t i = 0; i < len; i++)
		if (text[i] != was[i] && text[i] != '*')
			abort();
	again = mem_strdup(text);
	redact(again);
	if (strlen(again) != len)
		abort();
	/* Whatever stands before it. */
	known = mem_printf("%s connectionToken==0123456789abcdef==", was);
	redact(known);
	if (strstr(was, "0123456789abcdef") == NULL &&
		strstr(known, "0123456789abcdef") != NULL)
		abort();
	free(was);
	free(text);
	free(again);
	free(known);
	return 0;
}
