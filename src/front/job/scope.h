/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_SCOPE_H
#define FRONT_JOB_SCOPE_H

#include "front/job/invocation.h"

/*
 * The cluster or machine whose jobs the launcher tells of. Clusters may share a
 * home directory, and then sessions of all of them are in one state directory.
 * What a launcher says is kept there for each host, in the file scope.HOST.
 */
#define SCOPE_MAX 128

/* Whether both may be the same; "" is not known, so may be any. */
int scope_may_be(const char *a, const char *b);

/* 1 with the scope of this host; 0: not known, the launcher must be asked. */
int scope_known(const struct invocation *inv, char scope[SCOPE_MAX]);

/* A launcher has said it. "" is nothing. */
void scope_learn(const struct invocation *inv, const char *scope);

#endif
