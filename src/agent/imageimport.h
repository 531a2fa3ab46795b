/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IMAGEIMPORT_H
#define AGENT_IMAGEIMPORT_H

#include "base/err.h"

/* A runtime that makes a file of the name of an image in a registry. */
struct imageimport {
	char *const *argv;		/* the first is its path */
	char *const *env;
	int input;			/* a descriptor, which it keeps open */
	/*
	 * Now and then; last is what it has said last, fit for a line, or "", and
	 * heard how many bytes it has said.
	 */
	void (*at)(const char *last, unsigned long long heard, void *arg);
	void *arg;
};

/*
 * Wait for it, but for nothing that it leaves behind. -1 with e set: it has failed,
 * with what it has said last.
 */
int imageimport_run(const struct imageimport *i, struct err *e)
	__attribute__((warn_unused_result));

#endif
