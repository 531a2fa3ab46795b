/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/jsonpick.h"

#include <string.h>

#define DEPTH_MAX 32

struct reader {
	const char *at, *end;
	char *out;
	size_t size;
	int found;
};

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end && memchr(" \t\r\n", *r->at, 4) != NULL)
		r->at++;
}

/* Whether c is the next byte but for blanks; then it is passed over. */
static int jsonpick_take(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->at == r->end || *r->at != c)
		return 0;
	r->at++;
	return 1;
}

static void jsonpick_keep(struct reader *r, const char *value, size_t len)
{
	if (r->found || len >= r->size || memchr(value, '\0', len) != NULL)
		return;
	memcpy(r->out, value, len);
	r->out[len] = '\0';
	r->found = 1;
}

/* *value: what is between the quotes; *plain: without a backslash. */
static int string(struct reader *r, const char **value, size_t *len,
	int *plain)
{
	if (!jsonpick_take(r, '"'))
		return -1;
	*value = r->at;
	*plain = 1;
	for (; r->at < r->end && *r->at != '"'; r->at++) {
		if (*r->at != '\\')
			continue;
		*plain = 0;
		if (++r->at == r->end)
			return -1;
	}
	*len = (size_t)(r->at - *value);
	return jsonpick_take(r, '"') ? 0 : -1;
}

/* A number, true, false or null: passed over, whichever it is. */
static int word(struct reader *r, const char **value, size_t *len)
{
	*value = r->at;
	while (r->at < r->end && *r->at != '\0' &&
		strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", *r->at))
		r->at++;
	*len = (size_t)(r->at - *value);
	return *len > 0 ? 0 : -1;
}

static int value(struct reader *r, const char *const *keys, int depth);

static int members(struct reader *r, const char *const *keys, int depth)
{
	if (jsonpick_take(r, '}'))
		return 0;
	do {
		const char *key;
		size_t len;
		int plain, wanted;

		if (string(r, &key, &len, &plain) == -1 || !jsonpick_take(r,
			':')) return -1;
		wanted = plain && keys != NULL && *keys != NULL &&
			strlen(*keys) == len && memcmp(*keys, key, len) == 0;
		if (value(r, wanted ? keys + 1 : NULL, depth + 1) == -1)
			return -1;
	} while (jsonpick_take(r, ','));
	return jsonpick_take(r, '}') ? 0 : -1;
}

static int elements(struct reader *r, int depth)
{
	if (jsonpick_take(r, ']'))
		return 0;
	do {
		if (value(r, NULL, depth + 1) == -1)
			return -1;
	} while (jsonpick_take(r, ','));
	return jsonpick_take(r, ']') ? 0 : -1;
}

/* keys: NULL for one that nobody asked for; empty for the one asked for. */
static int value(struct reader *r, const char *const *keys, int depth)
{
	const char *text;
	int plain = 1, ret;
	size_t len;

	if (depth > DEPTH_MAX)
		return -1;
	if (jsonpick_take(r, '{'))
		return members(r, keys, depth);
	if (jsonpick_take(r, '['))
		return elements(r, depth);
	if (r->at < r->end && *r->at == '"')
		ret = string(r, &text, &len, &plain);
	else
		ret = word(r, &text, &len);
	if (ret == 0 && plain && keys != NULL && *keys == NULL)
		jsonpick_keep(r, text, len);
	return ret;
}

enum jsonpick jsonpick(const char *text, size_t len, const char *const *keys,
	char *out, size_t size)
{
	struct reader r = { text, text + len, out, size, 0 };

	if (len == 0 || !jsonpick_take(&r, '{') || members(&r, keys, 0) == -1)
		return JSONPICK_BAD;
	skip_blanks(&r);
	if (r.at != r.end)
		return JSONPICK_BAD;
	return r.found ? JSONPICK_FOUND : JSONPICK_ABSENT;
}
