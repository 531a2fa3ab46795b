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
 * by which front and agent reach each other; NULL: by all. ahead: nobody may be
 * there when it begins.
 */
void front_request_submit(const struct invocation *inv, const char *tag,
	const char *network, int ahead, struct buf *out);

/* For who asks about a job that is not made: no session has that tag. */
#define FRONT_REQUEST_NO_TAG "0000000000000000"

/* The options of salloc that were asked for, as most verbs take them. */
void front_request_options(const struct invocation *inv, struct buf *out);

/* partitions: for the job of the -S words; all: also those that refuse it */
void front_request_partitions(const struct invocation *inv, int all,
	struct buf *out);

/* Append the words of the agent's command line, without its path. */
void front_request_agent(const struct invocation *inv, const char *tag,
	const char *network, struct opt_list *words);

#endif
