/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Releases: the record that tells of one, and the tags of a repository. Names of
 * files in it lead to no other directory.
 */
#include "front/update/release.h"

#include <stdio.h>
#include <string.h>

#include "base/kv.h"
#include "base/number.h"
#include "front/update/sshsig.h"

#define REF "refs/tags/v"

static int is_file_name(const char *name, size_t len)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return len > 0 && name[0] != '.' && name[0] != '-' &&
		strspn(name, good) >= len;
}

static int read_sha256(const char *hex, unsigned char *out)
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(hex) != 64)
		return -1;
	for (int i = 0; i < 64; i++) {
		const char *d = strchr(digits, hex[i]);

		if (d == NULL)
			return -1;
		out[i / 2] = (unsigned char)(out[i / 2] << 4 | (d - digits));
	}
	return 0;
}

/* "NAME BYTES SHA256" */
static int read_file(struct release_file *f, const char *text)
{
	size_t len = strcspn(text, " ");
	const char *at = text + len, *end = text + strlen(text);
	unsigned long long bytes;

	if (len >= sizeof f->name || !is_file_name(text, len) || *at++ != ' ' ||
		number_take(&at, end, RELEASE_FILE_BYTES, &bytes) == -1 ||
		*at++ != ' ')
		return -1;
	snprintf(f->name, sizeof f->name, "%.*s", (int)len, text);
	f->bytes = (long)bytes;
	return read_sha256(at, f->sha256);
}

static int read_release(struct release *r, const struct kv *kv, struct err *e)
{
	const char *version = kv_get(kv, "version"), *key = kv_get(kv, "key");
	unsigned char bytes[SSHSIG_KEY];
	const char *file;
	size_t pos = 0;

	if (version == NULL || !version_is(version, strlen(version)))
		return err_set(e, "it names no version");
	snprintf(r->version, sizeof r->version, "%s", version);
	if (key != NULL && strlen(key) >= sizeof r->key)
		return err_set(e, "its key is too long");
	/* An origin with a key that is none could not even be read. */
	if (key != NULL && sshsig_read_key(key, bytes, e) == -1)
		return -1;
	snprintf(r->key, sizeof r->key, "%s", key != NULL ? key : "");
	while ((file = kv_next(kv, "file", &pos)) != NULL) {
		if (r->n == RELEASE_FILES)
			return err_set(e, "it has more than %d files",
				RELEASE_FILES);
		if (read_file(&r->file[r->n++], file) == -1)
			return err_set(e, "'%.80s' is no file of a release",
				file);
	}
	return 0;
}

int release_parse(struct release *r, const char *text, size_t len,
	struct err *e)
{
	struct kv kv;
	int ret;

	*r = (struct release){ .n = 0 };
	if (kv_parse_whole(&kv, text, len, e) == -1)
		return -1;
	ret = read_release(r, &kv, e);
	kv_fini(&kv);
	return ret;
}

const struct release_file *release_find(const struct release *r,
	const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->file[i].name, name) == 0)
			return &r->file[i];
	return NULL;
}

int release_newest_tag(const char *text, char *version)
{
	char found[VERSION_MAX];
	int ret = -1;

	for (const char *at = text; (at = strstr(at, REF)) != NULL;) {
		size_t len;

		at += strlen(REF);
		len = strcspn(at, "\n");
		if (!version_is(at, len))
			continue;
		snprintf(found, sizeof found, "%.*s", (int)len, at);
		if (ret == 0 && version_compare(found, version) <= 0)
			continue;
		memcpy(version, found, sizeof found);
		ret = 0;
	}
	return ret;
}
