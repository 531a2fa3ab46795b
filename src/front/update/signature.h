/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_SIGNATURE_H
#define FRONT_UPDATE_SIGNATURE_H

#include <stddef.h>

#include "base/err.h"
#include "front/update/origin.h"

/* What signatures are for: of a release's record, and of a tag, which is git's own. */
#define SIGNATURE_OF_RELEASE "vscode-remote-shell"
#define SIGNATURE_OF_TAG "git"

/*
 * Whether the armored signature is of that text, for that purpose, by a key of the
 * origin. -1 with e set: it is not.
 */
int signature_check(const struct origin *o, const char *purpose,
	const void *text, size_t len, const char *signature, size_t signature_len,
	struct err *e) __attribute__((warn_unused_result));

/* The SHA-256 of a file, and how long it is. -1 with e set. */
int signature_sum(const char *path, unsigned char sha256[32], long *bytes,
	struct err *e) __attribute__((warn_unused_result));

#endif
