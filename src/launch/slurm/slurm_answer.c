/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the pointer to what worker and watcher share, and how a worker answers:
 * once, since an error's record is the last one and ends it.
 */
#include "launch/slurm/slurm_answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "launch/launch_request.h"

struct slurm_shared *slurm_shared;

void slurm_answer(struct buf *record)
{
	if (launch_request_answer(record) == -1)
		_exit(1);
}

void slurm_fail(const char *class, const char *fmt, ...)
{
	char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) == -1)
		message = mem_strdup("out of memory");
	va_end(ap);
	if (strcmp(class, SLURM_UNFIT) == 0) {
		fprintf(stderr, "%s\n", message);
		_exit(SLURM_UNFIT_STATUS);
	}
	launch_request_refuse(class, message);
	_exit(SLURM_REPORTED);
}
