/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * What a tag of git says of itself. Its own name is signed with it, so that an old
 * tag cannot be given out under the name of a new one.
 */
#include "front/update/tagobject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/update/sshsig.h"

/* The last one, as git has it. */
static const char *find_signature(const char *text, size_t len)
{
	const char *found = NULL, *at = text, *end = text + len;

	while ((at = memmem(at, (size_t)(end - at), "\n" SSHSIG_BEGIN,
		strlen("\n" SSHSIG_BEGIN))) != NULL)
		found = ++at;
	return found;
}

int tagobject_parse(struct tagobject *t, const char *name, const char *text,
	size_t len, struct err *e)
{
	static const char object[] = "object ";
	size_t n = strlen(object), digits;
	char *rest;
	int is_good;

	if (len < n || memcmp(text, object, n) != 0)
		return err_set(e, "it is no tag");
	for (digits = 0; n + digits < len && digits < sizeof t->commit - 1 &&
		memchr("0123456789abcdef", text[n + digits], 16) != NULL;)
		digits++;
	snprintf(t->commit, sizeof t->commit, "%.*s", (int)digits, text + n);
	n += digits;
	rest = mem_printf("\ntype commit\ntag %s\n", name);
	is_good = digits >= 40 && len - n >= strlen(rest) &&
		memcmp(text + n, rest, strlen(rest)) == 0;
	free(rest);
	if (!is_good)
		return err_set(e, "it is the tag of something else");
	t->signature = find_signature(text, len);
	if (t->signature == NULL)
		return err_set(e, "it is not signed by a key of ssh");
	t->signed_len = (size_t)(t->signature - text);
	t->signature_len = len - t->signed_len;
	return 0;
}
