/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_USED_H
#define FRONT_UPDATE_USED_H

#include "front/job/invocation.h"

/*
 * Whether the version in dir is in use, as far as this host and the state directory
 * know: a process of ours here runs it, or a session's job was made by it, or by
 * nobody knows what. For installation_prune(): arg is the invocation.
 */
int used_is(const char *dir, void *arg);

#endif
