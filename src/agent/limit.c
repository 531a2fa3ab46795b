/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The job's time limit. It is known as a duration at some moment, and kept as a
 * time of the monotonic clock, so that it does not matter when a clock is set.
 */
#include "agent/limit.h"

#include <stdlib.h>

#include "os/clock.h"
#include "os/log.h"
#include "pure/message.h"

/* What the scheduler says in the environment: both by its own clock. */
static long environment_limit(void)
{
	const char *start = getenv("SLURM_JOB_START_TIME");
	const char *end = getenv("SLURM_JOB_END_TIME");
	long seconds;

	if (start == NULL || end == NULL)
		return 0;
	seconds = strtol(end, NULL, 10) - strtol(start, NULL, 10);
	/* A job without a limit ends in a year. */
	return seconds > 0 && seconds < 364 * 86400L ? seconds : 0;
}

void limit_set(struct agent *a, uint32_t seconds)
{
	if (seconds == LIMIT_NONE) {
		log_info("the job has no time limit");
		a->limit_at = 0;
		return;
	}
	log_info("the job's time limit is in %u s", seconds);
	a->limit_at = clock_ms() + seconds * 1000LL;
}

long limit_left(const struct agent *a)
{
	long long left = a->limit_at - clock_ms();

	if (a->limit_at == 0)
		return -1;
	return left < 0 ? 0 : left / 1000;
}

void limit_init(struct agent *a)
{
	long seconds = a->opt->time_limit;

	if (seconds == 0)
		seconds = environment_limit();
	if (seconds > 0)
		limit_set(a, seconds);
}
