/* SPDX-License-Identifier: BSD-2-Clause */
/* submit, find, watch, end and extend, by the calls of libslurm. */
#include "launch/slurm/slurm_verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/timespan.h"
#include "launch/launch_request.h"
#include "launch/slurm/jobstate.h"
#include "launch/slurm/never.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_compat.h"
#include "launch/slurm/slurm_desc.h"
#include "launch/slurm/slurm_job.h"
#include "launch/slurm/slurm_nodes.h"
#include "launch/slurm/slurm_reach.h"
#include "os/clock.h"

/* The tables of launch/slurm/jobstate must stand at Slurm's numbers. */
_Static_assert((int)JOBSTATE_RUNNING == JOB_RUNNING &&
	(int)JOBSTATE_SUSPENDED == JOB_SUSPENDED &&
	(int)JOBSTATE_COMPLETE == JOB_COMPLETE &&
	(int)JOBSTATE_TIMEOUT == JOB_TIMEOUT &&
	(int)JOBSTATE_OOM == JOB_OOM && (int)JOBSTATE_BASES == JOB_END,
	"job states");
_Static_assert(JOBSTATE_CONFIGURING == JOB_CONFIGURING &&
	JOBSTATE_REQUEUE == JOB_REQUEUE &&
	JOBSTATE_REQUEUE_HOLD == JOB_REQUEUE_HOLD &&
	JOBSTATE_SPECIAL_EXIT == JOB_SPECIAL_EXIT &&
	JOBSTATE_RESIZING == JOB_RESIZING &&
	JOBSTATE_COMPLETING == JOB_COMPLETING &&
	JOBSTATE_STOPPED == JOB_STOPPED &&
	JOBSTATE_POWER_UP_NODE == JOB_POWER_UP_NODE &&
	JOBSTATE_REVOKED == JOB_REVOKED &&
	JOBSTATE_REQUEUE_FED == JOB_REQUEUE_FED &&
	JOBSTATE_RESV_DEL_HOLD == JOB_RESV_DEL_HOLD &&
	JOBSTATE_STAGE_OUT == JOB_STAGE_OUT &&
	JOBSTATE_BASE_MASK == JOB_STATE_BASE, "job state flags");
#ifdef JOB_EXPEDITING
_Static_assert(JOBSTATE_EXPEDITING == JOB_EXPEDITING, "job state flags");
#endif
_Static_assert(WAIT_RESOURCES == 3 && WAIT_NODE_NOT_AVAIL == 15 &&
	WAIT_PROLOG == 36 && WAIT_QOS_GRP_CPU == 40 &&
	WAIT_QOS_MAX_JOB_PER_USER == 53 && WAIT_ASSOC_MAX_SUB_JOB == 70 &&
	FAIL_DEADLINE == 167 && WAIT_ACCOUNT_POLICY == 179 &&
	WAIT_RESV_DELETED == 198 && FAIL_LAUNCH == 23 && FAIL_EXIT_CODE == 24,
	"job reasons");
_Static_assert(JOBSTATE_IO_ERROR == ESLURMD_IO_ERROR, "errors");
_Static_assert(SALLOC_UNLIMITED == INFINITE, "no time limit");

/* What a request_x() returned: ends the worker when it is NULL. */
static const char *need(const char *value, const struct err *e)
{
	if (value == NULL)
		slurm_fail("internal", "%s", e->text);
	return value;
}

static const char *need_session(const struct kv *request)
{
	struct err e;

	return need(launch_request_session(request, &e), &e);
}

static const char *need_job(const struct kv *request)
{
	struct err e;

	return need(launch_request_digits(request, "job", UINT32_MAX, &e), &e);
}

static long need_number(const struct kv *request, const char *key, long max)
{
	struct err e;
	long n;

	if (launch_request_number(request, key, max, &n, &e) == -1)
		slurm_fail("internal", "%s", e.text);
	return n;
}

