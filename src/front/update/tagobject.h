/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_TAGOBJECT_H
#define FRONT_UPDATE_TAGOBJECT_H

#include <stddef.h>

#include "base/err.h"

/* A signed tag as `git cat-file tag` shows it. The pointers are into the text. */
struct tagobject {
	char commit[65];	/* in hexadecimal */
	size_t signed_len;	/* so many bytes are signed, from the start on */
	const char *signature;	/* behind them */
	size_t signature_len;
};

/* The tag must be of that name. -1 with e set, also without a signature of ssh. */
int tagobject_parse(struct tagobject *t, const char *name, const char *text,
	size_t len, struct err *e) __attribute__((warn_unused_result));

#endif
