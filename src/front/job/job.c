/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A launcher's record of a job, read with bounds, and put into words: how it
 * stands, what became of it, what to do. The values are a program's answer and may
 * be odd: a name that is too long is left out, never cut, since the rest would name
 * another job; a number beyond its bounds counts as not told.
 */
#include "front/job/job.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/number.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/timetext.h"

#define CPUS_MAX (1L << 31)
#define NODES_MAX (1L << 31)
#define MEM_MAX (1L << 50)		/* MB */
#define UNLIMITED (-1)

static void copy(char *out, size_t size, const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key);

	snprintf(out, size, "%s", value != NULL ? value : "");
}

/* A word that is cut would be the name of something else. */
static void copy_whole(char *out, size_t size, const struct kv *kv,
	const char *key)
{
	const char *value = kv_get(kv, key);

	copy(out, size, kv, key);
	if (value == NULL || strlen(value) < size)
		return;
	out[0] = '\0';
	log_warning("launcher: %s=%.40s... is too long, ignored", key, value);
}

/* All numbers of an answer, none of which is believed beyond its bounds. */
struct job_numbers {
	long start, end, left, limit, age, cpus, mem, status, missing;
};
#define AT(field) offsetof(struct job_numbers, field)

static const struct number_row number_table[] = {
	{ "start", AT(start), 0, NUMBER_EPOCH_MAX, 0 },
	{ "end", AT(end), 0, NUMBER_EPOCH_MAX, 0 },
	{ "left", AT(left), 0, NUMBER_SECONDS_MAX, -1 },
	{ "age", AT(age), 0, NUMBER_SECONDS_MAX, 0 },
	{ "cpus", AT(cpus), 0, CPUS_MAX, 0 },
	{ "mem", AT(mem), 0, MEM_MAX, 0 },
	{ "status", AT(status), 0, 255, -1 },
	{ "nodes-missing", AT(missing), 0, NODES_MAX, -1 },
};
/* Instead of a number it may be a word. */
static const struct number_row limit_row =
	{ "time-limit", AT(limit), 0, UINT32_MAX * 60L, 0 };

static void read_numbers(struct job_numbers *n, const struct kv *kv)
{
	const char *limit = kv_get(kv, limit_row.key);
	struct err e;

	if (number_rows(number_table, sizeof number_table /
		sizeof number_table[0], kv, n, &e) == -1)
		log_warning("launcher: %s; ignored", e.text);
	if (limit != NULL && strcmp(limit, "unlimited") == 0)
		n->limit = UNLIMITED;
	else if (number_rows(&limit_row, 1, kv, n, &e) == -1)
		log_warning("launcher: %s; ignored", e.text);
}

/*
 * The scheduler's own count of what is left does not depend on our clock, which
 * may be wrong, or be set while we run.
 */
static long long when_it_ends(const struct job_numbers *n)
{
	long left = n->left != -1 ? n->left : n->end - (long)time(NULL);

	if (n->end == 0)
		return 0;
	if (left > NUMBER_SECONDS_MAX)
		left = NUMBER_SECONDS_MAX;
	return clock_ms() + (left > 0 ? left : 0) * 1000LL;
}

static int says(const struct kv *kv, const char *key, const char *word)
{
	const char *value = kv_get(kv, key);

	return value != NULL && strcmp(value, word) == 0;
}

struct job job_read(const struct kv *kv)
{
	struct job_numbers n;
	struct job j;

	copy_whole(j.id, sizeof j.id, kv, "job");
	copy_whole(j.tag, sizeof j.tag, kv, "tag");
	copy(j.state, sizeof j.state, kv, "state");
	copy(j.reason, sizeof j.reason, kv, "reason");
	copy(j.text, sizeof j.text, kv, "text");
	copy(j.node, sizeof j.node, kv, "node");
	copy_whole(j.session, sizeof j.session, kv, "session");
	copy_whole(j.user, sizeof j.user, kv, "user");
	j.role = role_said(kv_get(kv, "role"));
	copy(j.partition, sizeof j.partition, kv, "partition");
	j.meant = says(kv, "meant", "yes");
	j.by = says(kv, "by", "requeue") ? JOB_BY_REQUEUE :
		says(kv, "by", "scheduler") ? JOB_BY_SCHEDULER :
		JOB_BY_ITSELF;
	j.lacked_memory = says(kv, "lacked", "memory");
	copy(j.gres, sizeof j.gres, kv, "gres");
	copy(j.never, sizeof j.never, kv, "never");
	copy(j.unwritable, sizeof j.unwritable, kv, "unwritable");
	read_numbers(&n, kv);
	j.start = n.start;
	j.end_epoch = n.end;
	j.ends_ms = when_it_ends(&n);
	j.time_limit = n.limit;
	j.age = n.age;
	j.cpus = n.cpus;
	j.mem = n.mem;
	j.status = (int)n.status;
	j.nodes_missing = n.missing;
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
	char start[96] = "", why[400] = "";

	if (job_is(j, "running")) {
		snprintf(out, size, "job %s is running on %s, waiting for its agent",
			j->id, j->node[0] ? j->node : "its node");
		return;
	}
	if (j->start > 0)
		snprintf(start, sizeof start, ", expected start %s",
			timetext(TIMETEXT_MINUTES, j->start).s);
	if (j->reason[0] != '\0')
		snprintf(why, sizeof why, " (%s%s%s)", j->reason,
			j->text[0] != '\0' ? ": " : "", j->text);
	snprintf(out, size, "job %s is %s%s%s", j->id, j->state, why, start);
}

int job_is_over(const struct job *j)
{
	return job_is(j, "ended") || job_is(j, "completing") ||
		job_is(j, "pending");
}

/* Who waits in the queue, after all, did not leave it by himself. */
int job_was_ended(const struct job *j)
{
	return job_is_over(j) &&
		(j->by != JOB_BY_ITSELF || job_is(j, "pending"));
}

void job_fate(const struct job *j, char *out, size_t size)
{
	const char *text = j->text[0] != '\0' ? j->text : j->state;
	char word[80] = "", status[40] = "";
	char unwritable[sizeof j->unwritable + sizeof j->node + 80];

	/* Why it waits there is another matter. */
	if (job_is(j, "pending") && j->by != JOB_BY_REQUEUE)
		text = "put back into the queue";
	if (j->unwritable[0] != '\0') {
		snprintf(unwritable, sizeof unwritable, "%s could not write %s%s",
			j->node[0] != '\0' ? j->node : "its node",
			j->unwritable, j->status != EX_CANTCREAT ? "" :
			", which is full, over a quota or read-only");
		text = unwritable;
	}
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

int job_could_not_write(const struct job *j)
{
	return j->unwritable[0] != '\0' || j->status == EX_CANTCREAT;
}

void job_advice(const struct job *j, char *out, size_t size)
{
	if (job_could_not_write(j))
		snprintf(out, size, "choose a --state-dir on a file system that %s can write, with room on it",
			j->node[0] != '\0' ? j->node : "the node");
	else if (j->lacked_memory && j->mem > 0)
		snprintf(out, size, "it had %ldM of memory; ask for more, as in --mem=%ldM",
			j->mem, 2 * j->mem);
	else if (j->lacked_memory)
		snprintf(out, size, "ask for more memory, with --mem=");
	else
		snprintf(out, size, "connect again to %s", job_is(j, "pending") ?
			"wait for it" : "start another");
}
