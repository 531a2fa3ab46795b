/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_TEE_H
#define OS_TEE_H

#include <stddef.h>

#include "base/err.h"

/*
 * A copy of one stream in a file the user named, byte for byte, tokens too:
 * therefore 0600 and the rules of safepath_output(). Emptied at open; written
 * at once, a file by a thread, whose file system may hang. When writing fails
 * later, or the reader of a fifo or that file system does not keep up, that is
 * logged once and the tee is silent from then on: it never ends or blocks a
 * session. The program must ignore SIGPIPE.
 */
struct tee;

/* what ("stdin tee") is for messages; kept, not copied. NULL with e set. */
struct tee *tee_open(const char *path, const char *what, struct err *e)
	__attribute__((warn_unused_result));

/*
 * t may be NULL in both: no tee. To close does not wait; before the program ends
 * it calls behind_wait() for what is not written yet.
 */
void tee_write(struct tee *t, const void *data, size_t len);
void tee_close(struct tee *t);

#endif
