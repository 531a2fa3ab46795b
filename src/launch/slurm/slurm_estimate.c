/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `sbatch --test-only` asks, of the job that submit would make. Slurm names
 * a start also in a partition that is down, so that is looked at, too.
 *
 * Of some refusals libslurm returns no more than that there was one, and prints
 * why; so what it prints is caught, and becomes part of the answer.
 */
#include "launch/slurm/slurm_estimate.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "launch/jobstate.h"
#include "launch/slurm/overheard.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_compat.h"
#include "launch/slurm/slurm_make.h"
#include "launch/slurm/slurm_reach.h"

__attribute__((noreturn))
static void fail_with(int errnum, const char *words)
{
	if (words[0] == '\0')
		slurm_reach_fail("would refuse the job", errnum);
	slurm_fail(slurm_reach_class(errnum), "Slurm would refuse the job: %s%s%s",
		errnum == -1 ? "" : slurm_strerror(errnum),
		errnum == -1 ? "" : "; ", words);
}

/* ---- the partition ---------------------------------------------------------- */

/* Whether that is one of these, by commas; NULL: whether it is the default. */
static int is_asked_for(const partition_info_t *p, const char *names)
{
	size_t len = strlen(p->name);

	if (names == NULL)
		return (p->flags & PART_FLAG_DEFAULT) != 0;
	for (; *names != '\0'; names += names[0] == ',') {
		size_t n = strcspn(names, ",");

		if (n == len && strncmp(names, p->name, n) == 0)
			return 1;
		names += n;
	}
	return 0;
}

/* A job would wait there for as long as it is down. */
static void say_partition_down(struct buf *out, const char *names)
{
	partition_info_msg_t *partitions = NULL;
	uint32_t down = 0, known = 0;

	if (slurm_load_partitions(0, &partitions, SHOW_ALL | SHOW_LOCAL) != 0)
		return;
	for (uint32_t i = 0; i < partitions->record_count; i++) {
		const partition_info_t *p = &partitions->partition_array[i];

		if (!is_asked_for(p, names))
			continue;
		known++;
		down += !(p->state_up & PARTITION_SCHED);
	}
	slurm_free_partition_info_msg(partitions);
	if (known > 0 && down == known) {
		const struct jobstate_text *why = jobstate_reason(
			WAIT_PART_DOWN, JOBSTATE_RELEASE(
			SLURM_VERSION_MAJOR(SLURM_VERSION_NUMBER),
			SLURM_VERSION_MINOR(SLURM_VERSION_NUMBER)));

		kv_write(out, "reason", why->word);
		kv_write(out, "text", why->text);
	}
}

/* ---- the answer ------------------------------------------------------------- */

static void say_start(struct buf *out, const will_run_response_msg_t *r,
	const job_desc_msg_t *desc)
{
	if (r->start_time > 0)
		kv_writef(out, "start", "%lld", (long long)r->start_time);
	if (r->node_list)
		kv_write(out, "node", r->node_list);
	if (r->part_name)
		kv_write(out, "partition", r->part_name);
	if (r->proc_cnt != NO_VAL)
		kv_writef(out, "cpus", "%u", r->proc_cnt);
	if (r->preemptee_job_id && slurm_list_count(r->preemptee_job_id) > 0)
		kv_writef(out, "note", "it would preempt %d others",
			slurm_list_count(r->preemptee_job_id));
	say_partition_down(out, r->part_name ? r->part_name : desc->partition);
}

void slurm_estimate(const struct kv *request)
{
	will_run_response_msg_t *response = NULL;
	struct slurm_desc d;
	struct overheard words;
	struct buf out = { 0 };
	int rc, errnum;

	slurm_make(&d, request, slurm_reach_begin);
	slurm_desc_start(&d, request);
	/* It would not wait for the session that it is another one of. */
	d.desc.dependency = d.options.dependency;
	overheard_begin(&words);
	errno = 0;
	rc = slurm_job_will_run2(&d.desc, &response);
	errnum = errno != 0 ? errno : -1;
	overheard_end(&words);
	if (rc != 0)
		fail_with(errnum, overheard_line(&words, "; ", ""));
	if (response && response->job_submit_user_msg)
		kv_write(&out, "note", response->job_submit_user_msg);
	if (response && kv_get(request, "ask-start") != NULL)
		say_start(&out, response, &d.desc);
	slurm_answer(&out);
	slurm_free_will_run_response_msg(response);
	slurm_desc_fini(&d);
}
