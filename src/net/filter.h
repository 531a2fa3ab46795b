/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_FILTER_H
#define NET_FILTER_H

#include <stddef.h>

#include "base/buf.h"

/*
 * What stands on the way of a stream's bytes: it looks at them, copies them,
 * changes them, or holds them until it knows what to do. Filters stand one behind
 * the other; each gets what the one before lets pass, and behind the last is the
 * target.
 *
 * One that holds has taken what it holds. What comes behind waits before it, so
 * that nothing overtakes, and whoever feeds the filters stops meanwhile
 * (filters_are_held()); so no more waits than he gave at once.
 */
struct filter;
struct filters;

struct filter_ops {
	/*
	 * Bytes come: filter_pass() what goes on. Returns how many were taken,
	 * which is all of them unless it holds now. Once released it is called
	 * with what waited, which may be nothing.
	 */
	size_t (*data)(struct filter *f, const char *data, size_t len);
	/*
	 * No more come: pass what is left. Called again behind the release, when
	 * it holds then. NULL: nothing is ever left.
	 */
	void (*end)(struct filter *f);
};

/* The filter's own struct has it as its first member, and begins with zeros. */
struct filter {
	const struct filter_ops *ops;
	struct filters *filters;
	struct filter *next;
	int holds;
	int is_busy;	/* in its data() or end() */
	int ended;		/* all that waits here is all there is */
	struct buf waiting;	/* what came behind what it holds */
};

/* Where the bytes go, and who hears that they may. */
struct filter_target {
	void (*data)(const char *data, size_t len, void *arg);
	/* That was all; from now on nobody holds anything. */
	void (*end)(void *arg);
	/* Nobody holds any more, and more may come. */
	void (*released)(void *arg);
};

/* Zeroed: no filter. A target is set before the first byte. */
struct filters {
	struct filter *first, *last;
	const struct filter_target *target;
	void *arg;
	int n_holding;
};

/* f stands behind those that were added before, and stays the caller's. */
void filters_add(struct filters *all, struct filter *f,
	const struct filter_ops *ops);

/* Forget what waits. From then on nothing may come to the filters it was among. */
void filter_fini(struct filter *f);

/* From now on, and for what is held, too. */
void filters_set_target(struct filters *all,
	const struct filter_target *target, void *arg);

/* Bytes come, or no more do. In a callback of the target it is not called. */
void filters_put(struct filters *all, const char *data, size_t len);
void filters_end(struct filters *all);

static inline int filters_are_held(const struct filters *all)
{
	return all->n_holding > 0;
}

/* For a filter: these bytes go on. They may be the ones it was given. */
void filter_pass(struct filter *f, const char *data, size_t len);

/*
 * For a filter: hold, in its data() or end(); and go on, at any time. Released in
 * there it just does: nothing calls it again.
 */
void filter_hold(struct filter *f);
void filter_release(struct filter *f);

#endif
