/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs by sbatch, squeue, scontrol and scancel. What is asked and when is as
 * in slurm_verbs.c; how a job is told, and what it is, is in files that both share.
 */
#include "launch/slurmcli/cli_verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/timespan.h"
#include "launch/jobwatch.h"
#include "launch/launch_request.h"
#include "launch/slurmcli/cli_answer.h"
#include "launch/slurmcli/cli_ask.h"
#include "launch/slurmcli/cli_list.h"
#include "launch/slurmcli/cli_partitions.h"
#include "launch/slurmcli/cli_submit.h"
#include "launch/slurmconf.h"
#include "launch/slurmjob.h"
#include "os/clock.h"
#include "os/fd.h"

static void cli_say_scope(const char *cluster, int all_users)
{
	struct buf out = { 0 };

	if (*cluster != '\0')
		kv_write(&out, "scope", cluster);
	if (all_users)
		kv_write(&out, "all-users", "yes");
	if (out.len > 0)
		cli_answer(&out);
}

static void cli_scope(const struct kv *request)
{
	char cluster[CLI_CLUSTER_MAX];
	struct cli_failure f;

	(void)request;
	if (cli_ask_cluster(cluster, sizeof cluster, &f) == -1)
		cli_fail_by(&f, "does not tell its name");
	cli_say_scope(cluster, 0);
}

/* The jobs, and what slurmctld says of itself; or the end of the program. */
static time_t load(struct cli_list *jobs, int all_users, char *cluster,
	size_t size)
{
	struct buf config = { 0 };
	struct cli_failure f;
	time_t now = 0;

	cluster[0] = '\0';
	if (cli_ask_jobs(jobs, 0, all_users, &config, &f) == -1)
		cli_fail_by(&f, "does not list your jobs");
	if (config.len > 0) {
		cli_list_setting(&config, "ClusterName", cluster, size);
		now = cli_list_clock(&config);
	} else {
		slurmconf_cluster(cluster, size);
	}
	buf_fini(&config);
	return now > 0 ? now : time(NULL);
}

static int cli_verbs_is_wanted(const struct slurmjob *job, const char *session)
{
	struct slurmjob_mark mark;

	return jobstate_is_live(job->state) &&
		slurmjob_mark(&mark, job) == 0 &&
		(session == NULL || strcmp(mark.session, session) == 0);
}

static void cli_find(const struct kv *request)
{
	struct err e;
	const char *session = kv_get(request, "session") == NULL ? NULL :
		cli_need(launch_request_session(request, &e), &e);
	char cluster[CLI_CLUSTER_MAX];
	struct buf out = { 0 };
	struct cli_list jobs;
	const int all_users = launch_request_all_users(request);
	time_t now = load(&jobs, all_users, cluster, sizeof cluster);

	cli_say_scope(cluster, all_users);
	for (size_t i = 0; i < jobs.n; i++) {
		if (!cli_verbs_is_wanted(&jobs.job[i], session))
			continue;
		if (!all_users)
			jobs.job[i].user = NULL;
		slurmjob_describe(&out, &jobs.job[i]);
		slurmjob_describe_more(&out, &jobs.job[i], now);
		cli_answer(&out);
	}
	cli_list_fini(&jobs);
}

static void cli_end(const struct kv *request)
{
	/* -v, or it keeps it to itself that the job is gone. */
	const char *argv[] = { "scancel", "-v", cli_need_job(request), NULL };
	struct cli_failure f;
	struct buf out = { 0 };

	if (cli_ask_change((char *const *)argv, &f) == -1)
		cli_fail_by(&f, "did not end the job");
	cli_answer(&out);
}

static uint32_t id_number(const char *id)
{
	long n = 0;

	return number_read(id, 1, UINT32_MAX, &n) == 0 ? (uint32_t)n : 0;
}

