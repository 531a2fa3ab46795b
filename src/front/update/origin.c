/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The record of where an installation came from, and whose signatures count. Each
 * version takes it over from the one before, so a key stays what it was at first.
 */
#include "front/update/origin.h"

#include <stdlib.h>
#include <string.h>

#include "base/kv.h"
#include "base/mem.h"
#include "front/update/release.h"
#include "front/update/sshsig.h"

static const char *const kinds[] = {
	[ORIGIN_BUNDLE] = "bundle", [ORIGIN_CLONE] = "clone",
};
#define KINDS (sizeof kinds / sizeof *kinds)

static char *value_copy(const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key);

	return value != NULL ? mem_strdup(value) : NULL;
}

static int read_kind(struct origin *o, const char *kind)
{
	for (size_t i = 0; kind != NULL && i < KINDS; i++)
		if (strcmp(kinds[i], kind) == 0) {
			o->kind = (enum origin_kind)i;
			return 0;
		}
	return -1;
}

/* A line for curl is made of it, and words for git. */
static int is_source(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || *p == '"' || *p == '\\')
			return 0;
	return (strncmp(s, "https://", 8) == 0 ||
		strncmp(s, "file:///", 8) == 0) && s[8] != '\0';
}

static int read_keys(struct origin *o, const struct kv *kv, struct err *e)
{
	unsigned char key[SSHSIG_KEY];
	const char *text;
	size_t pos = 0;

	while ((text = kv_next(kv, "key", &pos)) != NULL) {
		if (sshsig_read_key(text, key, e) == -1)
			return -1;
		optlist_add(&o->keys, mem_strdup(text));
	}
	return 0;
}

static int read_origin(struct origin *o, const struct kv *kv, struct err *e)
{
	size_t len;

	if (read_kind(o, kv_get(kv, "kind")) == -1)
		return err_set(e, "its kind is neither bundle nor clone");
	o->version = value_copy(kv, "version");
	if (o->version == NULL || !version_is(o->version, strlen(o->version)))
		return err_set(e, "it names no version");
	o->configure = value_copy(kv, "configure");
	o->source = value_copy(kv, "source");
	for (len = o->source ? strlen(o->source) : 0;
		len > 0 && o->source[len - 1] == '/'; len--)
		o->source[len - 1] = '\0';
	if (o->source != NULL && !is_source(o->source))
		return err_set(e, "source '%.80s' is neither https:// nor file:///",
			o->source);
	return read_keys(o, kv, e);
}

int origin_parse(struct origin *o, const char *text, size_t len, struct err *e)
{
	struct kv kv;
	int ret;

	*o = (struct origin){ .kind = ORIGIN_BUNDLE };
	/* Who writes one by hand may leave out its empty line. */
	if (kv_parse(&kv, text, len, 1, e) == -1)
		return -1;
	ret = read_origin(o, &kv, e);
	kv_fini(&kv);
	if (ret == -1)
		origin_fini(o);
	return ret;
}

void origin_fini(struct origin *o)
{
	free(o->version);
	free(o->source);
	free(o->configure);
	optlist_free(&o->keys);
	*o = (struct origin){ .kind = ORIGIN_BUNDLE };
}

void origin_put(const struct origin *o, const char *version, const char *key,
	struct buf *out)
{
	kv_write(out, "kind", kinds[o->kind]);
	kv_write(out, "version", version);
	if (o->source != NULL)
		kv_write(out, "source", o->source);
	if (o->configure != NULL)
		kv_write(out, "configure", o->configure);
	if (key[0] != '\0')
		kv_write(out, "key", key);
	for (size_t i = 0; key[0] == '\0' && i < o->keys.n; i++)
		kv_write(out, "key", o->keys.word[i]);
	buf_puts(out, "\n");
}
