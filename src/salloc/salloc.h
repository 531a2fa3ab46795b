/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SALLOC_SALLOC_H
#define SALLOC_SALLOC_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "salloc/sallocrow.h"

/*
 * Read n words into s, which need not be initialised, as salloc of that release
 * does. A later option replaces an earlier one of the same name. 0, or -1 with e
 * naming the word and s empty; either way salloc_fini() may be called.
 */
int salloc_parse(struct salloc *s, char *const *words, size_t n, int release,
	struct err *e) __attribute__((warn_unused_result));
void salloc_fini(struct salloc *s);

/*
 * Only the time limit, in seconds, 0 for none. Words that are no part of it, which
 * may be anything but options that no job can have, are appended to others, as a
 * shell would read them. 0, or -1 with e set.
 */
int salloc_time(uint64_t *seconds, struct buf *others, char *const *words,
	size_t n, struct err *e) __attribute__((warn_unused_result));

/*
 * Whether some release takes this value (NULL: none) of the option that the
 * table has under that name. -1 with e set, beginning with the option's name.
 */
int salloc_check(const struct sallocrow *row, const char *value, struct err *e)
	__attribute__((warn_unused_result));

#endif