/*
 * Ready for calls. Whether slurmctld answers is not asked first, which would be
 * half of all calls: who waits for us looks when one takes long.
 */
static void slurm_verbs_begin(void)
{
	struct err e;

	slurm_reach_init();
	if (slurm_reach_munge(&e) == -1)
		slurm_fail("unavailable", "%s", e.text);
}

/* End the worker with what Slurm said. what: "refused the job". */
static void fail_errno(const char *what, int errnum)
	__attribute__((noreturn));
static void fail_errno(const char *what, int errnum)
{
	slurm_fail(slurm_reach_class(errnum), "Slurm %s: %s", what,
		errnum == -1 ? "its reason is above" : slurm_strerror(errnum));
}

static const slurm_job_info_t *slurm_verbs_pick(const job_info_msg_t *jobs,
	const char *id)
{
	long n;

	if (number_read(id, 1, UINT32_MAX, &n) == -1)
		return NULL;
	for (uint32_t i = 0; i < jobs->record_count; i++)
		if (jobs->job_array[i].job_id == (uint32_t)n)
			return &jobs->job_array[i];
	return NULL;
}

static void submit(const struct kv *request)
{
	submit_response_msg_t *response = NULL;
	struct slurm_desc d;
	struct buf out = { 0 };
	struct err e;

	need_session(request);
	need(launch_request_tag(request, &e), &e);
	/* Before anything is asked: is every option known? */
	if (slurm_desc_options(&d.options, request, &e) == -1)
		slurm_fail("usage", "%s", e.text);
	salloc_fini(&d.options);
	slurm_verbs_begin();
	if (slurm_desc_init(&d, request, &e) == -1)
		slurm_fail("internal", "%s", e.text);
	slurm_shared->phase = SLURM_PHASE_SUBMIT;
	errno = 0;
	if (slurm_submit_batch_job(&d.desc, &response) != 0) {
		int errnum = errno;

		if (strcmp(slurm_reach_class(errnum), "unavailable") == 0)
			slurm_fail("unavailable", "no answer from slurmctld (%s): %s; the job may have been made all the same",
				slurm_shared->controller,
				slurm_strerror(errnum));
		fail_errno("refused the job", errnum);
	}
	slurm_shared->phase = SLURM_PHASE_ASK;
	kv_writef(&out, "job", "%u", RESPONSE_JOB_ID(response));
	if (response->job_submit_user_msg)
		kv_write(&out, "note", response->job_submit_user_msg);
	if (d.desc.min_nodes > 1)
		kv_writef(&out, "note", "the job has %u nodes; the session is on the first of them",
			d.desc.min_nodes);
	slurm_answer(&out);
	slurm_free_submit_response_response_msg(response);
	slurm_desc_fini(&d);
}

/* local: of this cluster alone */
static job_info_msg_t *load_jobs_of(int local)
{
	uint16_t flags = SHOW_ALL | (local ? SHOW_LOCAL : 0);
	job_info_msg_t *jobs = NULL;

	errno = 0;
	if (slurm_load_job_user(&jobs, getuid(), flags) != 0)
		fail_errno("does not list your jobs", errno);
	return jobs;
}

static job_info_msg_t *load_jobs(void)
{
	return load_jobs_of(!slurm_reach_has_federation());
}

static int is_of_federation(const slurm_job_info_t *job)
{
	return job->fed_origin_str && *job->fed_origin_str;
}

/*
 * When the job of this tag, just submitted, is of no federation, then neither
 * is the cluster, and one RPC has told all.
 */
static job_info_msg_t *load_jobs_with(const char *tag)
{
	job_info_msg_t *jobs = load_jobs_of(1);
	struct slurm_job_mark mark;

	for (uint32_t i = 0; i < jobs->record_count; i++) {
		const slurm_job_info_t *job = &jobs->job_array[i];

		if (slurm_job_mark(&mark, job) == 0 &&
			strcmp(mark.tag, tag) == 0 && !is_of_federation(job))
			return jobs;
	}
	if (!slurm_reach_has_federation())
		return jobs;
	slurm_free_job_info_msg(jobs);
	return load_jobs_of(0);
}

