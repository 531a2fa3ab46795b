/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to the session's agent. One that answers with the session's key is it;
 * without one the scheduler's word counts, no file or pid:
 *
 *	new
 *	 |
 *	seek ---> greet -------------------------> ready
 *	 |                                         ^  |
 *	 '-> look -------------> join ----> wait --'  |
 *	     ^ ^ |                ^          |        |
 *	     | | |--> yield ------'          |        |
 *	     | '-|--> submit                 v        |
 *	     |   '------------------------> pause <---'
 *	     '--------------------------------'
 *
 *	seek	agents are asked: one answers -> greet; none within a second
 *		-> look
 *	greet	are the options of its job those asked for now? -> ready
 *	look	the scheduler is asked (find): a job counts -> join; there is none
 *		-> submit; another counts than ours -> yield; no answer -> pause;
 *		ours was made and is not listed any more -> wait, which tells why
 *	submit	ours, behind its secret -> look again
 *	yield	ours is ended -> join
 *	join	as greet -> wait
 *	wait	for the agent's call or record -> ready; its folder is not there
 *		-> pause, or goes, with an older run or the job -> look
 *	ready	its agent is dialed; it is silent -> pause
 *	pause	some seconds, less than a patience of each -> look
 *	over	the front ends: it was said why, or there was no more to do
 *
 *	drop-submit, drop-yield	nobody wants it any more: what was asked goes on
 *	drop-look		how it stands with the job is asked
 *	drop-end		it is taken back, if takeback.c says so -> over
 *
 * Two fronts may submit at once, from two login nodes. Each looks again after
 * its submit, the oldest job stays, and whoever made another one ends it; one
 * whose front died before that is ended by the next that looks. A submit that
 * was not answered may have made a job all the same; the same look finds it by
 * its tag.
 *
 * When nobody wants the session any more, submit and yield are waited for, then
 * the scheduler is asked how it stands (drop-look), and the job is taken back if
 * takeback.h says so (drop-end). To give up a second time is to end at once.
 *
 * way.c is all of this as a table. Here each of its parts has the callbacks of who
 * is asked, which become events, and the actions, named do_..., which ask.
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
#include "front/job/folder.h"
#include "front/job/front_event.h"
#include "front/job/giveup.h"
#include "front/job/job.h"
#include "front/job/jobs.h"
#include "front/job/kept.h"
#include "front/job/launcher.h"
#include "front/job/leftover.h"
#include "front/job/lineup.h"
#include "front/job/quota.h"
#include "front/job/scope.h"
#include "front/job/seek.h"
#include "front/job/stale.h"
#include "front/job/stays.h"
#include "front/job/submit.h"
#include "front/job/wait.h"
#include "front/job/way.h"
#include "front/job/words.h"
#include "front/parting.h"
#include "os/clock.h"
#include "os/log.h"

#define AGENT_PATIENCE 30	/* s, for an agent that does not answer */
#define FOLDER_PATIENCE 5	/* s, for one that has removed its folder */

/* Who is asked, in the state of that name. */
struct parts {
	struct seek *seek;
	struct kept *kept;		/* greet, join; NULL: nothing compared yet */
	struct jobs jobs;		/* look: of all sessions */
	struct submit own;		/* submit, yield: ours, if there is one */
	struct wait *wait;
	struct event *pause;
	struct giveup giveup;		/* drop-end */
};

/* What goes on beside, and nobody waits for. */
struct beside {
	struct confirm *confirm;	/* of an agent that has answered */
	struct leftover leftover;	/* a rival is being ended */
	int swept;			/* what is left of dead jobs was removed */
};

/* What does not answer, or cannot be used. */
struct trouble {
	struct launcher_end answer;	/* the scheduler's last, which may be good */
	struct patience outage;		/* of the scheduler */
	struct patience agent;
	int pause;			/* s until the next look */
	int error;			/* of the folder: errno */
	struct err why;			/* of the folder, or the agent */
};

struct session {
	const struct invocation *inv;
	enum session_want want;
	enum way_state state;		/* see happens() */
	struct leave {			/* when it is given up */
		int status;		/* of the front */
		int any_job;		/* is ended, whoever has submitted it */
	} leave;
	struct job found;		/* the job that counts; id "": none */
	struct place place;		/* of its agent */
	struct folder folder;
	struct parts ask;
	struct beside beside;
	struct trouble trouble;
	const struct session_ops *ops;
	void *arg;
};

static void (*const actions[WAY_ACTIONS])(struct session *);

