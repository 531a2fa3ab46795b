/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What became of the job: from the agent's last words, the end of its link, its
 * silence, and the scheduler's word it makes one line, and tells parting.
 *
 * Asks the launcher how it stands with the job, by the watch that waiting uses,
 * and stops it when the answer tells the end of the job. A scheduler may need a
 * moment until it knows of a death on a node, so it is asked twice.
 */
#include "front/fate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/job/aside.h"
#include "front/job/called.h"
#include "front/job/ending.h"
#include "front/job/front_request.h"
#include "front/job/job.h"
#include "front/job/launcher.h"
#include "front/job/stays.h"
#include "front/parting.h"
#include "os/log.h"

#define SECOND_LOOK_MS 1200	/* behind the first; answers take milliseconds */
#define FIRST_LOOK_MS 200	/* after a link broke */

enum asking {
	NOT_ASKING,
	ASKING,		/* the link broke or is about to: until the timer; with a client */
	FOLLOWING,	/* the agent is silent */
};

struct fate {
	const struct invocation *inv;
	struct parting *parting;
	const struct place *place;
	enum asking asking;
	struct fate_watch {
		struct launcher_call *call;
		int answered;		/* it has told something */
	} watch;
	struct event *look, *late;
	struct job job;			/* by the last answer; id "": none yet */
	struct fate_agent {		/* what is known by it and its link */
		char ending[1024];	/* its words */
		char broke[256];	/* why the link did */
		int down;		/* the link is gone */
	} agent;
	int meant;			/* the end that comes is wanted */
	pid_t note[2];			/* children that keep it in mind, or -1 */
	struct fate_said {		/* what the user knows */
		int end, silent, suspended;
	} said;
};

static void watched(const struct kv *kv, void *arg);
static void fate_watch_ended(const struct launcher_end *end, void *arg);

static void fate_stop(struct fate *x)
{
	launcher_cancel(x->watch.call);
	x->watch.call = NULL;
	event_del(x->look);
	event_del(x->late);
	x->asking = NOT_ASKING;
}

static void fate_ask(struct fate *x)
{
	struct buf request = { 0 };

	launcher_cancel(x->watch.call);
	x->watch.answered = 0;
	front_request_job(x->inv, x->place->job, &request);
	x->watch.call = launcher_run(x->inv, "watch", &request, 0, watched,
		fate_watch_ended, x);
}

/* The scheduler's words, if it has ended the job or the job is over. */
static int scheduler_knows(const struct fate *x)
{
	return x->job.id[0] != '\0' && (x->agent.ending[0] != '\0' ?
		job_was_ended(&x->job) : job_is_over(&x->job));
}

static void tell_ending(struct fate *x)
{
	char text[512];

	if (scheduler_knows(x)) {
		job_fate(&x->job, text, sizeof text);
		log_fail("job %s ends: %s", x->place->job, text);
	} else {
		log_fail("job %s ends: %s", x->place->job, x->agent.ending);
	}
}

static void tell_broken(struct fate *x)
{
	const struct place *p = x->place;
	char text[1024], look[640] = "", advice[256], line[2048];

	if (scheduler_knows(x)) {
		/* One that ended by itself, as without memory, has said why. */
		if (!job_was_ended(&x->job))
			snprintf(look, sizeof look, "`%s` shows what its agent wrote; ",
				called_for(x->inv, "logs").s);
		job_fate(&x->job, text, sizeof text);
		job_advice(&x->job, advice, sizeof advice);
		snprintf(line, sizeof line, "job %s ended: %s", p->job, text);
		log_fail("%s; %s%s", line, look, advice);
		if (!job_is(&x->job, "pending"))
			ending_write_aside(x->inv, p->tag, line);
	} else {
		log_fail("job %s: the connection to its agent on %s broke (%s)%s; connect again to continue the session",
			p->job, p->at.node, x->agent.broke,
			x->job.id[0] == '\0' ?
			"" : ", the job is still there");
	}
}

/* A link that is still up brings the last output of the shell. */
static void tell_parting(struct fate *x)
{
	if (!x->agent.down)
		parting_tell(x->parting, PARTING_END_TOLD, 0);
	else
		parting_tell(x->parting, x->agent.ending[0] != '\0' ?
			PARTING_JOB_ENDED : PARTING_JOB_LOST, 0);
}

/*
 * A client whose ssh is there comes back by itself, and is not to start another
 * job when this one was ended on purpose: by us all, or by the scheduler's means.
 * An ssh by ProxyCommand goes with its sshd, so while the scheduler is asked.
 */
static void keep_in_mind(struct fate *x, int had_client)
{
	char text[512];

	if (!had_client || !(x->job.meant ||
		(x->meant && x->agent.ending[0] != '\0')))
		return;
	if (scheduler_knows(x))
		job_fate(&x->job, text, sizeof text);
	else
		snprintf(text, sizeof text, "%.511s", x->agent.ending);
	/* What is forwarded must not wait, up to its last byte. */
	x->note[1] = stays_ended_aside(x->inv, text);
}

/* All is known, or the time to ask is over: say it, and tell parting. */
static void conclude(struct fate *x)
{
	int had_client = x->asking == ASKING ||
		!parting_lingers(x->parting);

	fate_stop(x);
	x->said.end = 1;
	keep_in_mind(x, had_client);
	if (x->agent.ending[0] != '\0')
		tell_ending(x);
	else
		tell_broken(x);
	tell_parting(x);
}

