/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * They are given to our own options, so what a site locks or limits holds. Names and
 * values were read in version 0.5.10.
 */
#include "opt/optconnect.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/tag.h"
#include "opt/optset.h"

static int give_own(struct opt_set *s, const char *name, const char *text,
	const struct opt_origin *by, struct err *e)
{
	return optset_set(s, optset_find(s, name), text, by, e);
}

/* Runs of other characters become a '-', ends lose '.' and '-'. */
int optconnect_key(struct opt_set *s, const char *text,
	const struct opt_origin *by, struct err *e)
{
	char name[TAG_NAME_MAX + 1];
	size_t n = 0;

	for (; *text != '\0' && n < TAG_NAME_MAX; text++) {
		int good = isalnum((unsigned char)*text) ||
			strchr("._-", *text) != NULL;

		if (good && (n > 0 || isalnum((unsigned char)*text) ||
			*text == '_'))
			name[n++] = *text;
		else if (!good && n > 0 && name[n - 1] != '-')
			name[n++] = '-';
	}
	while (n > 0 && (name[n - 1] == '-' || name[n - 1] == '.'))
		n--;
	name[n] = '\0';
	return give_own(s, "session", n > 0 ? name : "default", by, e);
}

int optconnect_idle(struct opt_set *s, const char *text,
	const struct opt_origin *by, struct err *e)
{
	char *value;
	int ret;

	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return err_set(e, "--session-idle-timeout: '%.80s' is not a number of seconds",
			text);
	value = mem_printf("%ss", text);
	ret = give_own(s, "idle-timeout", value, by, e);
	free(value);
	return ret;
}

int optconnect_nothing(struct opt_set *s, const char *text,
	const struct opt_origin *by, struct err *e)
{
	(void)s;
	(void)text;
	(void)by;
	(void)e;
	return 0;
}