/* The only place where the state changes. */
static void happens(struct session *s, enum way_event event)
{
	const struct way_step step = way_step(s->state, event);

	log_debug("session '%s': %s: %s -> %s", s->inv->opt->session.name,
		way_event_name(event), way_state_name(s->state),
		way_state_name(step.next));
	s->state = step.next;
	actions[step.action](s);
}

static void do_nothing(struct session *s)
{
	(void)s;
}

/* ---- seek, greet: whose agent answers is the session --------------------- */

static void agent_answers(const struct place *p, void *arg)
{
	struct session *s = arg;

	s->place = *p;
	snprintf(s->found.id, sizeof s->found.id, "%s", p->job);
	snprintf(s->found.tag, sizeof s->found.tag, "%s", p->tag);
	snprintf(s->found.state, sizeof s->found.state, "running");
	snprintf(s->found.node, sizeof s->found.node, "%s", p->at.node);
	happens(s, WAY_AGENT_ANSWERS);
}

static void no_agent_answers(void *arg)
{
	happens(arg, WAY_NOBODY_ANSWERS);
}

static void do_seek(struct session *s)
{
	s->ask.seek = seek_new(s->inv, agent_answers, no_agent_answers, s);
}

static void options_compared(int bad, void *arg)
{
	struct session *s = arg;

	if (bad)
		s->leave.status = EX_USAGE;
	happens(s, bad ? WAY_OPTIONS_BAD : s->want == SESSION_QUEUE ?
		WAY_ENOUGH : WAY_OPTIONS_TOLD);
}

static void do_greet(struct session *s)
{
	const struct place *p = &s->place;

	s->ask.kept = kept_new(s->inv, s->want, p->job, p->tag, p->asked,
		options_compared, s);
}

/* ---- look: which jobs there are ------------------------------------------ */

/* A scheduler that is silent is asked again, one that refuses is not. */
static enum way_event scheduler_failed(struct session *s)
{
	struct trouble *t = &s->trouble;

	if (strcmp(t->answer.class, "unavailable") != 0)
		return WAY_SCHEDULER_FAILED;
	t->pause = patience_failed(&t->outage, clock_ms(),
		s->inv->opt->job.outage_timeout);
	return t->pause == -1 ? WAY_SCHEDULER_FAILED : WAY_SCHEDULER_SILENT;
}

/* Ours is not listed. Of one that is over already its scheduler tells why. */
static enum way_event ours_is_missing(struct session *s)
{
	const struct submit *own = &s->ask.own;
	int status;

	if (own->answer.ok && own->job[0] != '\0') {
		s->found = (struct job){ .state = "completing",
			.text = "it ended at once", .status = -1 };
		memcpy(s->found.id, own->job, sizeof s->found.id);
		memcpy(s->found.tag, own->tag, sizeof s->found.tag);
		return WAY_OURS_IS_OVER;
	}
	status = submit_explain_loss(&s->ask.own);
	if (status == -1) {
		s->trouble.answer = own->answer;
		return scheduler_failed(s);
	}
	s->leave.status = status;
	return WAY_REFUSED;
}

static enum way_event what_was_found(struct session *s)
{
	int ok = s->trouble.answer.ok;
	int found = s->found.id[0] != '\0', own = s->ask.own.tag[0] != '\0';

	if (ok && found && own && strcmp(s->found.tag, s->ask.own.tag) != 0)
		return WAY_OTHER_COUNTS;
	/* Who gives up waits for nobody, and starts nothing. */
	if (s->state == WAY_DROP_LOOK)
		return !ok ? WAY_SCHEDULER_FAILED :
			found ? WAY_JOB_COUNTS : WAY_NO_JOB;
	if (!ok)
		return scheduler_failed(s);
	if (found)
		return WAY_JOB_COUNTS;
	if (own)
		return ours_is_missing(s);
	return s->want == SESSION_JOIN ? WAY_NONE_TO_JOIN : WAY_NO_JOB;
}

/* Which jobs of the session there are. */
static void line_up(const struct session *s, struct lineup *l)
{
	lineup_init(l, &s->ask.jobs, s->inv->opt->session.name, NULL);
}

static void find_answered(const struct launcher_end *end, void *arg)
{
	struct session *s = arg;
	struct lineup l;

	s->trouble.answer = *end;
	line_up(s, &l);
	if (lineup_current(&l) != NULL)
		s->found = *lineup_current(&l);
	if (s->ask.own.tag[0] != '\0')
		submit_match(&s->ask.own, lineup_tagged(&l, s->ask.own.tag));
	lineup_fini(&l);
	happens(s, what_was_found(s));
}

