/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * A job of Slurm written as a record of vscode-remote-launcher(7), and the mark by
 * which a job is a session's: one form for all launchers, so that each finds the
 * jobs that another has submitted.
 */
#include "launch/slurmjob.h"

#include <string.h>

#include "base/kv.h"
#include "base/mem.h"
#include "base/number.h"

#define MARK "vscode-remote-shell session="
/* What sbatch puts before the mark, which it takes for words of the script. */
#define SCRIPT "/dev/stdin "
/* Behind the comment of an allocation that our own programs have ended. */
#define ENDED "; ended"

char *slurmjob_mark_text(const char *session, const char *tag)
{
	return mem_printf(MARK "%s tag=%s", session, tag);
}

/* Copy what stands before one of these bytes, if it fits; *at is there then. */
static int slurmjob_take(char *out, size_t size, const char **at,
	const char *ends)
{
	size_t len = strcspn(*at, ends);

	if (len >= size)
		return -1;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len;
	return 0;
}

/* "vscode-remote-shell session=NAME tag=HEX16", and what --comment adds. */
static int read_mark(struct slurmjob_mark *mark, const char *at)
{
	*mark = (struct slurmjob_mark){ "", "" };
	if (at == NULL)
		return -1;
	if (strncmp(at, SCRIPT, strlen(SCRIPT)) == 0)
		at += strlen(SCRIPT);
	if (strncmp(at, MARK, strlen(MARK)) != 0)
		return -1;
	at += strlen(MARK);
	if (slurmjob_take(mark->session, sizeof mark->session, &at, " ") == -1 ||
		strncmp(at, " tag=", 5) != 0)
		return -1;
	at += 5;
	return slurmjob_take(mark->tag, sizeof mark->tag, &at, ";") == 0 &&
		tag_is_name(mark->session) && tag_is_valid(mark->tag) ?
		0 : -1;
}

int slurmjob_mark(struct slurmjob_mark *mark, const struct slurmjob *job)
{
	return read_mark(mark, job->command) == 0 ? 0 :
		read_mark(mark, job->comment);
}

char *slurmjob_ended_comment(const char *comment, int status)
{
	return mem_printf("%s" ENDED "=%d", comment, status);
}

/* What stands behind our mark of an end; a user's words may look like it. */
static const char *behind_ended(const char *comment)
{
	const char *last = NULL;

	for (const char *at = comment; at != NULL && (at = strstr(at, ENDED));
		at += strlen(ENDED))
		last = at + strlen(ENDED);
	return last != NULL && (*last == '\0' || *last == '=') ? last : NULL;
}

#define REASON_EXIT 24

/*
 * As a batch job would have ended. An allocation ends when somebody ends it, and
 * then Slurm calls it cancelled, also when its own program came to an end; with
 * which status is known only if that program did not start.
 */
static struct slurmjob as_batch(const struct slurmjob *job)
{
	struct slurmjob as = *job;
	const char *end = job->is_allocation ? behind_ended(job->comment) :
		NULL;
	long status;

	if (end == NULL ||
		(job->state & JOBSTATE_BASE_MASK) != JOBSTATE_CANCELLED)
		return as;
	if (*end != '=' || number_read(end + 1, 0, 255, &status) == -1)
		status = 0;
	as.state = (job->state & ~(uint32_t)JOBSTATE_BASE_MASK) |
		JOBSTATE_FAILED;
	as.reason = REASON_EXIT;
	as.exit_code = status > 0 ? (uint32_t)status << 8 : 1;
	return as;
}

static const struct jobstate_text *why(const struct slurmjob *job)
{
	return jobstate_why(job->state, job->reason, job->exit_code,
		job->release);
}

const struct jobstate_text *slurmjob_waits_for(const struct slurmjob *job)
{
	return strcmp(jobstate_word(job->state), "pending") == 0 ?
		why(job) : NULL;
}

/* The path as the user gave it: without what jobscript_output() has escaped. */
static void describe_output(struct buf *out, const char *path)
{
	struct buf plain = { 0 };

	for (; *path; path++) {
		buf_append(&plain, path, 1);
		if (path[0] == '%' && path[1] == '%')
			path++;
	}
	buf_append(&plain, "", 1);
	kv_write(out, "unwritable", buf_data(&plain));
	buf_fini(&plain);
}

/* What is known of how its program ended, beside the reason. */
static void describe_end(struct buf *out, const struct slurmjob *job)
{
	const struct jobstate_end end = jobstate_end(job->state, job->reason,
		job->exit_code);

	switch (end.kind) {
	case JOBSTATE_END_EXIT:
		kv_writef(out, "status", "%u", end.number);
		break;
	case JOBSTATE_END_SIGNAL:
		kv_writef(out, "status", "%u", 128 + end.number);
		break;
	case JOBSTATE_END_ERROR:
		if (end.number == JOBSTATE_IO_ERROR && job->output)
			describe_output(out, job->output);
		break;
	case JOBSTATE_END_OOM:
	case JOBSTATE_END_NONE:
		break;
	}
}

