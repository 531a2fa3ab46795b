/* SPDX-License-Identifier: BSD-2-Clause */
/* submit, find, watch, end and extend, by the calls of libslurm. */
#include "launch/slurm/slurm_verbs.h"

#include <errno.h>
#include <pwd.h>
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
#include "launch/jobstate.h"
#include "launch/jobwatch.h"
#include "launch/slurm/overheard.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_compat.h"
#include "launch/slurm/slurm_desc.h"
#include "launch/slurm/slurm_describe.h"
#include "launch/slurm/slurm_empty.h"
#include "launch/slurm/slurm_estimate.h"
#include "launch/slurm/slurm_hold.h"
#include "launch/slurm/slurm_job.h"
#include "launch/slurm/slurm_make.h"
#include "launch/slurm/slurm_nodes.h"
#include "launch/slurm/slurm_partitions.h"
#include "launch/slurm/slurm_reach.h"
#include "os/clock.h"

/* The tables of launch/jobstate must stand at Slurm's numbers. */
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

/* How it is given to Slurm. */
enum way { WAY_BATCH, WAY_ALLOCATION, WAY_AUTO };

static enum way need_way(const struct kv *request)
{
	static const char *const names[] = {
		[WAY_BATCH] = "batch",
		[WAY_ALLOCATION] = "allocation",
		[WAY_AUTO] = "auto",
	};
	const char *name = kv_get(request, "start");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (name != NULL && strcmp(name, names[i]) == 0)
			return (enum way)i;
	if (name != NULL)
		slurm_fail("internal", "bad request: start=%.80s", name);
	return WAY_BATCH;
}

static void submit_batch(struct slurm_desc *d, struct slurm_held *made)
{
	submit_response_msg_t *response = NULL;

	errno = 0;
	if (slurm_submit_batch_job(&d->desc, &response) != 0) {
		made->errnum = errno != 0 ? errno : -1;
		return;
	}
	made->job = RESPONSE_JOB_ID(response);
	if (response->job_submit_user_msg)
		snprintf(made->note, sizeof made->note, "%s",
			response->job_submit_user_msg);
	slurm_free_submit_response_response_msg(response);
}

/* Whether Slurm itself has said no: nothing was made. */
static int is_refusal(const struct slurm_held *made)
{
	return made->errnum != 0 &&
		strcmp(slurm_reach_class(made->errnum), "refused") == 0;
}

/*
 * A site whose rules want no batch script has its words on stderr. They are said
 * once: as the reason for the other way where that is taken, else as they came.
 */
static void submit_either(struct slurm_desc *d, const struct kv *request,
	struct slurm_held *made, struct buf *out)
{
	struct overheard words;
	struct slurm_held other = { 0 };
	struct err e;
	int also, held;

	overheard_begin(&words);
	submit_batch(d, made);
	overheard_end(&words);
	if (!is_refusal(made)) {
		overheard_repeat(&words);
		return;
	}
	also = overheard_mute();
	held = slurm_hold(d, request, &other, &e);
	overheard_unmute(also);
	if (held == -1 || other.errnum != 0) {
		overheard_repeat(&words);
		return;
	}
	kv_writef(out, "note", "the batch job was refused (%s); the session runs in an allocation instead, which --start=allocation asks for at once",
		overheard_line(&words, " ", slurm_strerror(made->errnum)));
	*made = other;
}

static void fail_submit(int errnum) __attribute__((noreturn));
static void fail_submit(int errnum)
{
	if (strcmp(slurm_reach_class(errnum), "unavailable") == 0)
		slurm_fail("unavailable", "no answer from slurmctld (%s): %s; the job may have been made all the same",
			slurm_shared->controller, slurm_strerror(errnum));
	slurm_reach_fail("refused the job", errnum);
}

static void submit(const struct kv *request)
{
	enum way way = need_way(request);
	struct slurm_held made = { 0 };
	struct slurm_desc d;
	struct buf out = { 0 };
	struct err e;

	need_session(request);
	need(launch_request_tag(request, &e), &e);
	slurm_make(&d, request, slurm_reach_begin);
	slurm_shared->phase = SLURM_PHASE_SUBMIT;
	if (way == WAY_AUTO)
		submit_either(&d, request, &made, &out);
	else if (way == WAY_BATCH)
		submit_batch(&d, &made);
	else if (slurm_hold(&d, request, &made, &e) == -1)
		slurm_fail("config", "%s; no job was submitted", e.text);
	if (made.errnum != 0)
		fail_submit(made.errnum);
	slurm_shared->phase = SLURM_PHASE_ASK;
	kv_writef(&out, "job", "%u", made.job);
	if (made.note[0] != '\0')
		kv_write(&out, "note", made.note);
	if (d.desc.min_nodes > 1)
		slurmjob_note_nodes(&out, d.desc.min_nodes);
	slurm_answer(&out);
	slurm_desc_fini(&d);
}

