/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "opt/optenv.h"

#include <ctype.h>
#include <string.h>

#include "opt/config.h"

#define NAME_MAX_BYTES 128

static int has_variable(const struct opt *row)
{
	return config_takes(row) && !row->of_site && !row->no_variable &&
		!row->behind_arg;
}

static void name_of(const struct opt *row, char name[NAME_MAX_BYTES])
{
	size_t n = strlen(OPTENV_PREFIX);

	memcpy(name, OPTENV_PREFIX, n);
	for (const char *s = row->name; *s != '\0' && n < NAME_MAX_BYTES - 1; s++)
		name[n++] = *s == '-' ? '_' : (char)toupper((unsigned char)*s);
	name[n] = '\0';
}

/* NULL: it has none, or it is not set. */
static const char *value_of(const struct opt *row, char *const *environ,
	char name[NAME_MAX_BYTES])
{
	size_t len;

	if (!has_variable(row))
		return NULL;
	name_of(row, name);
	len = strlen(name);
	for (; *environ != NULL; environ++)
		if (strncmp(*environ, name, len) == 0 && (*environ)[len] == '=')
			return *environ + len + 1;
	return NULL;
}

/* Most environments have nothing of this. */
static int has_prefix(char *const *environ)
{
	while (*environ != NULL && strncmp(*environ, OPTENV_PREFIX,
		strlen(OPTENV_PREFIX)) != 0)
		environ++;
	return *environ != NULL;
}

int optenv_give(struct opt_set *s, char *const *environ, struct err *e)
{
	char name[NAME_MAX_BYTES];

	if (!has_prefix(environ))
		return 0;
	for (const struct opt *row = NULL; (row = optset_next(s, row));) {
		const struct opt_origin by = { OPT_BY_ENVIRONMENT, name };
		const char *value = value_of(row, environ, name);

		if (value != NULL && optset_set_text(s, row, value, &by,
			e) == -1)
			return -1;
	}
	return 0;
}

int optenv_is_there(const struct opt_set *s, char *const *environ)
{
	char name[NAME_MAX_BYTES];

	if (!has_prefix(environ))
		return 0;
	for (const struct opt *row = NULL; (row = optset_next(s, row));)
		if (value_of(row, environ, name) != NULL)
			return 1;
	return 0;
}

const char *optenv_value(const struct opt_set *s, char *const *environ,
	const void *value)
{
	char name[NAME_MAX_BYTES];

	return value_of(optset_row(s, value), environ, name);
}