static void jobs_found(void *arg)
{
	struct session *s = arg;
	const struct launcher_end good = { .ok = 1 };

	scope_learn(s->inv, s->ask.jobs.scope);
	wait_set_network(s->ask.wait, s->ask.jobs.link_network);
	find_answered(&good, s);
}

static void do_find(struct session *s)
{
	const struct submit *own = &s->ask.own;

	s->found = (struct job){ .status = -1 };
	jobs_find(&s->ask.jobs, s->inv, own->job[0] != '\0' ? own->tag :
		NULL, jobs_found, find_answered, s);
}

/* After a pause the job that we submitted is found as any other is. */
static void do_find_again(struct session *s)
{
	submit_release(&s->ask.own);
	do_find(s);
}

static void do_find_other(struct session *s)
{
	log_tell("job %s was taken back by the connection that had submitted it",
		s->found.id);
	folder_remove(&s->folder, s->found.tag);
	submit_discard(&s->ask.own);
	do_find(s);
}

/* ---- submit, yield: ours ------------------------------------------------- */

static void ours_submitted(void *arg)
{
	happens(arg, WAY_SUBMITTED);
}

static void ours_refused(int exit_status, void *arg)
{
	struct session *s = arg;

	s->leave.status = exit_status;
	happens(s, WAY_REFUSED);
}

static void ours_ended(void *arg)
{
	happens(arg, WAY_OURS_ENDED);
}

static const struct submit_ops submit_ops = {
	.submitted = ours_submitted,
	.refused = ours_refused,
	.ended = ours_ended,
};

/* A client that comes back by itself is no reason to start one. */
static void do_submit(struct session *s)
{
	const struct invocation *inv = s->inv;
	struct err e;
	char why[512];

	if (quota_check(inv, &s->ask.jobs, &e) == -1) {
		log_fail("%s", e.text);
		front_event(inv, "refused", NULL, "", e.text);
		ours_refused(EX_UNAVAILABLE, s);
		return;
	}
	if (want_is_typed(s->want)) {
		stays_forget(inv);
	} else if (stays_refuses(inv, why, sizeof why)) {
		ours_refused(words_stays_ended(inv, why), s);
		return;
	}
	submit_run(&s->ask.own, s->ask.jobs.scope, want_is_typed(s->want));
}

static void do_end_ours(struct session *s)
{
	if (s->ask.own.job[0] != '\0')
		log_info("job %s was there first; ending ours, %s",
			s->found.id, s->ask.own.job);
	submit_end(&s->ask.own);
}

/* ---- join: the job that counts ------------------------------------------- */

/* There is a job, and the scheduler has told of all: tidy up behind it. */
static void tidy_up(struct session *s)
{
	struct lineup l;

	s->trouble.outage = (struct patience){ 0 };
	line_up(s, &l);
	leftover_end(&s->beside.leftover, lineup_left_over(&l));
	lineup_fini(&l);
	if (!s->beside.swept)
		(void)stale_sweep(s->inv, &s->ask.jobs);
	s->beside.swept = 1;
}

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
	return about_label(s->folder.fd, s->inv, s->ask.jobs.scope, NULL, e);
}

/* Options are compared once, and those of a job that is not ours. */
static void do_join(struct session *s)
{
	struct about about = { .asked = "" };
	struct err e;

	tidy_up(s);
	if (s->ask.kept != NULL || strcmp(s->found.id, s->ask.own.made) == 0) {
		options_compared(0, s);
		return;
	}
	if (enter_folder(s, &e) == -1 ||
		about_read(s->folder.fd, &about, &e) == -1)
		log_info("job %s: %s", s->found.id, e.text);
	s->ask.kept = kept_new(s->inv, s->want, s->found.id, s->found.tag,
		about.asked, options_compared, s);
}

/* ---- wait: for its agent ------------------------------------------------- */

static void agent_found(const struct endpoint *at, void *arg)
{
	struct session *s = arg;
	struct place *p = &s->place;

	*p = (struct place){ .at = *at, .ends_ms = s->found.ends_ms,
		.key = s->folder.front_key };
	snprintf(p->job, sizeof p->job, "%s", s->found.id);
	snprintf(p->tag, sizeof p->tag, "%s", s->found.tag);
	snprintf(p->scope, sizeof p->scope, "%s", s->ask.jobs.scope);
	log_info("job %s: agent on %s, port %u", p->job, at->node, at->port);
	happens(s, WAY_AGENT_FOUND);
}

