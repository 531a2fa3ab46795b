/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_NEWS_H
#define AGENT_NEWS_H

#include "agent/agent_job.h"
#include "agent/fronts.h"
#include "agent/hook.h"

struct news;

/* What it tells by; the options of job say who is told. They outlive it. */
struct news *news_new(const struct agent_job *job, struct fronts *fronts,
	struct hook *hook);
void news_free(struct news *n);

/*
 * Tell whoever wants to know it: fronts on their stderr, --notify-command, and
 * the session's terminals with --notify-terminals. event is a word for the
 * command; seconds until the end of the session, -1 when that is not known.
 */
void news_tell(struct news *n, const char *event, long seconds,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/*
 * The last news: the fronts hear of it by their own frame, and when it is meant
 * by one more.
 */
void news_end(struct news *n, const char *reason, int meant);

#endif
