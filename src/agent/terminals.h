/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_TERMINALS_H
#define AGENT_TERMINALS_H

/*
 * Write a line, as wall(1) does, to each terminal that a process of the session
 * has, unless `mesg n` was said there.
 */
void terminals_tell(const char *line);

#endif