/* By somebody, or as was known from the start. */
static int is_meant(const struct slurmjob *job)
{
	const uint32_t base = job->state & JOBSTATE_BASE_MASK;

	return base == JOBSTATE_CANCELLED || base == JOBSTATE_TIMEOUT ||
		base == JOBSTATE_DEADLINE;
}

/* When the time limit ends it; 0: none does, or it has not begun. */
static long end_of(const struct slurmjob *job)
{
	if (strcmp(jobstate_word(job->state), "pending") == 0 ||
		job->limit == SLURMJOB_UNLIMITED)
		return 0;
	return job->end;
}

void slurmjob_describe(struct buf *out, const struct slurmjob *shown)
{
	const struct slurmjob as = as_batch(shown), *job = &as;
	const char *state = jobstate_word(job->state);
	const struct jobstate_text *reason = why(job);
	const char *by = jobstate_by(job->state, reason);
	const int pending = strcmp(state, "pending") == 0;
	struct slurmjob_mark mark;

	kv_writef(out, "job", "%u", job->id);
	if (slurmjob_mark(&mark, job) == 0)
		kv_write(out, "tag", mark.tag);
	kv_write(out, "state", state);
	/* Slurm has not looked at it yet. */
	if (!pending || strcmp(reason->word, "None") != 0) {
		kv_write(out, "reason", reason->word);
		kv_write(out, "text", reason->text);
	}
	if (by != NULL)
		kv_write(out, "by", by);
	if (jobstate_lacked_memory(reason))
		kv_write(out, "lacked", "memory");
	if (job->mem > 0)
		kv_writef(out, "mem", "%ju", (uintmax_t)job->mem);
	if (job->start > 0)
		kv_writef(out, "start", "%ld", job->start);
	if (is_meant(job))
		kv_write(out, "meant", "yes");
	if (pending || job->node == NULL || *job->node == '\0')
		return;
	kv_write(out, "node", job->node);
	if (strcmp(state, "ended") == 0)
		describe_end(out, job);
}

/* "gres:gpu:a100:1,gres/nvme=2" as "gpu:a100:1,nvme=2". */
static void describe_gres(struct buf *out, const char *list)
{
	struct buf text = { 0 };

	for (size_t len; list && *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		if (!strncmp(list, "gres:", 5) || !strncmp(list, "gres/", 5)) {
			list += 5;
			len -= 5;
		}
		buf_puts(&text, text.len ? "," : "");
		buf_append(&text, list, len);
	}
	if (text.len > 0) {
		buf_append(&text, "", 1);
		kv_write(out, "gres", buf_data(&text));
	}
	buf_fini(&text);
}

void slurmjob_describe_limit(struct buf *out, const struct slurmjob *job,
	long now)
{
	long end = end_of(job);

	if (end <= 0)
		return;
	kv_writef(out, "end", "%ld", end);
	kv_writef(out, "left", "%ld", end > now ? end - now : 0);
}

void slurmjob_describe_more(struct buf *out, const struct slurmjob *job,
	long now)
{
	long age = now - job->submitted;
	struct slurmjob_mark mark;

	if (slurmjob_mark(&mark, job) == 0)
		kv_write(out, "session", mark.session);
	if (job->user && *job->user)
		kv_write(out, "user", job->user);
	kv_writef(out, "age", "%ld", age > 0 ? age : 0);
	slurmjob_describe_limit(out, job, now);
	if (job->partition && *job->partition)
		kv_write(out, "partition", job->partition);
	if (job->limit == SLURMJOB_UNLIMITED)
		kv_write(out, "time-limit", "unlimited");
	else if (job->limit > 0)
		kv_writef(out, "time-limit", "%ld", job->limit);
	if (job->cpus > 0)
		kv_writef(out, "cpus", "%u", job->cpus);
	describe_gres(out, job->gres);
}

void slurmjob_note_nodes(struct buf *out, uint32_t nodes)
{
	kv_writef(out, "note", "the job has %u nodes; the session is on the first of them, --node of shell and proxy leads to another",
		nodes);
}

/* Slurm itself says no more than that it was denied. */
const char *slurmjob_why_no_more(const struct slurmjob *job)
{
	return (job->state & JOBSTATE_BASE_MASK) == JOBSTATE_PENDING ?
		"it may be beyond the partition's maximum" :
		"most sites allow it only while the job waits";
}
