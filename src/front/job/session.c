/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to the session's agent. One that answers with the session's key is it;
 * without one the scheduler's word counts, no file or pid:
 *
 *	seek -> an agent answers -------------------------> ready
 *	look -> a job is there -------------------> wait -> ready
 *	     -> none -> secret, submit -> look again --^
 *
 * Two fronts may submit at once, from two login nodes. Each looks again after
 * its submit, the oldest job stays, and whoever made another one ends it; one
 * whose front died before that is ended by the next that looks. A submit that
 * was not answered may have made a job all the same; the same look finds it by
 * its tag.
 */
#include "front/job/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/patience.h"
#include "front/job/about.h"
#include "front/job/called.h"
#include "front/job/confirm.h"
#include "front/job/ending.h"
#include "front/job/folder.h"
#include "front/job/job.h"
#include "front/job/jobs.h"
#include "front/job/kept.h"
#include "front/job/launcher.h"
#include "front/job/leftover.h"
#include "front/job/lineup.h"
#include "front/job/request.h"
#include "front/job/scope.h"
#include "front/job/seek.h"
#include "front/job/stale.h"
#include "front/job/stays.h"
#include "front/job/submit.h"
#include "front/job/takeback.h"
#include "front/job/wait.h"
#include "os/clock.h"
#include "os/log.h"

#define AGENT_PATIENCE 30	/* s, for an agent that does not answer */
#define FOLDER_PATIENCE 5	/* s, for one that has removed its folder */

struct session {
	struct front *front;
	struct folder folder;
	struct jobs jobs;		/* of all sessions */
	struct kept *kept;		/* once its options were looked at */
	struct place place;		/* of the agent that answered */
	int swept_state;		/* what is left of dead jobs was removed */
	struct job found;		/* the job that counts */
	struct submit own;		/* what we submitted, if anything */
	struct wait *wait;		/* for the agent of that job */
	struct launcher_call *call;
	struct seek *seek;		/* for an agent that answers */
	struct confirm *confirm;	/* of one that was found so */
	struct leftover leftover;	/* a job that lost a race */
	struct event *retry;
	struct patience outage;		/* of the scheduler */
	struct patience agent;		/* not answering */
	int giving_up, any_job;
	int marked;			/* the folder says that we end the job */
	int give_up_status;
	enum session_want want;
	void (*ready)(const struct place *, void *);
	void *arg;
};

static void look(struct session *s);
static void give_up(struct session *s, int answered);

static void run_launcher(struct session *s, const char *verb,
	struct buf *request, void (*record)(const struct kv *, void *),
	void (*end)(const struct launcher_end *, void *))
{
	s->call = launcher_run(s->front, verb, request,
		s->front->opt.launcher_timeout, record, end, s);
}

/* Look again after a pause; 0 when it has been tried for limit seconds. */
static int try_again(struct session *s, struct patience *p, long limit)
{
	int pause = patience_failed(p, clock_ms(), limit);

	if (pause == -1)
		return 0;
	event_add(s->retry, &(struct timeval){ .tv_sec = pause });
	return 1;
}

/* A scheduler that does not answer may do so soon: wait, and say so. */
static void wait_for_scheduler(struct session *s,
	const struct launcher_end *end)
{
	long limit = s->front->opt.outage_timeout;

	if (strcmp(end->class, "unavailable") != 0 ||
		!try_again(s, &s->outage, limit))
		launcher_fail(s->front, end);
	else if (patience_tells(&s->outage, clock_ms()))
		log_tell("%s; trying again for %ld s", end->message.text,
			patience_left(&s->outage, clock_ms(), limit));
}

/* What ends the waiting for the agent. */

