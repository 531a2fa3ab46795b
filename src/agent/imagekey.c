/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "agent/imagekey.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/expand.h"
#include "base/fnv.h"
#include "base/mem.h"

#define HASH_DIGITS 16
#define STEM_MAX 64		/* of a name that people gave it, cut */
#define END_MAX 12
#define LOCKS 0x7fffffffu	/* offsets that each file system knows */
#define PART_BEGIN "."
#define PART_END ".part"

/* The last part of a path or name, to be freed. */
static char *last_part(const char *image)
{
	size_t end = strlen(image), begin;

	while (end > 0 && image[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && image[begin - 1] != '/'; begin--)
		;
	return mem_strndup(image + begin, end - begin);
}

/* ".sqsh" of "a.b.sqsh"; "": it has none that is short and plain. */
static const char *end_of(const char *last)
{
	const char *dot = strrchr(last, '.');

	return dot != NULL && dot != last && strlen(dot) < END_MAX &&
		strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz0123456789") ==
			strlen(dot + 1) ? dot : "";
}

static void put_stem(char *stem, const char *last, size_t len)
{
	size_t n = len < STEM_MAX ? len : STEM_MAX;

	for (size_t i = 0; i < n; i++)
		stem[i] = isalnum((unsigned char)last[i]) || last[i] == '.' ||
			last[i] == '_' ? last[i] : '-';
	/* No copy is hidden, as those are that are being made. */
	if (n > 0 && stem[0] == '.')
		stem[0] = '-';
	stem[n] = '\0';
}

static void name_it(struct imagekey *k, const char *name, unsigned long long hash)
{
	snprintf(k->name, sizeof k->name, "%s", name);
	snprintf(k->part, sizeof k->part, PART_BEGIN "%s" PART_END, k->name);
	k->lock = (long)(hash & LOCKS);
}

void imagekey_make(struct imagekey *k, const struct imagekey_of *of)
{
	char *last = last_part(of->image);
	const char *end = of->end != NULL ? of->end : end_of(last);
	char stem[STEM_MAX + 1], text[128], name[sizeof k->name];
	uint64_t hash;

	snprintf(text, sizeof text, "%llu %lld.%09ld", of->size, of->changed,
		of->nanoseconds);
	hash = fnv_add(fnv_add(FNV_START, of->image), text);
	put_stem(stem, last, of->end != NULL ? strlen(last) :
		strlen(last) - strlen(end));
	snprintf(name, sizeof name, "%s-%0*llx%s", stem, HASH_DIGITS,
		(unsigned long long)hash, end);
	free(last);
	name_it(k, name, hash);
}

/* The digits behind the last '-', which no end of a name has. */
static int hash_in(const char *name, unsigned long long *hash)
{
	const char *at = strrchr(name, '-');
	char digits[HASH_DIGITS + 1] = "";

	if (at == NULL || strlen(at) < 1 + HASH_DIGITS)
		return -1;
	memcpy(digits, at + 1, HASH_DIGITS);
	if (strspn(digits, "0123456789abcdef") != HASH_DIGITS ||
		(at[1 + HASH_DIGITS] != '\0' && at[1 + HASH_DIGITS] != '.'))
		return -1;
	*hash = 0;
	for (int i = 0; i < HASH_DIGITS; i++)
		*hash = *hash << 4 | (unsigned)(digits[i] <= '9' ?
			digits[i] - '0' : digits[i] - 'a' + 10);
	return 0;
}

int imagekey_read(struct imagekey *k, const char *name, int *is_part)
{
	size_t n = strlen(name);
	const size_t end = strlen(PART_END);
	unsigned long long hash;
	char own[sizeof k->name];

	*is_part = strncmp(name, PART_BEGIN, 1) == 0;
	if (*is_part && (n <= 1 + end || strcmp(name + n - end, PART_END) != 0))
		return -1;
	if (*is_part) {
		name++;
		n -= 1 + end;
	}
	if (n >= sizeof own)
		return -1;
	memcpy(own, name, n);
	own[n] = '\0';
	if (hash_in(own, &hash) == -1)
		return -1;
	name_it(k, own, hash);
	return 0;
}

static int path_is_below(const char *path, const char *above)
{
	size_t n = strlen(above);

	while (n > 0 && above[n - 1] == '/')
		n--;
	return strncmp(path, above, n) == 0 && path[n] == '/';
}

char *imagekey_place(const char *value, const char *image, const char *home,
	struct err *e)
{
	size_t n = strcspn(value, ":");
	char *from = mem_strndup(value, n);
	char *to = expand_home(value[n] == ':' ? value + n + 1 : value, home);
	int is_name = strstr(image, "://") != NULL;
	int is_wanted = value[n] != ':' || is_name || path_is_below(image, from);

	e->text[0] = '\0';
	if (value[0] != '/' || to[0] != '/' || strchr(to, ':') != NULL)
		err_set(e, "'%.200s' is not an absolute path, or two with ':' between them",
			value);
	/* Its own copies are none to be copied. */
	if (e->text[0] != '\0' || !is_wanted || path_is_below(image, to)) {
		free(to);
		to = NULL;
	}
	free(from);
	return to;
}
