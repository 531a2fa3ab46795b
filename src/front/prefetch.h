/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_PREFETCH_H
#define FRONT_PREFETCH_H

#include <stddef.h>

#include "front/job/invocation.h"

/*
 * --prefetch: which server a client wants is told by the script that he types, and
 * that is here while the job is pending. Meanwhile the server is got on this node,
 * into the home directory or wherever else the script will look for it.
 */
struct prefetch;

/* NULL: it is not wanted. */
struct prefetch *prefetch_new(const struct invocation *inv);

/* What runs goes on, within its time limit. NULL is ignored. */
void prefetch_free(struct prefetch *p);

/* These bytes come from the client. arg is the struct prefetch. */
void prefetch_hear(const char *data, size_t len, void *arg);

#endif