static void agent_found(const struct endpoint *at, void *arg)
{
	struct session *s = arg;
	struct place p = { .at = *at, .ends_ms = s->found.ends_ms,
		.key = s->folder.front_key };

	snprintf(p.job, sizeof p.job, "%s", s->found.id);
	snprintf(p.tag, sizeof p.tag, "%s", s->found.tag);
	snprintf(p.scope, sizeof p.scope, "%s", s->jobs.scope);
	folder_leave(&s->folder);
	log_info("job %s: agent on %s, port %u", p.job, at->node, at->port);
	s->ready(&p, s->arg);
	explicit_bzero(&p, sizeof p);
}

/* What is in the session's folder is not what we or the agent left there. */
static void cannot_use(int error, const struct err *why, void *arg)
{
	struct session *s = arg;
	int unsafe = error == EPERM || error == EACCES || error == ELOOP;

	if (error == ENOENT)
		log_fail("cannot use session '%s' (job %s): %s; `%s` ends it",
			s->front->opt.session, s->found.id, why->text,
			called_for(s->front, "cancel").s);
	else
		log_fail("cannot use session '%s' (job %s): %s",
			s->front->opt.session, s->found.id, why->text);
	front_exit(s->front, unsafe ? EX_NOPERM : EX_UNAVAILABLE);
}

static void job_ended(const struct job *ended, int given_up, void *arg)
{
	struct session *s = arg;
	struct job copy = *ended, *j = &copy;
	int agent_missing = j->status == 127 || j->status == 126;
	char fate[1024], advice[256] = "", line[4096];
	int spoke;

	if (given_up) {
		log_tell("job %s was taken back by the connection that had submitted it",
			j->id);
		folder_remove(&s->folder, j->tag);
		submit_discard(&s->own);
		look(s);
		return;
	}
	if (j->status == EX_CANTCREAT && j->unwritable[0] == '\0')
		snprintf(j->unwritable, sizeof j->unwritable, "%s",
			s->front->state_dir);
	job_fate(j, fate, sizeof fate);
	if (j->meant)
		stays_ended(s->front, fate);
	if (!agent_missing)
		job_advice(j, advice, sizeof advice);
	snprintf(line, sizeof line, "job %s ended before its agent could be reached: %s",
		j->id, fate);
	log_fail("%s%s%s", line, agent_missing ? "" : "; ", advice);
	spoke = folder_tell_log(&s->folder);
	folder_leave(&s->folder);
	/* One that never ran has nothing that `logs` could be asked about. */
	if (spoke || j->node[0] != '\0')
		ending_write(s->front, j->tag, line);
	stale_retire(s->front, j->tag);
	front_exit(s->front, agent_missing ? EX_CONFIG :
		job_could_not_write(j) ? EX_CANTCREAT : EX_UNAVAILABLE);
}

static void job_impossible(const struct job *j, void *arg)
{
	struct session *s = arg;

	log_fail("job %s can never start (%s: %s), and all nodes of its partition are there; %s",
		j->id, j->reason, j->text, j->never);
	session_give_up(s, EX_UNAVAILABLE, 1);
}

/* With the agent of an earlier run, which ended after we came. */
static void folder_lost(void *arg)
{
	struct session *s = arg;

	folder_leave(&s->folder);
	look(s);
}

static const struct wait_ops wait_ops = {
	.lost = folder_lost,
	.found = agent_found,
	.ended = job_ended,
	.impossible = job_impossible,
	.unusable = cannot_use,
};

/* Finding or making the job. */

/* -1 with errno and e: its folder cannot be used, or is not there. */
static int enter_folder(struct session *s, struct err *e)
{
	if (strcmp(s->folder.tag, s->found.tag) == 0 ||
		folder_enter(&s->folder, s->found.tag, e) == 0)
		return 0;
	/*
	 * The agent of a job that was put back into the queue has removed it,
	 * and so has a front that could not know that its job was made. The
	 * agent that comes will look for a secret, whichever it is.
	 */
	if (errno != ENOENT || !job_is(&s->found, "pending") ||
		folder_remake(&s->folder, s->found.tag, e) == -1)
		return -1;
	return about_label(s->folder.fd, s->front, s->jobs.scope, NULL, e);
}

