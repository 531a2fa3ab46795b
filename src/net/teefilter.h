/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_TEEFILTER_H
#define NET_TEEFILTER_H

#include "net/filter.h"
#include "os/tee.h"

/*
 * A copy of what passes, in a file. The first of the filters has the bytes before
 * anything is changed.
 */
struct teefilter {
	struct filter filter;
	struct tee *tee;
};

/* Zeroed before. t stays the caller's. */
void teefilter_init(struct teefilter *f, struct filters *all, struct tee *t);

#endif