static void job_ended(const struct job *ended, int given_up, void *arg)
{
	struct session *s = arg;

	s->found = *ended;
	happens(s, given_up ? WAY_TAKEN_BACK : WAY_JOB_ENDED);
}

static void job_impossible(const struct job *j, void *arg)
{
	log_fail("job %s can never start (%s: %s), and all nodes of its partition are there; %s",
		j->id, j->reason, j->text, j->never);
	session_give_up(arg, EX_UNAVAILABLE, 1);
}

/* With the agent of an earlier run, which ended after we came. */
static void folder_gone(void *arg)
{
	struct session *s = arg;

	folder_leave(&s->folder);
	happens(s, WAY_FOLDER_GONE);
}

static void folder_bad(int error, const struct err *why, void *arg)
{
	struct session *s = arg;

	s->trouble.error = error;
	s->trouble.why = *why;
	happens(s, WAY_FOLDER_BAD);
}

static const struct wait_ops wait_ops = {
	.lost = folder_gone,
	.found = agent_found,
	.ended = job_ended,
	.impossible = job_impossible,
	.unusable = folder_bad,
};

static void do_wait(struct session *s)
{
	struct trouble *t = &s->trouble;

	if (enter_folder(s, &t->why) == 0) {
		wait_for(s->ask.wait, &s->found);
		return;
	}
	/* Its agent may be about to end. */
	t->error = errno;
	t->pause = t->error == ENOENT ? patience_failed(&t->agent, clock_ms(),
		FOLDER_PATIENCE) : -1;
	happens(s, t->pause == -1 ? WAY_FOLDER_BAD : WAY_FOLDER_NOT_YET);
}

/* ---- ready, and pause when something is silent --------------------------- */

static void do_dial(struct session *s)
{
	folder_leave(&s->folder);
	if (s->place.by_agent)
		s->beside.confirm = confirm_new(s->inv, &s->place,
			&s->ops->confirmed, s->arg);
	s->ops->ready(&s->place, s->arg);
	explicit_bzero(&s->place.key, sizeof s->place.key);
}

static void pause_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	happens(arg, WAY_PAUSE_OVER);
}

static void do_pause(struct session *s)
{
	event_add(s->ask.pause, &(struct timeval){
		.tv_sec = s->trouble.pause });
}

static void do_pause_scheduler(struct session *s)
{
	struct trouble *t = &s->trouble;

	do_pause(s);
	if (patience_tells(&t->outage, clock_ms()))
		log_tell("%s; trying again for %ld s", t->answer.message.text,
			patience_left(&t->outage, clock_ms(),
			s->inv->opt->job.outage_timeout));
}

static void do_pause_agent(struct session *s)
{
	struct trouble *t = &s->trouble;

	do_pause(s);
	if (patience_tells(&t->agent, clock_ms()))
		log_tell("job %s: its agent on %s does not answer (%s); trying for %ld s",
			s->place.job, s->place.at.node, t->why.text,
			patience_left(&t->agent, clock_ms(), AGENT_PATIENCE));
}

/* ---- drop: nobody wants it any more -------------------------------------- */

static void do_stop(struct session *s)
{
	event_del(s->ask.pause);
	wait_stop(s->ask.wait);
	kept_free(s->ask.kept);
	s->ask.kept = NULL;
}

static void do_stop_and_find(struct session *s)
{
	do_stop(s);
	do_find(s);
}

static int enter_to_give_up(void *arg)
{
	struct err e;

	return enter_folder(arg, &e);
}

static void given_up(void *arg)
{
	happens(arg, WAY_DROPPED);
}

static const struct giveup_ops giveup_ops = {
	.enter = enter_to_give_up,
	.done = given_up,
};

/* The scheduler was asked a moment ago, and did answer or not. */
static void do_drop(struct session *s)
{
	const struct job *j = &s->found;
	const struct takeback_facts facts = {
		.job = !s->trouble.answer.ok ? TAKEBACK_UNKNOWN :
			j->id[0] == '\0' ? TAKEBACK_NONE :
			takeback_job(j->state),
		.ours = strcmp(j->id, s->ask.own.made) == 0,
		.anybodys = s->leave.any_job,
	};
	enum takeback what = giveup_job(&s->ask.giveup, facts, j,
		s->ask.own.made);

	if (what == TAKEBACK_END)
		return;
	if (what == TAKEBACK_LEAVE)
		submit_discard(&s->ask.own);
	given_up(s);
}

/* ---- over: say why, and leave -------------------------------------------- */

static void do_leave(struct session *s)
{
	parting_exit(s->inv->parting, s->leave.status);
}

