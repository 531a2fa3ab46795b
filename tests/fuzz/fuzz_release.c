/* SPDX-License-Identifier: BSD-2-Clause */
/* What `update` reads: the first byte says as what. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/update/origin.h"
#include "front/update/release.h"
#include "front/update/sshsig.h"
#include "front/update/tagobject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A version is a part of a path. */
static void check_version(const char *version)
{
	if (!version_is(version, strlen(version)) || strchr(version, '/') != NULL ||
		strstr(version, "..") != NULL)
		abort();
}

static void read_release(const char *text, size_t len)
{
	struct release r;
	struct err e;

	if (release_parse(&r, text, len, &e) == -1)
		return;
	check_version(r.version);
	for (size_t i = 0; i < r.n; i++)
		if (strchr(r.file[i].name, '/') != NULL || r.file[i].bytes < 0)
			abort();
}

/* What is written is read again. */
static void read_origin(const char *text, size_t len)
{
	struct origin o, again;
	struct buf out = { 0 };
	struct err e;

	if (origin_parse(&o, text, len, &e) == -1)
		return;
	check_version(o.version);
	origin_put(&o, o.version, "", &out);
	if (origin_parse(&again, buf_data(&out), out.len, &e) == -1)
		abort();
	origin_fini(&again);
	origin_fini(&o);
	buf_fini(&out);
}

static void read_signature(const char *text, size_t len)
{
	struct sshsig s;
	struct err e;

	if (sshsig_parse(&s, text, len, &e) == 0 &&
		(strlen(s.purpose) == 0 || strlen(s.hash) == 0))
		abort();
}

static void read_tag(const char *text, size_t len)
{
	struct tagobject t;
	struct err e;

	if (tagobject_parse(&t, "v1.2.3", text, len, &e) == 0 &&
		(t.signed_len + t.signature_len != len ||
		t.signature != text + t.signed_len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char version[VERSION_MAX], *text;

	if (size == 0)
		return 0;
	/* Exactly as long, so that reading beyond it is seen. */
	text = mem_strndup((const char *)data + 1, size - 1);
	size = strlen(text);
	switch (data[0]) {
	case 'r':
		read_release(text, size);
		break;
	case 'o':
		read_origin(text, size);
		break;
	case 's':
		read_signature(text, size);
		break;
	case 't':
		read_tag(text, size);
		break;
	default:
		if (release_newest_tag(text, version) == 0)
			check_version(version);
	}
	free(text);
	return 0;
}