/* There is a job, which is all that was wanted. */
static void leave_in_queue(struct session *s)
{
	char line[1024];

	if (s->place.by_agent)
		snprintf(line, sizeof line, "job %s is running on %s",
			s->place.job, s->place.at.node);
	else
		job_describe(&s->found, line, sizeof line);
	log_tell("session '%s': %s", s->front->opt.session, line);
	front_exit(s->front, EX_OK);
}

/* Its options are known to be good, and what differs was told. */
static void join(void *arg)
{
	struct session *s = arg;
	struct err e;
	int error;

	if (s->giving_up)
		return;
	if (s->want == SESSION_QUEUE) {
		leave_in_queue(s);
		return;
	}
	if (enter_folder(s, &e) == 0) {
		wait_for(s->wait, &s->found);
		return;
	}
	/* Its agent may be about to end. */
	error = errno;
	if (error != ENOENT || !try_again(s, &s->agent, FOLDER_PATIENCE))
		cannot_use(error, &e, s);
}

/* Which jobs of ours there are. */
static void line_up(const struct session *s, struct lineup *l)
{
	lineup_init(l, &s->jobs, s->front->opt.session, NULL);
}

/* There is a job. Of one that is not ours the options may be others. */
static void attach(struct session *s)
{
	struct about about = { .asked = "" };
	struct lineup l;
	struct err e;

	s->outage = (struct patience){ 0 };
	line_up(s, &l);
	leftover_end(&s->leftover, lineup_left_over(&l));
	lineup_fini(&l);
	if (!s->swept_state)
		(void)stale_sweep(s->front, &s->jobs);
	s->swept_state = 1;
	if (s->kept != NULL || strcmp(s->found.id, s->own.made) == 0) {
		join(s);
		return;
	}
	if (enter_folder(s, &e) == -1 ||
		about_read(s->folder.fd, &about, &e) == -1)
		log_info("job %s: %s", s->found.id, e.text);
	s->kept = kept_new(s->front, s->want, s->found.id, s->found.tag,
		about.asked, join, s);
}

/* Somebody else was first, and our job, if there was one, has ended. */
static void own_ended(void *arg)
{
	struct session *s = arg;

	if (s->giving_up)
		front_exit(s->front, s->give_up_status);
	else
		attach(s);
}

static void lose_race(struct session *s)
{
	if (s->own.job[0] != '\0')
		log_info("job %s was there first; ending ours, %s",
			s->found.id, s->own.job);
	submit_end(&s->own, own_ended, s);
}

static void may_be_there(void *arg)
{
	look(arg);
}

/* A job that is over already is not listed: its scheduler tells why. */
static void own_vanished(struct session *s)
{
	if (s->own.answer.ok && s->own.job[0] != '\0') {
		s->found = (struct job){ .state = "completing",
			.text = "it ended at once", .status = -1 };
		memcpy(s->found.id, s->own.job, sizeof s->found.id);
		memcpy(s->found.tag, s->own.tag, sizeof s->found.tag);
		wait_for(s->wait, &s->found);
		return;
	}
	if (submit_explain_loss(&s->own))
		wait_for_scheduler(s, &s->own.answer);
}

static void nothing_to_join(struct session *s)
{
	const char *name = s->front->opt.session;
	char *names = jobs_names(&s->jobs);

	log_fail("there is no session '%s' to join, %s; `%s` starts one, a command is written `shell -- COMMAND`",
		name, names, called_for(s->front, "alloc").s);
	free(names);
	front_exit(s->front, EX_UNAVAILABLE);
}

/* A client that comes back by itself is no reason to start one. */
static void start_job(struct session *s)
{
	struct front *f = s->front;
	char why[512];

	if (want_is_typed(s->want)) {
		stays_forget(f);
	} else if (stays_refuses(f, why, sizeof why)) {
		log_fail("session '%s' was ended (%s) and stays so for a client that comes back by itself; `%s` starts it now, and so does a connection after %d s without one",
			f->opt.session, why, called_for(f, "alloc").s,
			STAYS_QUIET);
		front_exit(f, EX_UNAVAILABLE);
		return;
	}
	submit_run(&s->own, s->jobs.scope, may_be_there, s);
}

