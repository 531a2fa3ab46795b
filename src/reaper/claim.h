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
#define CLAIM_MARKS 2
#define CLAIM_NONE ((size_t)-1)

struct claims {
	struct claim *row;
	size_t n, room;
};

void claims_fini(struct claims *c);

/* session 0: by its marks only. Then sort, before the next question. */
void claims_add(struct claims *c, unsigned uid, int session,
	const uint64_t mark[CLAIM_MARKS], size_t owner);
void claims_sort(struct claims *c);

/* The lowest owner of a process like this, or CLAIM_NONE. */
size_t claims_find(const struct claims *c, unsigned uid, int session,
	const uint64_t mark[CLAIM_MARKS]);

#endif