/* local: of this cluster alone */
static job_info_msg_t *load_jobs_of(int local)
{
	uint16_t flags = SHOW_ALL | (local ? SHOW_LOCAL : 0);
	job_info_msg_t *jobs = NULL;

	errno = 0;
	if (slurm_load_job_user(&jobs, getuid(), flags) != 0)
		slurm_reach_fail("does not list your jobs", errno);
	return jobs;
}

/* Those of everybody that slurmctld shows to this user. */
static job_info_msg_t *load_all_jobs(void)
{
	uint16_t flags = SHOW_ALL |
		(slurm_reach_has_federation() ? 0 : SHOW_LOCAL);
	job_info_msg_t *jobs = NULL;

	errno = 0;
	if (slurm_load_jobs((time_t)0, &jobs, flags) != 0)
		slurm_reach_fail("does not list the jobs", errno);
	return jobs;
}

static job_info_msg_t *load_jobs(void)
{
	return load_jobs_of(!slurm_reach_has_federation());
}

/*
 * When the job of this tag, just submitted, is of no federation, then neither
 * is the cluster, and one RPC has told all.
 */
static job_info_msg_t *load_jobs_with(const char *tag)
{
	job_info_msg_t *jobs = load_jobs_of(1);
	struct slurmjob_mark mark;

	for (uint32_t i = 0; i < jobs->record_count; i++) {
		const struct slurmjob job =
			slurm_job_view(&jobs->job_array[i]);

		if (slurmjob_mark(&mark, &job) == 0 &&
			strcmp(mark.tag, tag) == 0 && !job.is_federated)
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
static void say_scope(int all_users)
{
	struct buf out = { 0 };

	if (slurm_conf.cluster_name)
		kv_write(&out, "scope", slurm_conf.cluster_name);
	if (all_users)
		kv_write(&out, "all-users", "yes");
	if (out.len > 0)
		slurm_answer(&out);
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
	say_scope(0);
}

static int slurm_verbs_is_wanted(const slurm_job_info_t *job,
	const char *session)
{
	const struct slurmjob view = slurm_job_view(job);
	struct slurmjob_mark mark;

	return jobstate_is_live(view.state) &&
		slurmjob_mark(&mark, &view) == 0 &&
		(session == NULL || strcmp(mark.session, session) == 0);
}

/* A job that is to be told of. What others' empty allocations are is not ours. */
static int is_found(const job_info_msg_t *jobs, uint32_t i, const char *session,
	int all_users)
{
	slurm_job_info_t *job = &jobs->job_array[i];

	if (!slurm_verbs_is_wanted(job, session))
		return 0;
	return all_users || (job->user_id == getuid() &&
		!slurm_empty_end(job, jobs->last_update));
}

/* Until the next call. */
static const char *user_of(uid_t uid)
{
	static char number[16];
	const struct passwd *pw = getpwuid(uid);

	snprintf(number, sizeof number, "%u", (unsigned)uid);
	return pw != NULL ? pw->pw_name : number;
}

static void slurm_verbs_find(const struct kv *request)
{
	struct err e;
	const char *session = kv_get(request, "session") == NULL ? NULL :
		need_session(request);
	const char *tag = kv_get(request, "tag") == NULL ? NULL :
		need(launch_request_tag(request, &e), &e);
	const int all_users = launch_request_all_users(request);
	const slurm_job_info_t **found;
	struct buf out = { 0 };
	job_info_msg_t *jobs;
	size_t n = 0;

	slurm_reach_begin();
	jobs = all_users ? load_all_jobs() :
		tag != NULL ? load_jobs_with(tag) : load_jobs();
	found = mem_alloc((jobs->record_count + 1) * sizeof *found);
	for (uint32_t i = 0; i < jobs->record_count; i++)
		if (is_found(jobs, i, session, all_users))
			found[n++] = &jobs->job_array[i];
	qsort(found, n, sizeof *found, slurm_verbs_by_id);
	say_scope(all_users);
	for (size_t i = 0; i < n; i++) {
		struct slurmjob job = slurm_job_view(found[i]);

		if (all_users)
			job.user = user_of(found[i]->user_id);
		slurmjob_describe(&out, &job);
		slurmjob_describe_more(&out, &job, jobs->last_update);
		slurm_answer(&out);
	}
	free(found);
	slurm_free_job_info_msg(jobs);
}

static void slurm_verbs_end(const struct kv *request)
{
	const char *id = need_job(request);
	struct buf out = { 0 };

	slurm_reach_begin();
	/* As scancel does it: SIGTERM first, SIGKILL after KillWait. */
	errno = 0;
	if (slurm_kill_job2(id, SIGKILL, 0, NULL) != 0)
		slurm_reach_fail("did not end the job", errno);
	slurm_answer(&out);
}

/* Of a job that can be extended; more would become Slurm's other numbers. */
#define MINUTES_MAX (INT32_MAX - TIMESPAN_MAX / 60)

/* Who is no administrator may do little, and Slurm does not say what. */
static void fail_extend(const struct slurmjob *job, int errnum)
	__attribute__((noreturn));
static void fail_extend(const struct slurmjob *job, int errnum)
{
	/* What a site's rules say of it Slurm keeps to itself. */
	if (errnum == -1)
		slurm_fail("refused", "Slurm did not extend the job: a rule of this site refuses it");
	if (errnum != ESLURM_ACCESS_DENIED)
		slurm_reach_fail("did not extend the job", errnum);
	slurm_fail(slurm_reach_class(errnum), "Slurm did not extend the job: %s; %s",
		slurm_strerror(errnum), slurmjob_why_no_more(job));
}

static void extend(const struct kv *request)
{
	const char *id = need_job(request);
	long seconds = need_number(request, "seconds", TIMESPAN_MAX);
	uint32_t minutes = ((uint32_t)seconds + 59) / 60;
	const slurm_job_info_t *job;
	struct slurmjob was;
	job_array_resp_msg_t *resp = NULL;
	struct buf out = { 0 };
	job_info_msg_t *jobs;
	job_desc_msg_t j;
	char *copy;

	slurm_reach_begin();
	jobs = load_jobs();
	job = slurm_verbs_pick(jobs, id);
	if (job == NULL)
		slurm_reach_fail("did not extend the job", ESLURM_INVALID_JOB_ID);
	if (job->time_limit == NO_VAL || job->time_limit == INFINITE)
		slurm_fail("refused", "job %s has no time limit to extend", id);
	if (job->time_limit > MINUTES_MAX)
		slurm_fail("refused", "job %s may run for %u minutes already",
			id, job->time_limit);
	was = slurm_job_view(job);
	slurm_init_job_desc_msg(&j);
	copy = mem_strdup(id);
	j.job_id_str = copy;
	j.time_limit = job->time_limit + minutes;
	errno = 0;
	if (slurm_update_job2(&j, &resp) != 0)
		fail_extend(&was, errno);
	if (resp)
		slurm_free_job_array_resp(resp);
	free(copy);
	slurm_free_job_info_msg(jobs);
	jobs = load_jobs();
	job = slurm_verbs_pick(jobs, id);
	if (job) {
		const struct slurmjob view = slurm_job_view(job);

		slurmjob_describe_limit(&out, &view, jobs->last_update);
	}
	slurm_answer(&out);
	slurm_free_job_info_msg(jobs);
}

/* What is watched, and what is known about how to ask for it. */
struct watched {
	struct jobwatch watch;
	int local;	/* it is of no federation: Slurm need not look there */
	int down;	/* Slurm did not answer last time */
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
	int saved = overheard_mute();

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
	overheard_unmute(saved);
	w->down = jobs == NULL;
	return jobs;
}

static time_t now(void)
{
	return (time_t)(clock_ms() / 1000);
}

static long count_missing(const char *partition)
{
	int saved = overheard_mute();
	long missing;

	alarm(60);
	missing = slurm_nodes_missing(partition);
	alarm(0);
	overheard_unmute(saved);
	return missing;
}

/* Write the job's record if it is not the one of last time. 1: the last. */
static int slurm_verbs_tell(struct watched *w, const slurm_job_info_t *job)
{
	struct slurmjob view;
	struct buf out = { 0 };
	int over;

	if (job) {
		view = slurm_job_view(job);
		w->local = !view.is_federated;
	}
	over = jobwatch_look(&w->watch, job ? &view : NULL, now(), &out);
	if (out.len > 0)
		slurm_answer(&out);
	buf_fini(&out);
	return over;
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
	struct watched w = { .down = 0 };
	int after = known_for(request), over = 0;

	jobwatch_init(&w.watch, need_job(request),
		kv_get(request, "ask-nodes") != NULL, count_missing);
	slurm_reach_init();
	w.local = !slurm_reach_has_federation();
	clock_pause(after * 1000);
	while (!over) {
		struct err e = { "" };
		job_info_msg_t *jobs = slurm_verbs_look(&w, &e);

		if (jobs) {
			over = slurm_verbs_tell(&w, slurm_verbs_pick(jobs,
				w.watch.id));
			slurm_free_job_info_msg(jobs);
		} else if (jobwatch_is_news(&w.watch, now())) {
			dprintf(2, "launch-slurm: %s; the job is not touched by this, trying again\n",
				e.text);
		}
		if (!over)
			clock_pause(jobwatch_pause(&w.watch) * 1000);
	}
	jobwatch_fini(&w.watch);
}

static const struct slurm_verb verbs[] = {
	{ "submit", submit, 0 },
	{ "find", slurm_verbs_find, 0 },
	{ "watch", slurm_verbs_watch, 1 },
	{ "end", slurm_verbs_end, 0 },
	{ "extend", extend, 0 },
	{ "scope", scope, 0 },
	{ "check", slurm_verbs_check, 0 },
	{ "partitions", slurm_partitions, 0 },
	{ "estimate", slurm_estimate, 0 },
	{ "describe", slurm_describe, 0 },
};

const struct slurm_verb *slurm_verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}