static void cli_extend(const struct kv *request)
{
	const char *id = cli_need_job(request);
	long seconds = cli_need_number(request, "seconds", TIMESPAN_MAX);
	char *job = mem_printf("JobId=%s", id);
	char *limit = mem_printf("TimeLimit=+%ld", (seconds + 59) / 60);
	const char *argv[] = { "scontrol", "update", job, limit, NULL };
	char cluster[CLI_CLUSTER_MAX];
	struct cli_failure f;
	struct buf out = { 0 };
	struct cli_list jobs;
	const struct slurmjob *j;
	time_t now = load(&jobs, 0, cluster, sizeof cluster);

	j = cli_list_pick(&jobs, id_number(id));
	if (j == NULL)
		cli_fail("gone", "Slurm did not extend the job: it knows no job %s",
			id);
	if (j->limit <= 0)
		cli_fail("refused", "job %s has no time limit to extend", id);
	if (cli_ask_change((char *const *)argv, &f) == -1) {
		if (strstr(f.e.text, "denied") == NULL)
			cli_fail_by(&f, "did not extend the job");
		cli_fail("refused", "Slurm did not extend the job: %s; %s",
			f.e.text, slurmjob_why_no_more(j));
	}
	cli_list_fini(&jobs);
	now = load(&jobs, 0, cluster, sizeof cluster);
	j = cli_list_pick(&jobs, id_number(id));
	if (j)
		slurmjob_describe_limit(&out, j, now);
	cli_answer(&out);
	cli_list_fini(&jobs);
	free(limit);
	free(job);
}

static time_t seconds_now(void)
{
	return (time_t)(clock_ms() / 1000);
}

/* Whoever reads the answers is gone: no need to ask on. */
static void rest(int seconds)
{
	if (fd_wait(STDOUT_FILENO, 0, clock_ms() + seconds * 1000LL) != 0)
		exit(1);
}

#define ENDING_LOOKS 3	/* beyond the usual ones, once */

struct looked_at {
	uint32_t id;
	int spare;		/* of ENDING_LOOKS */
	int is_local;		/* it is of no federation */
};

/*
 * squeue shows how a job ended only when it has: one that is just about to is
 * looked at a few times more, since whoever waits is told once.
 */
static int look_at(struct cli_list *jobs, struct looked_at *w,
	struct cli_failure *f)
{
	const struct slurmjob *job;

	for (;; w->spare--) {
		if (cli_ask_jobs(jobs, w->is_local, 0, NULL, f) == -1)
			return -1;
		job = cli_list_pick(jobs, w->id);
		if (job != NULL)
			w->is_local = !job->is_federated;
		if (job == NULL || !jobstate_is_ending(job->state) ||
			w->spare == 0)
			return 0;
		cli_list_fini(jobs);
		rest(1);
	}
}

/*
 * That Slurm does not answer says nothing about the job: go on asking. That it
 * answers and knows no such job is the end of it.
 */
static void cli_watch(const struct kv *request)
{
	const char *id = cli_need_job(request);
	struct looked_at job = { id_number(id), ENDING_LOOKS, 0 };
	struct jobwatch w;
	int over = 0;

	jobwatch_init(&w, id, kv_get(request, "ask-nodes") != NULL,
		cli_partitions_missing);
	if (kv_get(request, "after") != NULL)
		rest((int)cli_need_number(request, "after", 99));
	while (!over) {
		struct cli_failure f;
		struct buf out = { 0 };
		struct cli_list jobs;

		if (look_at(&jobs, &job, &f) == 0) {
			over = jobwatch_look(&w, cli_list_pick(&jobs, job.id),
				seconds_now(), &out);
			if (out.len > 0)
				cli_answer(&out);
			buf_fini(&out);
			cli_list_fini(&jobs);
		} else if (jobwatch_is_news(&w, seconds_now())) {
			fprintf(stderr, "launch-slurm-cli: %s; the job is not touched by this, trying again\n",
				f.e.text);
		}
		if (!over)
			rest(jobwatch_pause(&w));
	}
	jobwatch_fini(&w);
}

static const struct cli_verb verbs[] = {
	{ "submit", cli_submit },
	{ "find", cli_find },
	{ "watch", cli_watch },
	{ "end", cli_end },
	{ "extend", cli_extend },
	{ "scope", cli_scope },
	{ "check", cli_check },
	{ "partitions", cli_partitions },
	{ "estimate", cli_estimate },
	{ "describe", cli_describe },
};

const struct cli_verb *cli_verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}
