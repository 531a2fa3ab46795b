/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_ENDING_H
#define FRONT_JOB_ENDING_H

#include <stddef.h>

#include "front/job/invocation.h"

/*
 * The file "ended" in the folder of a job: the line that said why it is over,
 * for `logs`, when the agent could not write that into its log.
 */
#define ENDING_FILE "ended"

/* Of the folder of that job. That it cannot be written is logged, no more. */
void ending_write(const struct invocation *inv, const char *tag,
	const char *line);

/* The same by a child, for which nobody waits. */
void ending_write_aside(const struct invocation *inv, const char *tag,
	const char *line);

/* dirfd is of the folder. -1: there is none that can be read. */
int ending_read(int dirfd, char *line, size_t size);

#endif
