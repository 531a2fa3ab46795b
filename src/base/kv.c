/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/kv.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Every byte of the value escaped. */
#define LINE_LONGEST (KV_KEY_MAX + 1 + 2 * KV_VALUE_MAX)

void kv_fini(struct kv *kv)
{
	for (size_t i = 0; i < kv->n; i++) {
		free(kv->pairs[i].key);
		free(kv->pairs[i].value);
	}
	free(kv->pairs);
	*kv = (struct kv){ 0 };
}

/* Takes over both strings. */
static void kv_add(struct kv *kv, char *key, char *value)
{
	kv->pairs = mem_realloc(kv->pairs, (kv->n + 1) * sizeof *kv->pairs);
	kv->pairs[kv->n++] = (struct kv_pair){ key, value };
}

const char *kv_next(const struct kv *kv, const char *key, size_t *pos)
{
	while (*pos < kv->n) {
		const struct kv_pair *p = &kv->pairs[(*pos)++];

		if (strcmp(p->key, key) == 0)
			return p->value;
	}
	return NULL;
}

const char *kv_get(const struct kv *kv, const char *key)
{
	size_t pos = 0;

	return kv_next(kv, key, &pos);
}

void kv_write(struct buf *out, const char *key, const char *value)
{
	buf_puts(out, key);
	buf_puts(out, "=");
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\n')
			buf_puts(out, "\\n");
		else if (*p == '\\')
			buf_puts(out, "\\\\");
		else
			buf_append(out, p, 1);
	}
	buf_puts(out, "\n");
}

void kv_writef(struct buf *out, const char *key, const char *fmt, ...)
{
	char *value;
	va_list ap;

	va_start(ap, fmt);
	value = mem_vprintf(fmt, ap);
	va_end(ap);
	kv_write(out, key, value);
	free(value);
}

static int key_is_good(const char *key, size_t len)
{
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	if (len == 0 || len > KV_KEY_MAX || key[0] < 'a' || key[0] > 'z')
		return 0;
	for (size_t i = 0; i < len; i++)
		if (memchr(rest, key[i], sizeof rest - 1) == NULL)
			return 0;
	return 1;
}

/* The unescaped value, or NULL when an escape is unknown or a NUL is in it. */
static char *unescape(const char *s, size_t len)
{
	char *value = mem_alloc(len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (c == '\\') {
			i++;
			c = i < len && s[i] == 'n' ? '\n' :
				i < len && s[i] == '\\' ? '\\' : '\0';
		}
		if (c == '\0') {
			free(value);
			return NULL;
		}
		value[n++] = c;
	}
	return value;
}

static int too_long(const char *line, size_t keylen, struct err *e)
{
	return err_set(e, "%.*s: value longer than %d bytes", (int)keylen,
		line, KV_VALUE_MAX);
}

static int parse_line(struct kv *kv, const char *line, size_t len,
	struct err *e)
{
	const char *eq = memchr(line, '=', len);
	size_t keylen = eq ? (size_t)(eq - line) : 0;
	char *value;

	if (line[0] == '#')
		return 0;
	if (eq == NULL || !key_is_good(line, keylen))
		return err_set(e, "'%.*s': not a key=value line",
			(int)(len > 40 ? 40 : len), line);
	if (len > LINE_LONGEST)
		return too_long(line, keylen, e);
	if (kv->n == KV_PAIRS_MAX)
		return err_set(e, "more than %d lines", KV_PAIRS_MAX);
	value = unescape(eq + 1, len - keylen - 1);
	if (value == NULL)
		return err_set(e, "%.*s: unknown escape or NUL in the value",
			(int)keylen, line);
	if (strlen(value) > KV_VALUE_MAX) {
		free(value);
		return too_long(line, keylen, e);
	}
	kv_add(kv, mem_strndup(line, keylen), value);
	return 0;
}

long kv_parse(struct kv *kv, const char *data, size_t len, int last,
	struct err *e)
{
	size_t at = 0;

	*kv = (struct kv){ 0 };
	while (at < len) {
		const char *nl = memchr(data + at, '\n', len - at);
		size_t linelen = nl ? (size_t)(nl - data) - at : len - at;

		if (nl == NULL && !last) {
			if (linelen > LINE_LONGEST) {
				kv_fini(kv);
				return err_set(e, "a line without an end");
			}
			break;
		}
		if (linelen > 0 && parse_line(kv, data + at, linelen, e) == -1) {
			kv_fini(kv);
			return -1;
		}
		at += linelen + (nl != NULL);
		if (linelen == 0)
			return at;
	}
	if (last && at > 0)
		return at;
	kv_fini(kv);
	return 0;
}

int kv_parse_whole(struct kv *kv, const char *data, size_t len, struct err *e)
{
	long n = kv_parse(kv, data, len, 0, e);

	if (n == 0)
		err_set(e, "not a whole record");
	return n > 0 ? 0 : -1;
}
