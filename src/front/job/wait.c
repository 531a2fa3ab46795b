/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for the agent of a job. The agent calls a front whose address it finds
 * in the folder, and leaves a record of its own there before it looks; we look
 * for the record after we have left our address. So one always finds the other,
 * and the scheduler is only asked how it stands with the job:
 *
 *	off --wait_listen--> listening: is the job that was just made the one?
 *	      its agent is quicker than the answer: called
 *	any --wait_for--> waiting: a call, a record, or the job's end -> off
 *	      the folder goes: orphaned, the scheduler is asked why -> off
 */
#include "front/job/wait.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sysexits.h>

#include "base/mem.h"
#include "front/job/called.h"
#include "front/job/front_request.h"
#include "front/job/launcher.h"
#include "net/gate.h"
#include "os/hostaddr.h"
#include "os/log.h"

#define POLL_SECONDS 1		/* for the endpoint record */
#define TELL_SECONDS 30		/* a line at least this often */
#define RUNNING_SECONDS 2	/* until a running job is worth a line */
/*
 * The first look of a watch, since find has just told the same: early enough for
 * the reason of a pending job, which a scheduler has after its first try.
 */
#define WATCH_FIRST 3
#define WATCH_AGAIN 10		/* s until a watch that died is renewed */

enum wait_state {
	WAIT_OFF,	/* nobody is called back */
	WAIT_LISTENING,	/* for a job of which is not known yet that it counts */
	WAIT_CALLED,	/* the same, and its agent has called */
	WAIT_WAITING,	/* for the agent of the job */
	WAIT_ORPHANED,	/* the same, without a folder: the scheduler tells why */
};

/* A call of an agent: it is up, and has not said HOME yet. */
struct wait_home {
	LIST_ENTRY(wait_home) next;
	struct wait *wait;
	struct link *link;
};

struct wait {
	enum wait_state state;		/* see wait_become() */
	const struct invocation *inv;
	struct folder *folder;
	const struct wait_ops *ops;
	void *arg;
	struct job job;
	struct wait_said {		/* to the user */
		struct job job;		/* what it was last */
		int never;		/* that it may never start */
		struct event *timer;
	} said;
	struct wait_call {		/* of the agent */
		struct gate *gate;
		LIST_HEAD(, wait_home) homes;
		struct endpoint at;	/* in CALLED: what it said */
	} call;
	struct wait_watch {		/* of the job, by the launcher */
		struct launcher_call *call;
		int missed;		/* polls since it died */
	} watch;
	struct wait_record {		/* of the agent, in the folder */
		struct event *poll;
		unsigned looks;
		struct endpoint old;	/* of an earlier run; no port: none */
	} record;
	int given_up;			/* by who submitted it, who sees us or not */
	char network[64];		/* the launcher's; "": none */
};

static void watch_job(struct wait *w, int after);

/* The only place where the state changes. */
static void wait_become(struct wait *w, enum wait_state next)
{
	static const char *const names[] = {
		[WAIT_OFF] = "off",
		[WAIT_LISTENING] = "listening",
		[WAIT_CALLED] = "called",
		[WAIT_WAITING] = "waiting",
		[WAIT_ORPHANED] = "orphaned",
	};

	if (next != w->state)
		log_debug("waiting for an agent: %s -> %s", names[w->state],
			names[next]);
	w->state = next;
}

/* Its processes are stopped: to dial the agent would take long, and fail. */
static int sleeps(const struct wait *w)
{
	return job_is(&w->job, "suspended");
}

static void hang_up_home(struct wait_home *h)
{
	LIST_REMOVE(h, next);
	link_free(h->link);
	free(h);
}

void wait_stop(struct wait *w)
{
	wait_become(w, WAIT_OFF);
	event_del(w->record.poll);
	event_del(w->said.timer);
	launcher_cancel(w->watch.call);
	w->watch.call = NULL;
	gate_close(w->call.gate);
	w->call.gate = NULL;
	/* A host with two networks is called by both. */
	while (!LIST_EMPTY(&w->call.homes))
		hang_up_home(LIST_FIRST(&w->call.homes));
}

static void wait_found(struct wait *w, const struct endpoint *at)
{
	struct endpoint found = *at;

	wait_stop(w);
	w->ops->found(&found, w->arg);
}

/*
 * A job that waits has no agent: a record that is there already was left by an
 * earlier run, or has just been made, and then the job runs.
 */
static int is_of_earlier_run(struct wait *w, const struct endpoint *at, int first)
{
	if (!job_is(&w->job, "pending"))
		return 0;
	if (first)
		w->record.old = *at;
	return at->port == w->record.old.port &&
		strcmp(at->node, w->record.old.node) == 0;
}

