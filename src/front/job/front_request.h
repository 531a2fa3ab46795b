/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_FRONT_REQUEST_H
#define FRONT_JOB_FRONT_REQUEST_H

#include "base/buf.h"
#include "front/job/invocation.h"

/* What a launcher is asked, see vscode-remote-launcher(7). Each appends to out. */

/*
 * find; session NULL: all of them; tag: of a job that was just submitted, or
 * NULL
 */
void front_request_find(const struct invocation *inv, const char *session,
	const char *tag, struct buf *out);

/* watch, end */
void front_request_job(const struct invocation *inv, const char *job,
	struct buf *out);

/*
 * submit: the agent's command line, the job's environment, the -S words. network:
 * by which front and agent reach each other; NULL: by all.
 */
void front_request_submit(const struct invocation *inv, const char *tag,
	const char *network, struct buf *out);

/* Append the words of the agent's command line, without its path. */
void front_request_agent(const struct invocation *inv, const char *tag,
	const char *network, struct opt_list *words);

#endif
