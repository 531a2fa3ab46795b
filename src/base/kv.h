/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_KV_H
#define BASE_KV_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Records of `key=value` lines, ended by an empty line: the launchers' protocol
 * and the files of the state directory. A key is [a-z][a-z0-9-]*, at most
 * KV_KEY_MAX bytes; a value is any bytes but NUL, at most KV_VALUE_MAX of them
 * before backslash and newline are written as "\\" and "\n". A key may occur
 * repeatedly; order is kept. Lines that begin with '#' are comments.
 */
#define KV_KEY_MAX 32
#define KV_VALUE_MAX 131072	/* no variable of an environment is longer */
#define KV_PAIRS_MAX 8192

struct kv {
	size_t n;
	struct kv_pair {
		char *key;
		char *value;
	} *pairs;
};

void kv_fini(struct kv *kv);

/* The value of the first such key, or NULL. Owned by kv. */
const char *kv_get(const struct kv *kv, const char *key);

/*
 * The next value of a repeated key after *pos, or NULL at the end. Begin with
 * *pos == 0.
 */
const char *kv_next(const struct kv *kv, const char *key, size_t *pos);

/* Write one line to out, value escaped. */
void kv_write(struct buf *out, const char *key, const char *value);
void kv_writef(struct buf *out, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Take one record from data. Returns the bytes it took (its empty line
 * included), 0 when data ends before the record does, or -1 with e set. At the
 * end of all input give last != 0: the end then also ends the record.
 */
long kv_parse(struct kv *kv, const char *data, size_t len, int last,
	struct err *e);

/* The record that data begins with, 0; -1 with e set, and nothing to free. */
int kv_parse_whole(struct kv *kv, const char *data, size_t len, struct err *e)
	__attribute__((warn_unused_result));

#endif
