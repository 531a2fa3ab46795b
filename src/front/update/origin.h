/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_ORIGIN_H
#define FRONT_UPDATE_ORIGIN_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "opt/optlist.h"

/*
 * Where an installation came from: the file "origin" beside launchers and agent. It
 * is one record of kv, which the manual tells; what it does not know stays out.
 */
#define ORIGIN_FILE "origin"
#define ORIGIN_BYTES 16384

enum origin_kind { ORIGIN_BUNDLE, ORIGIN_CLONE };

struct origin {
	enum origin_kind kind;
	char *version;
	char *source;		/* https://... or file:///..., without '/' at the end; or NULL */
	char *configure;	/* of a clone: the words for configure, as sh reads them */
	struct opt_list keys;	/* whose signatures count, as in NAME.pub */
};

/* -1 with e set, and nothing to free. */
int origin_parse(struct origin *o, const char *text, size_t len, struct err *e)
	__attribute__((warn_unused_result));
void origin_fini(struct origin *o);

/* Append the record of another version from there. key: in place of all; or "". */
void origin_put(const struct origin *o, const char *version, const char *key,
	struct buf *out);

#endif