static int slurm_verbs_by_id(const void *a, const void *b)
{
	uint32_t x = (*(slurm_job_info_t *const *)a)->job_id;
	uint32_t y = (*(slurm_job_info_t *const *)b)->job_id;

	return (x > y) - (x < y);
}

/* What these answers are about: jobs of another cluster are not among them. */
static void say_scope(void)
{
	struct buf out = { 0 };

	if (slurm_conf.cluster_name) {
		kv_write(&out, "scope", slurm_conf.cluster_name);
		slurm_answer(&out);
	}
}

/* Are the options good, as far as that can be told without Slurm. */
static void slurm_verbs_check(const struct kv *request)
{
	struct salloc options;
	struct buf out = { 0 };
	struct err e;

	if (slurm_desc_options(&options, request, &e) == -1)
		kv_write(&out, "bad", e.text);
	salloc_fini(&options);
	slurm_answer(&out);
}

/* The configuration tells, and slurmctld is not asked. */
static void scope(const struct kv *request)
{
	(void)request;
	slurm_reach_init();
	say_scope();
}

static int slurm_verbs_is_wanted(const slurm_job_info_t *job,
	const char *session)
{
	struct slurm_job_mark mark;

	return job->user_id == getuid() && jobstate_is_live(job->job_state) &&
		slurm_job_mark(&mark, job) == 0 &&
		(session == NULL || strcmp(mark.session, session) == 0);
}

static void slurm_verbs_find(const struct kv *request)
{
	struct err e;
	const char *session = kv_get(request, "session") == NULL ? NULL :
		need_session(request);
	const char *tag = kv_get(request, "tag") == NULL ? NULL :
		need(launch_request_tag(request, &e), &e);
	const slurm_job_info_t **found;
	struct buf out = { 0 };
	job_info_msg_t *jobs;
	size_t n = 0;

	slurm_verbs_begin();
	jobs = tag != NULL ? load_jobs_with(tag) : load_jobs();
	found = mem_alloc((jobs->record_count + 1) * sizeof *found);
	for (uint32_t i = 0; i < jobs->record_count; i++)
		if (slurm_verbs_is_wanted(&jobs->job_array[i], session))
			found[n++] = &jobs->job_array[i];
	qsort(found, n, sizeof *found, slurm_verbs_by_id);
	say_scope();
	for (size_t i = 0; i < n; i++) {
		slurm_job_describe(&out, found[i]);
		slurm_job_describe_more(&out, found[i], jobs->last_update);
		slurm_answer(&out);
	}
	free(found);
	slurm_free_job_info_msg(jobs);
}

static void slurm_verbs_end(const struct kv *request)
{
	const char *id = need_job(request);
	struct buf out = { 0 };

	slurm_verbs_begin();
	/* As scancel does it: SIGTERM first, SIGKILL after KillWait. */
	errno = 0;
	if (slurm_kill_job2(id, SIGKILL, 0, NULL) != 0)
		fail_errno("did not end the job", errno);
	slurm_answer(&out);
}

/* Of a job that can be extended; more would become Slurm's other numbers. */
#define MINUTES_MAX (INT32_MAX - TIMESPAN_MAX / 60)

/* Who is no administrator may do little, and Slurm does not say what. */
static void fail_extend(const slurm_job_info_t *job, int errnum)
	__attribute__((noreturn));
static void fail_extend(const slurm_job_info_t *job, int errnum)
{
	if (errnum != ESLURM_ACCESS_DENIED)
		fail_errno("did not extend the job", errnum);
	slurm_fail(slurm_reach_class(errnum), "Slurm did not extend the job: %s; %s",
		slurm_strerror(errnum),
		(job->job_state & JOB_STATE_BASE) == JOB_PENDING ?
		"it may be beyond the partition's maximum" :
		"most sites allow it only while the job waits");
}

