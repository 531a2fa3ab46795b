/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void copy(char *out, size_t size, const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key);

	snprintf(out, size, "%s", value != NULL ? value : "");
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
	v = kv_get(kv, "start");
	j.start = v != NULL ? strtoll(v, NULL, 10) : 0;
	v = kv_get(kv, "age");
	j.age = v != NULL ? atol(v) : 0;
	v = kv_get(kv, "status");
	j.status = v != NULL ? atoi(v) : -1;
	return j;
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
		snprintf(out, size, "job %s is running on %s, waiting for its "
			"agent", j->id, j->node[0] ? j->node : "its node");
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
