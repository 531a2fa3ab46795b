/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "opt/allowed.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BETWEEN " \t,"

/* The next word at *at, to be freed, which is moved behind it; NULL: no more. */
static char *next_word(const char **at)
{
	const char *from = *at + strspn(*at, BETWEEN);
	size_t len = strcspn(from, BETWEEN);

	*at = from + len;
	return len > 0 ? mem_strndup(from, len) : NULL;
}

static int has(const char *list, const char *word, size_t len, int flags)
{
	char *whole = mem_strndup(word, len), *w;
	int named = 0, any = 0, refused = 0;
	const char *up = strstr(whole, "/..");

	/* It leads past what a pattern shows. */
	while (up != NULL && up[3] != '/' && up[3] != '\0')
		up = strstr(up + 1, "/..");
	if (up != NULL) {
		free(whole);
		return 0;
	}
	while ((w = next_word(&list)) != NULL) {
		if (w[0] == '!') {
			refused |= fnmatch(w + 1, whole, flags) == 0;
		} else {
			any = 1;
			named |= fnmatch(w, whole, flags) == 0;
		}
		free(w);
	}
	free(whole);
	return !refused && (named || !any);
}

int allowed_has(const char *list, const char *word, size_t len)
{
	return has(list, word, len, 0);
}

int allowed_has_folded(const char *list, const char *word, size_t len)
{
	return has(list, word, len, FNM_CASEFOLD);
}

static int is_pattern(const char *word)
{
	return strpbrk(word, "*?[\\") != NULL;
}

char *allowed_next(const char **at)
{
	char *w;

	while ((w = next_word(at)) != NULL) {
		if (w[0] != '!' && !is_pattern(w))
			return w;
		free(w);
	}
	return NULL;
}

char *allowed_named(const char **at)
{
	char *w;

	while ((w = next_word(at)) != NULL && is_pattern(w))
		free(w);
	if (w != NULL && w[0] == '!')
		memmove(w, w + 1, strlen(w));
	return w;
}