static void extend(const struct kv *request)
{
	const char *id = need_job(request);
	long seconds = need_number(request, "seconds", TIMESPAN_MAX);
	uint32_t minutes = ((uint32_t)seconds + 59) / 60;
	const slurm_job_info_t *job;
	job_array_resp_msg_t *resp = NULL;
	struct buf out = { 0 };
	job_info_msg_t *jobs;
	job_desc_msg_t j;
	char *copy;

	slurm_verbs_begin();
	jobs = load_jobs();
	job = slurm_verbs_pick(jobs, id);
	if (job == NULL)
		fail_errno("did not extend the job", ESLURM_INVALID_JOB_ID);
	if (job->time_limit == NO_VAL || job->time_limit == INFINITE)
		slurm_fail("refused", "job %s has no time limit to extend", id);
	if (job->time_limit > MINUTES_MAX)
		slurm_fail("refused", "job %s may run for %u minutes already",
			id, job->time_limit);
	slurm_init_job_desc_msg(&j);
	copy = mem_strdup(id);
	j.job_id_str = copy;
	j.time_limit = job->time_limit + minutes;
	errno = 0;
	if (slurm_update_job2(&j, &resp) != 0)
		fail_extend(job, errno);
	if (resp)
		slurm_free_job_array_resp(resp);
	free(copy);
	slurm_free_job_info_msg(jobs);
	jobs = load_jobs();
	job = slurm_verbs_pick(jobs, id);
	if (job)
		slurm_job_describe_limit(&out, job, jobs->last_update);
	slurm_answer(&out);
	slurm_free_job_info_msg(jobs);
}

/* Send stderr to nowhere. Returns what unhush() wants. */
static int hush(void)
{
	int saved = fcntl(2, F_DUPFD_CLOEXEC, 3);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null != -1) {
		dup2(null, 2);
		close(null);
	}
	return saved;
}

static void unhush(int saved)
{
	if (saved != -1) {
		dup2(saved, 2);
		close(saved);
	}
}

/* What is watched, and what is known about how to ask for it. */
struct watched {
	const char *id;
	int local;	/* it is of no federation: Slurm need not look there */
	int down;	/* Slurm did not answer last time */
	int wait;	/* s until the next look */
	struct never never;
	int ask_nodes;	/* the front wants to know whether all are there */
	long missing;	/* nodes, at the last look; -1: not known */
	time_t counted;	/* when that was */
	char state[16];
	struct buf last;
};

/*
 * One look at the jobs, of one RPC: slurmctld serves many. NULL with e set when
 * Slurm did not answer; then the next look is cautious, since a call into a
 * Slurm that is down blocks for long.
 */
static job_info_msg_t *slurm_verbs_look(struct watched *w, struct err *e)
{
	uint16_t flags = SHOW_ALL | (w->local ? SHOW_LOCAL : 0);
	job_info_msg_t *jobs = NULL;
	int saved = hush();

	/*
	 * When munged hangs, the call below never returns: SIGALRM then ends
	 * this worker, and slurm.c starts another.
	 */
	alarm(60);
	errno = 0;
	if ((w->down ? slurm_reach(e) : slurm_reach_munge(e)) == 0 &&
		slurm_load_job_user(&jobs, getuid(), flags) != 0) {
		err_set(e, "slurmctld (%s) does not %s: %s",
			slurm_shared->controller,
			strcmp(slurm_reach_class(errno), "unavailable") == 0 ?
			"answer" : "list your jobs", slurm_strerror(errno));
		jobs = NULL;
	}
	alarm(0);
	unhush(saved);
	w->down = jobs == NULL;
	return jobs;
}

static time_t now(void)
{
	return (time_t)(clock_ms() / 1000);
}

#define NOTE_EVERY 60	/* s */
/*
 * Seconds between looks. An expected start that moves is no reason to look more
 * often, or a full cluster would be asked the most.
 */
#define POLL_FIRST 10
#define POLL_SLOWER 5
#define POLL_MAX 30

