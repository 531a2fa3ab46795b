/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Releases as signed tags: of a repository only the tag is got, into a repository of
 * its own, so that the user's clone stays as it is, and may be gone. It is built as
 * the installation was.
 */
#include "front/update/clone.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/update/fetch.h"
#include "front/update/signature.h"
#include "front/update/step.h"
#include "front/update/tagobject.h"

#define LOOK_SECONDS 60L
#define GET_SECONDS 600L
#define BUILD_SECONDS 3600L
#define TAG_BYTES 65536
#define PACK_BLOCKS 524288	/* 256 MiB, half a GiB where they are of 1024 bytes */

#define TEXT_OF(n) TEXT_OF_VALUE(n)
#define TEXT_OF_VALUE(n) #n

/*
 * git asks nobody, goes nowhere else, and knows of no repository that it was called
 * in, as from a hook: of what is set, the user's files of configuration count.
 */
#define GIT "unset $(git rev-parse --local-env-vars 2>/dev/null) GIT_NAMESPACE \\\n" \
	"	GIT_QUARANTINE_PATH GIT_TEMPLATE_DIR TAR_OPTIONS\n" \
	"GIT_TERMINAL_PROMPT=0 GIT_ASKPASS= GIT_ALLOW_PROTOCOL=file:https\n" \
	"export GIT_TERMINAL_PROMPT GIT_ASKPASS GIT_ALLOW_PROTOCOL\n"

int clone_look(const struct origin *o, const char *stage, struct release *r,
	struct err *e)
{
	/* git says why by its first "fatal: "; what follows is general advice. */
	static const char tags[] = GIT
		"said=$(git ls-remote --tags \"$1\" 'v*' 2>&1) &&\n"
		"	{ printf '%s\\n' \"$said\"; exit; }\n"
		"printf '%s\\n' \"$said\" | sed '/^fatal: /q'\n"
		"exit 1\n";
	struct buf said = { 0 };
	int ret = step_run(tags, (const char *const[]){ o->source, NULL }, NULL,
		LOOK_SECONDS, &said, e);

	(void)stage;
	*r = (struct release){ .n = 0 };
	if (ret == 0 && release_newest_tag(buf_data(&said), r->version) == -1)
		ret = err_set(e, "it has no tag like v1.2.3");
	if (ret == -1)
		err_prefix(e, "%s: ", o->source);
	buf_fini(&said);
	return ret;
}

/* SOURCE TAG DIR BYTES BLOCKS. No hook of the user's runs, as a template has them. */
static const char get_tag[] = GIT
	"ulimit -f \"$5\" 2>/dev/null\n"
	"git init -q --bare --template= \"$3/git\" && cd \"$3/git\" &&\n"
	"git config core.hooksPath /dev/null &&\n"
	"git -c fetch.unpackLimit=1 fetch -q --depth=1 \"$1\" \\\n"
	"	\"refs/tags/$2:refs/tags/$2\" || exit\n"
	"test \"$(git cat-file -t \"$2\")\" = tag || { echo 'it is not signed'; exit 1; }\n"
	"test \"$(git cat-file -s \"$2\")\" -le \"$4\" ||\n"
	"	{ echo 'it is larger than it should be'; exit 1; }\n"
	"git cat-file tag \"$2\" >\"$3/tag\"\n";

/* Whether stage/tag is good; then commit is what it names. */
static int check_tag(const struct origin *o, const char *tag, const char *stage,
	char commit[65], struct err *e)
{
	char *path = mem_printf("%s/tag", stage);
	struct buf text = { 0 };
	struct tagobject t;
	int ret = -1;

	if (fetch_read(path, TAG_BYTES, &text, e) == 0 &&
		tagobject_parse(&t, tag, buf_data(&text), text.len, e) == 0 &&
		signature_check(o, SIGNATURE_OF_TAG, buf_data(&text),
			t.signed_len, t.signature, t.signature_len, e) == 0)
		ret = 0;
	if (ret == 0)
		memcpy(commit, t.commit, sizeof t.commit);
	buf_fini(&text);
	free(path);
	return ret;
}

/* COMMIT DIR NAME PREFIX WORDS-FOR-CONFIGURE: the last are of our own origin */
static const char build[] = GIT
	"unset MAKEFLAGS MAKELEVEL MFLAGS DESTDIR\n"
	"mkdir \"$2/source\" && cd \"$2/git\" &&\n"
	"git archive -o \"$2/source.tar\" \"$1\" &&\n"
	"tar -xf \"$2/source.tar\" -C \"$2/source\" && rm -f \"$2/source.tar\" &&\n"
	"cd \"$2/source\" || exit\n"
	"test -x configure || { autoheader -f && autoconf -f; } || exit\n"
	"prefix=$4 into=$2/new/$3\n"
	"eval \"./configure $5 --prefix=\\\"\\$prefix\\\"\" && nice make -j2 all &&\n"
	"make install prefix=\"$into\"\n";

int clone_get(const struct installation *in, const struct release *r,
	const char *name, const char *stage, struct err *e)
{
	const struct origin *o = &in->origin;
	char *tag = mem_printf("v%s", r->version), commit[65];
	const char *configure = o->configure != NULL ? o->configure : "";
	int ret = -1;

	if (step_run(get_tag, (const char *const[]){ o->source, tag, stage,
		TEXT_OF(TAG_BYTES), TEXT_OF(PACK_BLOCKS), NULL }, NULL,
		GET_SECONDS, NULL, e) == -1 ||
		check_tag(o, tag, stage, commit, e) == -1)
		err_prefix(e, "%s: the tag %s: ", o->source, tag);
	else if (step_run(build, (const char *const[]){ commit, stage, name,
		in->parent, configure, NULL }, NULL, BUILD_SECONDS, NULL, e) == -1)
		err_prefix(e, "%s does not build here: ", tag);
	else
		ret = 0;
	free(tag);
	return ret;
}
