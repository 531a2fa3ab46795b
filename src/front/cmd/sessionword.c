/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Owns what the word means that names a session on a command line: as typed by
 * ssh, which knows its host by a longer name, and with a node of the job behind.
 */
#include "front/cmd/sessionword.h"

#include <stdio.h>
#include <string.h>

/* A part of it, of len bytes; -1: no name. */
static int take_name(char out[TAG_NAME_MAX + 1], const char *at, size_t len)
{
	if (len > TAG_NAME_MAX)
		return -1;
	memcpy(out, at, len);
	out[len] = '\0';
	return tag_is_name(out) ? 0 : -1;
}

int sessionword_read(struct sessionword *w, const char *word,
	const char *prefix, int takes_node, struct err *e)
{
	size_t skip = prefix != NULL ? strlen(prefix) : 0;
	const char *at, *name = word;

	*w = (struct sessionword){ "", "" };
	if (skip > 0 && strncmp(word, prefix, skip) == 0)
		name += skip;
	if (name != word && *name == '\0')
		return err_set(e, "'%.80s' names no session: nothing is behind --strip=%s",
			word, prefix);
	at = takes_node ? strchr(name, '@') : NULL;
	if (at == NULL)
		at = name + strlen(name);
	if ((at == name && *at == '\0') ||
		(at > name && take_name(w->name, name, at - name) == -1))
		return err_set(e, "'%.80s' is not the name of a session", word);
	if (*at == '@' && take_name(w->node, at + 1, strlen(at + 1)) == -1)
		return err_set(e, "'%.80s' is not the name of a node", at + 1);
	return 0;
}