/* What the scheduler knows of the session. */

static void looked(struct session *s, const struct launcher_end *end)
{
	struct lineup l;
	int found, own = s->own.tag[0] != '\0', lost;

	line_up(s, &l);
	found = l.n > 0;
	if (found)
		s->found = *lineup_current(&l);
	if (own)
		submit_match(&s->own, lineup_tagged(&l, s->own.tag));
	lineup_fini(&l);
	lost = end->ok && found && own && strcmp(s->found.tag, s->own.tag) != 0;
	if (s->giving_up && !lost)
		give_up(s, end->ok);
	else if (!end->ok)
		wait_for_scheduler(s, end);
	else if (!found && !own && s->want == SESSION_JOIN)
		nothing_to_join(s);
	else if (!found && !own)
		start_job(s);
	else if (!found)
		own_vanished(s);
	else if (lost)
		lose_race(s);
	else
		attach(s);
}

static void jobs_found(void *arg)
{
	struct session *s = arg;
	const struct launcher_end end = { .ok = 1 };

	scope_learn(s->front, s->jobs.scope);
	looked(s, &end);
}

static void jobs_not_found(const struct launcher_end *end, void *arg)
{
	looked(arg, end);
}

static void look(struct session *s)
{
	s->found = (struct job){ .status = -1 };
	jobs_find(&s->jobs, s->front, s->own.job[0] != '\0' ? s->own.tag :
		NULL, jobs_found, jobs_not_found, s);
}

static void retry_cb(evutil_socket_t fd, short what, void *arg)
{
	struct session *s = arg;

	(void)fd;
	(void)what;
	submit_release(&s->own);
	look(s);
}

void session_retry(struct session *s, const struct err *why)
{
	const struct place *p = &s->front->place;

	if (s->giving_up)
		return;
	if (!try_again(s, &s->agent, AGENT_PATIENCE)) {
		log_fail("job %s runs on %s, but its agent cannot be reached: %s; is its link port behind a firewall?",
			p->job, p->at.node, why->text);
		front_exit(s->front, EX_TEMPFAIL);
	} else if (patience_tells(&s->agent, clock_ms())) {
		log_tell("job %s: its agent on %s does not answer (%s); trying for %ld s",
			p->job, p->at.node, why->text,
			patience_left(&s->agent, clock_ms(), AGENT_PATIENCE));
	}
}

/* Who answers with the session's key. */

static void go_in(void *arg)
{
	struct session *s = arg;

	if (s->giving_up)
		return;
	s->confirm = confirm_new(s->front);
	if (s->want == SESSION_QUEUE)
		leave_in_queue(s);
	else
		s->ready(&s->place, s->arg);
	explicit_bzero(&s->place, sizeof s->place);
}

static void agent_answers(const struct place *p, void *arg)
{
	struct session *s = arg;

	snprintf(s->found.id, sizeof s->found.id, "%s", p->job);
	snprintf(s->found.tag, sizeof s->found.tag, "%s", p->tag);
	snprintf(s->found.state, sizeof s->found.state, "running");
	snprintf(s->found.node, sizeof s->found.node, "%s", p->at.node);
	s->place = *p;
	if (!s->giving_up)
		s->kept = kept_new(s->front, s->want, p->job, p->tag, p->asked,
			go_in, s);
}

static void nobody_answers(void *arg)
{
	struct session *s = arg;

	if (!s->giving_up)
		look(s);
}

/* Going without a shell. */

