/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "launch/slurmcli/cli_oneline.h"

#include <string.h>

char *cli_oneline_next(struct buf *printed, char **at)
{
	char *line;

	if (*at == NULL) {
		buf_append(printed, "", 1);
		*at = buf_data(printed);
	}
	*at += strspn(*at, "\n");
	if (**at == '\0')
		return NULL;
	line = *at;
	*at += strcspn(*at, "\n");
	if (**at == '\n')
		*(*at)++ = '\0';
	return line;
}

/* The value behind " KEY=", or NULL. */
static char *find(char *line, const char *key)
{
	const size_t len = strlen(key);

	for (char *at = line; (at = strstr(at, key)) != NULL; at += len)
		if ((at == line || at[-1] == ' ') && at[len] == '=')
			return at + len + 1;
	return NULL;
}

void cli_oneline_take(char *line, const char *const *keys, size_t n,
	const char **values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = find(line, keys[i]);
	/* Now that all are found, the line may be cut. */
	for (char *at = line; (at = strchr(at, ' ')) != NULL; at++)
		*at = '\0';
	for (size_t i = 0; i < n; i++)
		if (values[i] != NULL && (values[i][0] == '\0' ||
			strcmp(values[i], "(null)") == 0 ||
			strcmp(values[i], "N/A") == 0))
			values[i] = NULL;
}
