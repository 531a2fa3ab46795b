/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_SECRET_H
#define OS_SECRET_H

#include "base/err.h"

/*
 * The secret of a session: 32 random bytes in a 0600 file of the session's
 * folder, never in an argument, an environment or a log.
 */
#define SECRET_LEN 32

/* Make the secret and its file, which must not exist. -1 with e set. */
int secret_create(int dirfd, const char *name, unsigned char out[SECRET_LEN],
	struct err *e) __attribute__((warn_unused_result));

/*
 * Read it. -1 with e set: errno ENOENT when there is no file, another when it
 * is unsafe or does not hold a secret.
 */
int secret_read(int dirfd, const char *name, unsigned char out[SECRET_LEN],
	struct err *e) __attribute__((warn_unused_result));

/* 16 random hex digits and a NUL: public, but never the same twice. */
void secret_tag(char tag[17]);

#endif