static void given_up(const struct launcher_end *end, void *arg)
{
	struct session *s = arg;

	s->call = NULL;
	if (end->ok || strcmp(end->class, "gone") == 0) {
		s->marked = 0;
		log_tell("job %s was cancelled: nobody else waited for it",
			s->found.id);
		folder_remove(&s->folder, s->found.tag);
	} else {
		log_fail("job %s stays: %s", s->found.id, end->message.text);
	}
	front_exit(s->front, s->give_up_status);
}

/* Others that wait see our mark, or we see theirs. */
static enum takeback_others who_else_waits(struct session *s)
{
	struct err e;

	if (enter_folder(s, &e) == -1)
		return TAKEBACK_CANNOT_TELL;
	s->marked = folder_give_up(&s->folder) == 0;
	return s->marked ? TAKEBACK_NOBODY : TAKEBACK_SOMEBODY;
}

/* The scheduler was asked a moment ago, and did answer or not. */
static void give_up(struct session *s, int answered)
{
	struct takeback_facts facts = {
		.job = !answered ? TAKEBACK_UNKNOWN :
			s->found.id[0] == '\0' ? TAKEBACK_NONE :
			takeback_job(s->found.state),
		.ours = strcmp(s->found.id, s->own.made) == 0,
		.anybodys = s->any_job,
	};
	const char *why, *id = s->found.id[0] != '\0' ? s->found.id :
		s->own.made;
	struct buf request = { 0 };
	enum takeback what = takeback_decide(&facts, &why);

	if (what == TAKEBACK_END) {
		facts.others = who_else_waits(s);
		what = takeback_decide(&facts, &why);
	}
	switch (what) {
	case TAKEBACK_END:
		request_job(s->front, s->found.id, &request);
		run_launcher(s, "end", &request, NULL, given_up);
		return;
	case TAKEBACK_STAYS:
		log_tell("%s%s stays, since %s; `%s` ends it",
			id[0] != '\0' ? "job " : "a job that was made", id, why,
			called_for(s->front, "cancel").s);
		break;
	case TAKEBACK_LEAVE:
		submit_discard(&s->own);
		break;
	}
	front_exit(s->front, s->give_up_status);
}

/*
 * The job may have started since it was looked at last, and others may be in it:
 * so the scheduler is asked now, whatever is known.
 */
void session_give_up(struct session *s, int exit_status, int any_job)
{
	int again = s->giving_up;

	s->giving_up = 1;
	s->any_job = any_job;
	s->give_up_status = exit_status;
	/* Before the submit there is nothing to end. */
	if (again || (s->found.id[0] == '\0' && s->own.tag[0] == '\0')) {
		front_exit(s->front, exit_status);
		return;
	}
	event_del(s->retry);
	wait_stop(s->wait);
	/* What is asked already tells, too. */
	if (s->call == NULL && s->jobs.call == NULL && !submit_is_busy(&s->own))
		look(s);
}

struct session *session_new(struct front *f)
{
	struct session *s = mem_alloc(sizeof *s);

	s->front = f;
	folder_init(&s->folder, f->state_fd, f->state_dir);
	s->wait = wait_new(f, &s->folder, &wait_ops, s);
	submit_init(&s->own, f, &s->folder, s->wait);
	leftover_init(&s->leftover, f);
	s->retry = evtimer_new(f->base, retry_cb, s);
	return s;
}

void session_free(struct session *s)
{
	if (s == NULL)
		return;
	launcher_cancel(s->call);
	seek_free(s->seek);
	kept_free(s->kept);
	confirm_free(s->confirm);
	leftover_fini(&s->leftover);
	submit_fini(&s->own);
	jobs_fini(&s->jobs);
	wait_free(s->wait);
	if (s->marked)
		folder_keep(&s->folder);
	folder_leave(&s->folder);
	event_free(s->retry);
	explicit_bzero(&s->place, sizeof s->place);
	free(s);
}

void session_start(struct session *s, enum session_want want,
	void (*ready)(const struct place *, void *), void *arg)
{
	s->want = want;
	s->ready = ready;
	s->arg = arg;
	s->seek = seek_new(s->front, agent_answers, nobody_answers, s);
}
