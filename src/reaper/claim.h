/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_CLAIM_H
#define REAPER_CLAIM_H

#include <stddef.h>
#include <stdint.h>

/*
 * By what processes that lost their parent are known as somebody's: the user
 * with the session, or with a mark. There may be as many of both as a system
 * has processes, so it is sorted.
 */
#define REAPCLAIM_MARKS 2
#define REAPCLAIM_NONE ((size_t)-1)

struct reapclaims {
	struct reapclaim *row;
	size_t n, room;
};

void reapclaims_fini(struct reapclaims *c);

/* session 0: by its marks only. Then sort, before the next question. */
void reapclaims_add(struct reapclaims *c, unsigned uid, int session,
	const uint64_t mark[REAPCLAIM_MARKS], size_t owner);
void reapclaims_sort(struct reapclaims *c);

/* The lowest owner of a process like this, or REAPCLAIM_NONE. */
size_t reapclaims_find(const struct reapclaims *c, unsigned uid, int session,
	const uint64_t mark[REAPCLAIM_MARKS]);

#endif
