/* SPDX-License-Identifier: BSD-2-Clause */
/* The first line is a file name, the second what a token becomes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/expand.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *name = mem_strndup((const char *)data, size);
	char *value = strchr(name, '\n'), *got, *at;
	size_t n = 0;

	if (value == NULL)
		value = name + strlen(name);
	else
		*value++ = '\0';
	for (at = name; (at = strstr(at, "[PID]")) != NULL; at += 5)
		n++;
	got = expand_token(name, "[PID]", value);
	if (strlen(got) != strlen(name) + n * strlen(value) - n * 5 ||
		(n == 0 && strcmp(got, name) != 0))
		abort();
	free(got);
	got = expand_home(name, value);
	if (name[0] == '~' && (name[1] == '\0' || name[1] == '/') ?
		strncmp(got, value, strlen(value)) != 0 ||
		strcmp(got + strlen(value), name + 1) != 0 :
		strcmp(got, name) != 0)
		abort();
	free(got);
	free(name);
	return 0;
}
