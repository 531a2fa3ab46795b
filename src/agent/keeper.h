/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_KEEPER_H
#define AGENT_KEEPER_H

#include "base/err.h"

/*
 * The process that the scheduler knows becomes the keeper, and we go on in a
 * child of it, the agent, which gets SIGTERM when the keeper is killed. The
 * keeper passes signals on, ends what an agent leaves, however that ended, logs
 * the signal if one ended it, and ends as it did. Call it before there are
 * threads. Returns in the agent; or in the only process, -1 with e set, when
 * there can be no keeper. argv becomes the keeper's title, in the keeper alone.
 */
int keeper_start(int argc, char **argv, struct err *e)
	__attribute__((warn_unused_result));

/* What the keeper retires, see rundir.h, unless the agent does; once. */
void keeper_rundir(const char *path);

#endif