static void do_say_there(struct session *s)
{
	parting_exit(s->inv->parting, words_there(s->inv,
		&s->found, &s->place));
}

static void do_say_none(struct session *s)
{
	parting_exit(s->inv->parting, words_none_to_join(s->inv,
		&s->ask.jobs));
}

static void do_say_scheduler(struct session *s)
{
	launcher_fail(s->inv, &s->trouble.answer);
}

static void do_say_folder(struct session *s)
{
	parting_exit(s->inv->parting, words_folder(s->inv,
		&s->found,
		s->trouble.error, &s->trouble.why));
}

static void do_say_ended(struct session *s)
{
	parting_exit(s->inv->parting, words_job_ended(s->inv,
		&s->found, &s->folder));
}

static void do_say_lost(struct session *s)
{
	parting_exit(s->inv->parting,
		words_agent_lost(&s->place, &s->trouble.why));
}

static void (*const actions[WAY_ACTIONS])(struct session *) = {
	[WAY_DO_NOTHING] = do_nothing,
	[WAY_DO_SEEK] = do_seek,
	[WAY_DO_GREET] = do_greet,
	[WAY_DO_JOIN] = do_join,
	[WAY_DO_FIND] = do_find,
	[WAY_DO_FIND_AGAIN] = do_find_again,
	[WAY_DO_FIND_OTHER] = do_find_other,
	[WAY_DO_SUBMIT] = do_submit,
	[WAY_DO_END_OURS] = do_end_ours,
	[WAY_DO_WAIT] = do_wait,
	[WAY_DO_DIAL] = do_dial,
	[WAY_DO_PAUSE_SCHEDULER] = do_pause_scheduler,
	[WAY_DO_PAUSE_FOLDER] = do_pause,
	[WAY_DO_PAUSE_AGENT] = do_pause_agent,
	[WAY_DO_STOP] = do_stop,
	[WAY_DO_STOP_AND_FIND] = do_stop_and_find,
	[WAY_DO_DROP] = do_drop,
	[WAY_DO_SAY_THERE] = do_say_there,
	[WAY_DO_SAY_NONE] = do_say_none,
	[WAY_DO_SAY_SCHEDULER] = do_say_scheduler,
	[WAY_DO_SAY_FOLDER] = do_say_folder,
	[WAY_DO_SAY_ENDED] = do_say_ended,
	[WAY_DO_SAY_LOST] = do_say_lost,
	[WAY_DO_LEAVE] = do_leave,
};

/* ---- what others call --------------------------------------------------- */

void session_start(struct session *s, enum session_want want)
{
	s->want = want;
	happens(s, WAY_BEGIN);
}

void session_retry(struct session *s, const struct err *why)
{
	struct trouble *t = &s->trouble;

	t->why = *why;
	t->pause = patience_failed(&t->agent, clock_ms(), AGENT_PATIENCE);
	happens(s, t->pause == -1 ? WAY_AGENT_LOST : WAY_AGENT_SILENT);
}

void session_give_up(struct session *s, int exit_status, int any_job)
{
	int nothing = s->found.id[0] == '\0' && s->ask.own.tag[0] == '\0';

	s->leave.status = exit_status;
	s->leave.any_job = any_job;
	happens(s, nothing ? WAY_GIVE_UP_NOTHING : WAY_GIVE_UP);
}

struct session *session_new(const struct invocation *inv,
	const struct session_ops *ops, void *arg)
{
	struct session *s = mem_alloc(sizeof *s);
	struct parts *ask = &s->ask;

	s->inv = inv;
	s->ops = ops;
	s->arg = arg;
	folder_init(&s->folder, inv->state_fd, inv->state_dir);
	ask->wait = wait_new(inv, &s->folder, &wait_ops, s);
	submit_init(&ask->own, inv, &s->folder, ask->wait, &submit_ops, s);
	ask->pause = evtimer_new(inv->base, pause_cb, s);
	giveup_init(&ask->giveup, inv, &s->folder, &giveup_ops, s);
	leftover_init(&s->beside.leftover, inv);
	return s;
}

void session_free(struct session *s)
{
	if (s == NULL)
		return;
	seek_free(s->ask.seek);
	kept_free(s->ask.kept);
	confirm_free(s->beside.confirm);
	leftover_fini(&s->beside.leftover);
	submit_fini(&s->ask.own);
	jobs_fini(&s->ask.jobs);
	wait_free(s->ask.wait);
	giveup_fini(&s->ask.giveup);
	folder_leave(&s->folder);
	event_free(s->ask.pause);
	explicit_bzero(&s->place, sizeof s->place);
	free(s);
}
