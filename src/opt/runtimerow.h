/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_RUNTIMEROW_H
#define OPT_RUNTIMEROW_H

#include "opt/config.h"
#include "opt/runtimekey.h"

/*
 * Runtimes of containers: those of the settings that are not built in, and those
 * that are, in the order in which --container-runtime=auto tries them. Of one that
 * both have each key counts that was said last.
 */
struct runtimerow {
	char name[RUNTIMEKEY_NAME_MAX + 1];
	char *value[RUNTIMEKEYS];	/* none is NULL */
};

struct runtimerows {
	struct runtimerow *row;
	size_t n;
};

/*
 * said are words NAME or "NAME KEY=VALUE", as runtimerow_say() makes them. -1 with e
 * set, and nothing to be freed: one of them is none, or leaves out what must be said.
 */
int runtimerows_init(struct runtimerows *r, const struct opt_list *said,
	struct err *e) __attribute__((warn_unused_result));
void runtimerows_fini(struct runtimerows *r);

/* NULL with e set: there is none of that name. */
const struct runtimerow *runtimerows_find(const struct runtimerows *r,
	const char *name, struct err *e);

/*
 * Whether the runtime, or for "auto" any, takes names of registries that begin as
 * image, if that is one. -1 with e set.
 */
int runtimerows_take_name(const struct runtimerows *r, const char *runtime,
	const char *image, struct err *e) __attribute__((warn_unused_result));

/* Append what the settings say of runtimes, as such words. */
void runtimerow_say(const struct config *c, struct opt_list *said);

/* A key of the i-th that is built in, NULL: it says nothing. */
const char *runtimerow_builtin(size_t i, enum runtimekey key);
const char *runtimerow_builtin_name(size_t i);	/* NULL behind the last */

#endif