#define NODES_EVERY 300	/* s: a list of all nodes is long */

/* Whether it is known how many nodes are missing. */
static int count_nodes(struct watched *w, const char *partition)
{
	int saved;

	if (w->missing != -1 && now() - w->counted < NODES_EVERY)
		return 1;
	saved = hush();
	alarm(60);
	w->missing = slurm_nodes_missing(partition);
	alarm(0);
	unhush(saved);
	w->counted = now();
	return w->missing != -1;
}

/* A job of a federation may start on another cluster than ours. */
static void tell_never(struct watched *w, struct buf *out,
	const slurm_job_info_t *job)
{
	const char *change = never_look(&w->never, is_of_federation(job) ?
		NULL : slurm_job_waits_for(job), job->partition, now());

	if (change == NULL)
		return;
	kv_write(out, "never", change);
	if (w->ask_nodes && count_nodes(w, job->partition))
		kv_writef(out, "nodes-missing", "%ld", w->missing);
}

/* Write the job's record if it is not the one of last time. 1: the last. */
static int slurm_verbs_tell(struct watched *w, const slurm_job_info_t *job)
{
	const char *state = job ? jobstate_word(job->job_state) : "ended";
	struct buf out = { 0 };

	if (job) {
		slurm_job_describe(&out, job);
		tell_never(w, &out, job);
		w->local = !is_of_federation(job);
	} else {
		kv_write(&out, "job", w->id);
		kv_write(&out, "state", state);
		kv_write(&out, "reason", "Gone");
		kv_write(&out, "by", "itself");
		kv_write(&out, "text", "Slurm does not know it any more");
	}
	if (strcmp(state, w->state) != 0)
		w->wait = POLL_FIRST;
	snprintf(w->state, sizeof w->state, "%s", state);
	if (out.len != w->last.len ||
		memcmp(buf_data(&out), buf_data(&w->last), out.len) != 0) {
		buf_consume(&w->last, w->last.len);
		buf_append(&w->last, buf_data(&out), out.len);
		slurm_answer(&out);
	}
	buf_fini(&out);
	return !strcmp(state, "ended");
}

/* How long the front knows enough already, in seconds. */
static int known_for(const struct kv *request)
{
	return kv_get(request, "after") == NULL ? 0 :
		(int)need_number(request, "after", 99);
}

/*
 * That Slurm does not answer says nothing about the job: go on asking. That it
 * answers and knows no such job is the end of it.
 */
static void slurm_verbs_watch(const struct kv *request)
{
	struct watched w = { .id = need_job(request), .wait = POLL_FIRST,
		.missing = -1, .ask_nodes = kv_get(request, "ask-nodes") != NULL };
	int after = known_for(request), over = 0;
	time_t noted = 0;

	slurm_reach_init();
	w.local = !slurm_reach_has_federation();
	clock_pause(after * 1000);
	while (!over) {
		struct err e = { "" };
		job_info_msg_t *jobs = slurm_verbs_look(&w, &e);

		if (jobs) {
			over = slurm_verbs_tell(&w, slurm_verbs_pick(jobs,
				w.id));
			slurm_free_job_info_msg(jobs);
		} else if (noted == 0 || now() - noted >= NOTE_EVERY) {
			noted = now();
			dprintf(2, "launch-slurm: %s; the job is not touched by this, trying again\n",
				e.text);
		}
		if (over)
			break;
		clock_pause(w.wait * 1000);
		if (w.wait < POLL_MAX)
			w.wait += POLL_SLOWER;
	}
	buf_fini(&w.last);
}

static const struct slurm_verb verbs[] = {
	{ "submit", submit, 0 },
	{ "find", slurm_verbs_find, 0 },
	{ "watch", slurm_verbs_watch, 1 },
	{ "end", slurm_verbs_end, 0 },
	{ "extend", extend, 0 },
	{ "scope", scope, 0 },
	{ "check", slurm_verbs_check, 0 },
};

const struct slurm_verb *slurm_verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}