/* 1 when there is nothing more to wait for. */
static int look_for_endpoint(struct wait *w)
{
	struct endpoint at;
	struct err e;
	int first = w->record.looks++ == 0, found, error;

	if (sleeps(w))
		return 0;
	found = folder_endpoint(w->folder, &at, &e);
	error = errno;
	if (found == 1 && is_of_earlier_run(w, &at, first)) {
		found = 0;
	} else if (found == 1) {
		wait_found(w, &at);
	} else if (found == -1) {
		wait_stop(w);
		w->ops->unusable(error, &e, w->arg);
	}
	return found != 0;
}

/* Whoever ends a job that waits removes its folder: no need to poll for that. */
static void look_at_folder(struct wait *w)
{
	if (w->state == WAIT_ORPHANED)
		return;
	if (!folder_is_gone(w->folder)) {
		w->given_up = folder_is_given_up(w->folder);
		return;
	}
	wait_become(w, WAIT_ORPHANED);
	launcher_cancel(w->watch.call);
	watch_job(w, 0);
}

static void poll_cb(evutil_socket_t fd, short what, void *arg)
{
	struct wait *w = arg;

	(void)fd;
	(void)what;
	if (look_for_endpoint(w))
		return;
	event_add(w->record.poll, &(struct timeval){ .tv_sec = POLL_SECONDS });
	look_at_folder(w);
	if (w->watch.call == NULL &&
		++w->watch.missed * POLL_SECONDS >= WATCH_AGAIN)
		watch_job(w, 0);
}

/* The agent calls: it says its port, its address is where it calls from. */
static void home_frame(struct link *l, const struct frame *f, void *arg)
{
	struct wait_home *h = arg;
	struct wait *w = h->wait;
	struct endpoint at;
	struct err e;

	(void)l;
	if (f->type != FRAME_HOME)
		return;
	if (endpoint_parse(&at, f->data, f->len, &e) == -1) {
		log_warning("call of the agent: %s", e.text);
		return;
	}
	hang_up_home(h);
	if (w->state == WAIT_WAITING || w->state == WAIT_ORPHANED) {
		wait_found(w, &at);
		return;
	}
	/* An agent is quick: find has not yet said whether its job counts. */
	w->call.at = at;
	wait_become(w, WAIT_CALLED);
}

static void home_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)l;
	(void)why;
	(void)auth;
	hang_up_home(arg);
}

static const struct link_ops home_ops = {
	.frame = home_frame,
	.down = home_down,
};

static void home_up(struct link *l, const struct hello *peer, void *arg)
{
	struct wait *w = arg;
	struct wait_home *h = mem_alloc(sizeof *h);

	(void)peer;
	h->wait = w;
	h->link = l;
	LIST_INSERT_HEAD(&w->call.homes, h, next);
	link_set_ops(l, &home_ops, h);
}

void wait_set_network(struct wait *w, const char *network)
{
	snprintf(w->network, sizeof w->network, "%s", network);
}

const char *wait_network(const struct wait *w)
{
	const char *chosen = w->inv->opt->link.address;

	return chosen != NULL ? chosen :
		w->network[0] != '\0' ? w->network : NULL;
}

/* EX_OK, or how to end, with e set. */
static int be_reachable(struct wait *w, struct err *e)
{
	const struct opt_ports *ports = &w->inv->opt->link.ports;
	struct endpoint ep = { 0 };
	char bind_to[64];

	if (hostaddr_choose(wait_network(w), bind_to, &ep, e) == -1)
		return EX_CONFIG;
	w->call.gate = gate_open(w->inv->base, bind_to[0] ? bind_to : NULL,
		ports->first, ports->last, &w->folder->home_key,
		home_up, w, e);
	if (w->call.gate == NULL) {
		/* Another front may have the one port: the record will do. */
		log_warning("the agent cannot call here: %s", e->text);
		return EX_OK;
	}
	ep.port = gate_port(w->call.gate);
	hostaddr_name(ep.node, sizeof ep.node);
	return folder_wait_here(w->folder, &ep, e) == -1 ? EX_CANTCREAT : EX_OK;
}

int wait_listen(struct wait *w, struct err *e)
{
	/* One whose submit was not answered may listen still. */
	wait_stop(w);
	wait_become(w, WAIT_LISTENING);
	return be_reachable(w, e);
}

static void tell_state(struct wait *w)
{
	char line[1024];

	job_describe(&w->job, line, sizeof line);
	log_tell("%s", line);
	w->said.job = w->job;
	event_add(w->said.timer, &(struct timeval){ .tv_sec = TELL_SECONDS });
}

