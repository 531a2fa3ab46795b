/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/clock.h"

#define CENTURIES (300 * 366 * 86400L)

static void copy(char *out, size_t size, const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key);

	snprintf(out, size, "%s", value != NULL ? value : "");
}

static long number(const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key);

	return value != NULL ? strtol(value, NULL, 10) : 0;
}

/* Seconds that can be reckoned with; a launcher may be anybody's. */
static long sane(long seconds)
{
	return seconds < 0 ? 0 : seconds > CENTURIES ? CENTURIES : seconds;
}

/*
 * The scheduler's own count of what is left does not depend on our clock, which
 * may be wrong, or be set while we run.
 */
static long long when_it_ends(const struct kv *kv)
{
	long end = number(kv, "end");
	long left = kv_get(kv, "left") != NULL ? number(kv, "left") :
		sane(end) - (long)time(NULL);

	return end != 0 ? clock_ms() + sane(left) * 1000LL : 0;
}

static long limit(const struct kv *kv)
{
	const char *value = kv_get(kv, "time-limit");

	return value != NULL && strcmp(value, "unlimited") == 0 ? -1 :
		number(kv, "time-limit");
}

struct job job_read(const struct kv *kv)
{
	struct job j;
	const char *v;

	copy(j.id, sizeof j.id, kv, "job");
	copy(j.tag, sizeof j.tag, kv, "tag");
	copy(j.state, sizeof j.state, kv, "state");
	copy(j.reason, sizeof j.reason, kv, "reason");
	copy(j.text, sizeof j.text, kv, "text");
	copy(j.node, sizeof j.node, kv, "node");
	copy(j.session, sizeof j.session, kv, "session");
	copy(j.partition, sizeof j.partition, kv, "partition");
	copy(j.gres, sizeof j.gres, kv, "gres");
	j.start = number(kv, "start");
	j.end_epoch = number(kv, "end");
	j.ends_ms = when_it_ends(kv);
	j.time_limit = limit(kv);
	j.age = number(kv, "age");
	j.cpus = number(kv, "cpus");
	j.mem = number(kv, "mem");
	v = kv_get(kv, "status");
	j.status = v != NULL ? atoi(v) : -1;
	return j;
}

long job_seconds_left(long long ends_ms)
{
	long long left = (ends_ms - clock_ms()) / 1000;

	return left > 0 ? (long)left : 0;
}

int job_is(const struct job *j, const char *state)
{
	return strcmp(j->state, state) == 0;
}

int job_differs(const struct job *j, const struct job *before)
{
	return strcmp(j->state, before->state) != 0 ||
		strcmp(j->reason, before->reason) != 0 ||
		j->start != before->start;
}

void job_describe(const struct job *j, char *out, size_t size)
{
	char start[64] = "", why[400] = "";
	struct tm tm;

	if (job_is(j, "running")) {
		snprintf(out, size, "job %s is running on %s, waiting for its agent",
			j->id, j->node[0] ? j->node : "its node");
		return;
	}
	if (j->start > 0)
		strftime(start, sizeof start, ", expected start %F %H:%M",
			localtime_r(&j->start, &tm));
	/* None is what Slurm says before it has looked at the job. */
	if (j->reason[0] != '\0' && strcmp(j->reason, "None") != 0)
		snprintf(why, sizeof why, " (%s%s%s)", j->reason,
			j->text[0] != '\0' ? ": " : "", j->text);
	snprintf(out, size, "job %s is %s%s%s", j->id, j->state, why, start);
}

int job_is_over(const struct job *j)
{
	return job_is(j, "ended") || job_is(j, "completing") ||
		job_is(j, "pending");
}

/* words: NULL at the end */
static int reason_is_of(const struct job *j, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(j->reason, *words) == 0)
			return 1;
	return 0;
}

int job_was_ended(const struct job *j)
{
	static const char *const by_itself[] = {
		"", "COMPLETED", "FAILED", "NonZeroExitCode", "RaisedSignal",
		"JobLaunchFailure", "Gone", NULL
	};

	return job_is_over(j) && !reason_is_of(j, by_itself);
}

void job_fate(const struct job *j, char *out, size_t size)
{
	/* These say by themselves that it was put back. */
	static const char *const put_back[] = {
		"REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", NULL
	};
	const char *text = j->text[0] != '\0' ? j->text : j->state;
	char word[80] = "", status[40] = "";

	/* Why it waits there is another matter. */
	if (job_is(j, "pending") && !reason_is_of(j, put_back))
		text = "put back into the queue";
	if (j->reason[0] != '\0')
		snprintf(word, sizeof word, " (%s)", j->reason);
	/* What is left of a number when a signal ended the agent. */
	if (j->status > 128 && !job_was_ended(j))
		snprintf(status, sizeof status, ", its agent got signal %d",
			j->status - 128);
	else if (j->status > 0 && !job_was_ended(j))
		snprintf(status, sizeof status, ", exit status %d", j->status);
	snprintf(out, size, "%s%s%s", text, word, status);
}
