/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Releases as bundles: beside them stands a record, with a signature, which has the
 * SHA-256 of each. Nothing of a bundle is looked at before that is right.
 */
#include "front/update/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/update/fetch.h"
#include "front/update/signature.h"
#include "front/update/step.h"

#define RECORD "vscode-remote-shell.release"
#define RECORD_BYTES 65536L
#define GET_SECONDS 600L
#define UNPACK_SECONDS 300L

static int look_at(const struct origin *o, const char *stage, struct release *r,
	struct buf *text, struct buf *signature, struct err *e)
{
	if (fetch_text(o->source, RECORD, stage, RECORD_BYTES, text, e) == -1 ||
		fetch_text(o->source, RECORD ".sig", stage, RECORD_BYTES,
			signature, e) == -1)
		return -1;
	if (signature_check(o, SIGNATURE_OF_RELEASE, buf_data(text), text->len,
		buf_data(signature), signature->len, e) == -1 ||
		release_parse(r, buf_data(text), text->len, e) == -1)
		return err_prefix(e, "%s/" RECORD ": ", o->source);
	return 0;
}

int bundle_look(const struct origin *o, const char *stage, struct release *r,
	struct err *e)
{
	struct buf text = { 0 }, signature = { 0 };
	int ret = look_at(o, stage, r, &text, &signature, e);

	buf_fini(&text);
	buf_fini(&signature);
	return ret;
}

static int check_sum(const struct release_file *f, const char *path,
	struct err *e)
{
	unsigned char sum[32];
	long bytes;

	if (signature_sum(path, sum, &bytes, e) == -1)
		return -1;
	if (bytes != f->bytes || memcmp(sum, f->sha256, sizeof sum) != 0)
		return err_set(e, "%s is not what was signed: it is damaged, or was replaced",
			f->name);
	return 0;
}

/* ARCHIVE DIR NAME */
static const char unpack[] =
	"unset TAR_OPTIONS\n"
	"mkdir \"$2/new\" && tar -xzf \"$1\" -C \"$2/new\" --no-same-owner || exit\n"
	"rm -f \"$1\"\n"
	"test -x \"$2/new/$3/bin/vscode-remote-shell\" &&\n"
	"	test \"$(ls -A \"$2/new\")\" = \"$3\" ||\n"
	"	{ echo \"it has no folder $3 with the programs, or more than that\"; exit 1; }\n";

int bundle_get(const struct installation *in, const struct release *r,
	const char *name, const char *stage, struct err *e)
{
	char *file = mem_printf("%s.tar.gz", name);
	char *path = mem_printf("%s/archive", stage);
	const struct release_file *f = release_find(r, file);
	int ret;

	if (f == NULL)
		ret = err_set(e, "there is no %s in the release: it is not made for this machine any more, or the folder %s was renamed",
			file, in->name);
	else if (fetch_file(in->origin.source, file, path, f->bytes, GET_SECONDS,
		e) == -1 || check_sum(f, path, e) == -1)
		ret = -1;
	else if (step_run(unpack, (const char *const[]){ path, stage, name, NULL },
		NULL, UNPACK_SECONDS, NULL, e) == -1)
		ret = err_prefix(e, "%s: ", file);
	else
		ret = 0;
	free(file);
	free(path);
	return ret;
}
