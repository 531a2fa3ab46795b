/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_LAUNCHER_H
#define FRONT_JOB_LAUNCHER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/kv.h"

struct invocation;

/* The programs that know a scheduler. */

struct launcher_end {
	int ok;
	char class[16];		/* of the error: vscode-remote-launcher(7) */
	struct err message;	/* of the error: one line */
};

struct launcher_call;

/*
 * Run `launch-NAME verb` with request, which is emptied. record() is called
 * for each answer, end() once; then the call is gone. timeout is in seconds, 0
 * for none.
 */
struct launcher_call *launcher_run(const struct invocation *inv,
	const char *verb, struct buf *request, long timeout,
	void (*record)(const struct kv *kv, void *arg),
	void (*end)(const struct launcher_end *end, void *arg), void *arg);

/* No callbacks any more; the launcher is killed. NULL is ignored. */
void launcher_cancel(struct launcher_call *c);

/* The name of its program, "launch-slurm", for messages. */
struct launcher_name {
	char s[96];
};
struct launcher_name launcher_name(const struct invocation *inv);

/* The exit status for an error class. */
int launcher_status(const char *class);

/* End the front with an error: its message and status. */
void launcher_fail(const struct invocation *inv,
	const struct launcher_end *end);

#endif