static void news(struct fate *x)
{
	char text[512];

	if (job_is_over(&x->job)) {
		/* An agent that was silent until now has no last words. */
		x->agent.down = 1;
		conclude(x);
	} else if (job_is(&x->job, "suspended") && !x->said.suspended) {
		x->said.suspended = 1;
		job_describe(&x->job, text, sizeof text);
		log_tell("%s; the session goes on when the job does", text);
	}
}

static void watched(const struct kv *kv, void *arg)
{
	struct fate *x = arg;

	x->watch.answered = 1;
	x->job = job_read(kv);
	if (x->asking == FOLLOWING)
		news(x);
	else if (x->agent.ending[0] != '\0' || job_is_over(&x->job))
		conclude(x);
}

static void fate_watch_ended(const struct launcher_end *end, void *arg)
{
	struct fate *x = arg;

	x->watch.call = NULL;
	if (end->ok || strcmp(end->class, "gone") != 0) {
		/* The agent's words are there; a link may have none. */
		if (x->asking == ASKING && x->agent.ending[0] != '\0')
			conclude(x);
		return;
	}
	snprintf(x->job.id, sizeof x->job.id, "%s", x->place->job);
	snprintf(x->job.state, sizeof x->job.state, "ended");
	snprintf(x->job.text, sizeof x->job.text, "its agent is gone");
	x->job.status = -1;
	if (x->asking == FOLLOWING)
		x->agent.down = 1;
	conclude(x);
}

static void fate_look_cb(evutil_socket_t fd, short what, void *arg)
{
	struct fate *x = arg;

	(void)fd;
	(void)what;
	if (x->watch.call == NULL)
		event_add(x->look, &(struct timeval){
			.tv_usec = SECOND_LOOK_MS * 1000 % 1000000,
			.tv_sec = SECOND_LOOK_MS / 1000 });
	fate_ask(x);
}

static void fate_late_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conclude(arg);
}

/* A front that lingers has nobody to tell. */
static void fate_begin(struct fate *x, enum parting_event why)
{
	parting_tell(x->parting, why, 0);
	if (parting_lingers(x->parting)) {
		conclude(x);
		return;
	}
	fate_stop(x);
	x->asking = ASKING;
	x->job = (struct job){ .status = -1 };
	event_add(x->late, &(struct timeval){ .tv_sec = FATE_SECONDS });
}

void fate_agent_ends(struct fate *x, const char *reason)
{
	if (x->agent.ending[0] != '\0')
		return;
	snprintf(x->agent.ending, sizeof x->agent.ending, "%s",
		reason[0] != '\0' ?
		reason : "the agent gives no reason");
	fate_begin(x, PARTING_AGENT_ENDS);
	if (x->asking != ASKING)
		return;
	/* At once: a front whose ssh goes now may not wait for the scheduler. */
	if (x->meant)
		x->note[0] = stays_ended_aside(x->inv, x->agent.ending);
	fate_ask(x);
}

void fate_is_meant(struct fate *x)
{
	x->meant = 1;
}

void fate_link_broke(struct fate *x, const char *why)
{
	x->agent.down = 1;
	snprintf(x->agent.broke, sizeof x->agent.broke, "%s", why);
	if (x->said.end) {
		tell_parting(x);
	} else if (x->asking != ASKING) {
		fate_begin(x, PARTING_LINK_BROKE);
		if (x->asking == ASKING)
			event_add(x->look, &(struct timeval){
				.tv_usec = FIRST_LOOK_MS * 1000 });
	}
}

int fate_silent(struct fate *x, int seconds, int limit)
{
	int suspended = job_is(&x->job, "suspended");

	if (x->said.end || x->asking == ASKING)
		return 0;
	if (!x->said.silent) {
		x->said.silent = 1;
		log_tell("job %s: no answer from its agent on %s for %d s; waiting up to %d s",
			x->place->job, x->place->at.node, seconds, limit);
	}
	/*
	 * A new watch asks at once, an old one only after its pause. One whose
	 * answer is late keeps its turn, or a slow scheduler's would never come.
	 */
	x->asking = FOLLOWING;
	if (x->watch.call == NULL || (x->watch.answered && !suspended))
		fate_ask(x);
	return suspended;
}

void fate_heard(struct fate *x)
{
	if (x->asking != FOLLOWING)
		return;
	fate_stop(x);
	x->job = (struct job){ .status = -1 };
	x->said.silent = x->said.suspended = 0;
	log_tell("job %s: its agent on %s answers again", x->place->job,
		x->place->at.node);
}

int fate_has_begun(const struct fate *x)
{
	return x->agent.ending[0] != '\0' || x->agent.down;
}

int fate_is_known(const struct fate *x)
{
	return x->said.end;
}

struct fate *fate_new(const struct invocation *inv, const struct place *p)
{
	struct fate *x = mem_alloc(sizeof *x);

	x->inv = inv;
	x->parting = inv->parting;
	x->place = p;
	x->job.status = -1;
	x->note[0] = x->note[1] = -1;
	x->look = evtimer_new(inv->base, fate_look_cb, x);
	x->late = evtimer_new(inv->base, fate_late_cb, x);
	return x;
}

void fate_free(struct fate *x)
{
	if (x == NULL)
		return;
	fate_stop(x);
	event_free(x->look);
	event_free(x->late);
	/* The client may come back at once, and is to find the note. */
	aside_wait(x->note[0]);
	aside_wait(x->note[1]);
	free(x);
}
