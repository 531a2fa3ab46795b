/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One job of libslurm's list written as a record of vscode-remote-launcher(7),
 * and the mark by which a job is a session's. Owns no job; what differs between
 * Slurm's releases is in launch/slurm/jobstate.c.
 */
#include "launch/slurm/slurm_job.h"

#include <string.h>
#include <time.h>

#include "base/kv.h"

#define MARK "vscode-remote-shell session="

/* Copy what stands before one of these bytes, if it fits; *at is there then. */
static int slurm_job_take(char *out, size_t size, const char **at,
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
static int read_mark(struct slurm_job_mark *mark, const char *at)
{
	*mark = (struct slurm_job_mark){ "", "" };
	if (at == NULL || strncmp(at, MARK, strlen(MARK)) != 0)
		return -1;
	at += strlen(MARK);
	if (slurm_job_take(mark->session, sizeof mark->session, &at, " ") == -1 ||
		strncmp(at, " tag=", 5) != 0)
		return -1;
	at += 5;
	return slurm_job_take(mark->tag, sizeof mark->tag, &at, ";") == 0 &&
		tag_is_name(mark->session) && tag_is_valid(mark->tag) ?
		0 : -1;
}

int slurm_job_mark(struct slurm_job_mark *mark, const slurm_job_info_t *job)
{
	return read_mark(mark, job->command) == 0 ? 0 :
		read_mark(mark, job->comment);
}

static const struct jobstate_text *why(const slurm_job_info_t *job)
{
	const int release = JOBSTATE_RELEASE(
		SLURM_VERSION_MAJOR(SLURM_VERSION_NUMBER),
		SLURM_VERSION_MINOR(SLURM_VERSION_NUMBER));

	return jobstate_why(job->job_state, job->state_reason, job->exit_code,
		release);
}

const struct jobstate_text *slurm_job_waits_for(const slurm_job_info_t *job)
{
	return strcmp(jobstate_word(job->job_state), "pending") == 0 ?
		why(job) : NULL;
}

/* The path as the user gave it: without what slurm_desc.c escaped in it. */
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
static void describe_end(struct buf *out, const slurm_job_info_t *job)
{
	const struct jobstate_end end = jobstate_end(job->job_state,
		job->state_reason, job->exit_code);

	switch (end.kind) {
	case JOBSTATE_END_EXIT:
		kv_writef(out, "status", "%u", end.number);
		break;
	case JOBSTATE_END_SIGNAL:
		kv_writef(out, "status", "%u", 128 + end.number);
		break;
	case JOBSTATE_END_ERROR:
		if (end.number == JOBSTATE_IO_ERROR && job->std_out)
			describe_output(out, job->std_out);
		break;
	case JOBSTATE_END_OOM:
	case JOBSTATE_END_NONE:
		break;
	}
}

/* By somebody, or as was known from the start. */
static int is_meant(const slurm_job_info_t *job)
{
	const uint32_t base = job->job_state & JOBSTATE_BASE_MASK;

	return base == JOB_CANCELLED || base == JOB_TIMEOUT ||
		base == JOB_DEADLINE;
}

/* When the time limit ends it; 0: none does, or it has not begun. */
static time_t end_of(const slurm_job_info_t *job)
{
	if (strcmp(jobstate_word(job->job_state), "pending") == 0 ||
		job->time_limit == INFINITE)
		return 0;
	return job->end_time;
}

/* In MB, all of the job's. 0: the nodes' whole memory, or not known. */
static uint64_t memory_of(const slurm_job_info_t *job)
{
	if (job->pn_min_memory == NO_VAL64)
		return 0;
	if (job->pn_min_memory & MEM_PER_CPU)
		return (job->pn_min_memory & ~MEM_PER_CPU) * job->num_cpus;
	return job->pn_min_memory * job->num_nodes;
}

void slurm_job_describe(struct buf *out, const slurm_job_info_t *job)
{
	const char *state = jobstate_word(job->job_state);
	const struct jobstate_text *reason = why(job);
	const char *by = jobstate_by(job->job_state, reason);
	const int pending = strcmp(state, "pending") == 0;
	const int ended = strcmp(state, "ended") == 0;
	const char *node = job->batch_host ? job->batch_host : job->nodes;
	struct slurm_job_mark mark;

	kv_writef(out, "job", "%u", job->job_id);
	if (slurm_job_mark(&mark, job) == 0)
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
	if (memory_of(job) > 0)
		kv_writef(out, "mem", "%ju", (uintmax_t)memory_of(job));
	if (job->start_time > 0)
		kv_writef(out, "start", "%jd", (intmax_t)job->start_time);
	if (is_meant(job))
		kv_write(out, "meant", "yes");
	if (pending || node == NULL || *node == '\0')
		return;
	kv_write(out, "node", node);
	if (ended)
		describe_end(out, job);
}

/* "gres:gpu:a100:1,gres/nvme=2" as "gpu:a100:1,nvme=2". */
static void describe_gres(struct buf *out, const slurm_job_info_t *job)
{
	const char *const lists[] = {
		job->gres_total, job->tres_per_node, job->tres_per_job,
		job->tres_per_socket, job->tres_per_task,
	};
	const char *list = NULL;
	struct buf text = { 0 };

	for (size_t i = 0; i < sizeof lists / sizeof *lists && !list; i++)
		if (lists[i] && *lists[i])
			list = lists[i];
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

void slurm_job_describe_limit(struct buf *out, const slurm_job_info_t *job,
	time_t now)
{
	time_t end = end_of(job);

	if (end <= 0)
		return;
	kv_writef(out, "end", "%jd", (intmax_t)end);
	kv_writef(out, "left", "%jd", (intmax_t)(end > now ? end - now : 0));
}

void slurm_job_describe_more(struct buf *out, const slurm_job_info_t *job,
	time_t now)
{
	time_t age = now - job->submit_time;
	struct slurm_job_mark mark;

	if (slurm_job_mark(&mark, job) == 0)
		kv_write(out, "session", mark.session);
	kv_writef(out, "age", "%jd", (intmax_t)(age > 0 ? age : 0));
	slurm_job_describe_limit(out, job, now);
	if (job->partition && *job->partition)
		kv_write(out, "partition", job->partition);
	if (job->time_limit == INFINITE)
		kv_write(out, "time-limit", "unlimited");
	else if (job->time_limit != NO_VAL)
		kv_writef(out, "time-limit", "%ju",
			(uintmax_t)job->time_limit * 60);
	if (job->num_cpus != NO_VAL)
		kv_writef(out, "cpus", "%u", job->num_cpus);
	describe_gres(out, job);
}