static void tell_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	tell_state(arg);
}

static void wait_over(struct wait *w)
{
	wait_stop(w);
	w->ops->ended(&w->job, w->given_up, w->arg);
}

/* The scheduler's word for it may be missing, not what to change. */
static void tell_may_never(struct wait *w)
{
	const struct job *j = &w->job;
	char nodes[160] = "";

	if (w->said.never)
		return;
	w->said.never = 1;
	if (j->nodes_missing > 0)
		snprintf(nodes, sizeof nodes, ", as long as nodes of its partition are down, powered down or not set up (%ld)",
			j->nodes_missing);
	log_tell("job %s may never start (%s: %s); %s; it goes on waiting%s, `%s` ends it",
		j->id, j->reason, j->text, j->never, nodes,
		called_for(w->inv, "cancel").s);
}

/* 1 when it is not waited for any more. */
static int look_at_never(struct wait *w)
{
	if (!job_is(&w->job, "pending") || w->job.never[0] == '\0')
		return 0;
	if (w->inv->opt->job.on_impossible == OPTIONS_IMPOSSIBLE_FAIL &&
		w->job.nodes_missing == 0) {
		wait_stop(w);
		w->ops->impossible(&w->job, w->arg);
		return 1;
	}
	tell_may_never(w);
	return 0;
}

static void watch_record(const struct kv *kv, void *arg)
{
	struct wait *w = arg;
	struct job j = job_read(kv);
	int slept = sleeps(w);

	memcpy(j.tag, w->job.tag, sizeof j.tag);
	w->job = j;
	if (job_is(&j, "ended")) {
		wait_over(w);
		return;
	}
	if (w->state == WAIT_ORPHANED && !job_is(&j, "completing")) {
		wait_stop(w);
		w->ops->lost(w->arg);
		return;
	}
	if ((!job_is(&j, "running") || slept) && job_differs(&j, &w->said.job))
		tell_state(w);
	if (look_at_never(w))
		return;
	if (slept)
		look_for_endpoint(w);
}

static void wait_watch_ended(const struct launcher_end *end, void *arg)
{
	struct wait *w = arg;

	w->watch.call = NULL;
	if (end->ok)
		return;
	if (strcmp(end->class, "gone") == 0)
		wait_over(w);
	else
		/* The endpoint record and the agent's call may come still. */
		log_warning("%s", end->message.text);
}

static void watch_job(struct wait *w, int after)
{
	struct buf request = { 0 };

	front_request_job(w->inv, w->job.id, &request);
	if (after > 0)
		kv_writef(&request, "after", "%d", after);
	if (w->inv->opt->job.on_impossible == OPTIONS_IMPOSSIBLE_FAIL)
		kv_write(&request, "ask-nodes", "1");
	w->watch.missed = 0;
	w->watch.call = launcher_run(w->inv, "watch", &request, 0, watch_record,
		wait_watch_ended, w);
}

void wait_for(struct wait *w, const struct job *j)
{
	struct err e;

	w->job = *j;
	w->given_up = w->said.never = 0;
	w->record.looks = 0;
	w->record.old = (struct endpoint){ 0 };
	if (w->state == WAIT_CALLED) {
		wait_found(w, &w->call.at);
		return;
	}
	wait_become(w, WAIT_WAITING);
	if (look_for_endpoint(w))
		return;
	if (w->call.gate == NULL && be_reachable(w, &e) != EX_OK)
		log_warning("the agent cannot call here: %s", e.text);
	/* Once more: it may have come between the look and our address. */
	if (look_for_endpoint(w))
		return;
	/* Also whoever gives the job up looks behind his mark for addresses. */
	w->given_up = folder_is_given_up(w->folder);
	event_add(w->record.poll, &(struct timeval){ .tv_sec = POLL_SECONDS });
	if (job_is(&w->job, "running"))
		event_add(w->said.timer, &(struct timeval){
			.tv_sec = RUNNING_SECONDS });
	else
		tell_state(w);
	watch_job(w, WATCH_FIRST);
}

struct wait *wait_new(const struct invocation *inv, struct folder *folder,
	const struct wait_ops *ops, void *arg)
{
	struct wait *w = mem_alloc(sizeof *w);

	w->inv = inv;
	w->folder = folder;
	w->ops = ops;
	w->arg = arg;
	w->record.poll = evtimer_new(inv->base, poll_cb, w);
	w->said.timer = evtimer_new(inv->base, tell_cb, w);
	return w;
}

void wait_free(struct wait *w)
{
	if (w == NULL)
		return;
	wait_stop(w);
	event_free(w->record.poll);
	event_free(w->said.timer);
	free(w);
}
