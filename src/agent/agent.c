/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The session's parts, put together: who is given whom. A part knows those that
 * it is given when it is made, and no others; who is below calls back. The door
 * (serve) hands a link with its request to the table of requests, whose takers
 * are control, shells, forwards and status.
 */
#include "agent/agent.h"

#include <stdlib.h>
#include <sysexits.h>

#include "agent/agent_control.h"
#include "agent/agent_event.h"
#include "agent/agent_forward.h"
#include "agent/agent_limit.h"
#include "agent/agent_outbound.h"
#include "agent/agent_request.h"
#include "agent/agent_shell.h"
#include "agent/agent_sshagent.h"
#include "agent/agent_x11.h"
#include "agent/bridge.h"
#include "agent/callhome.h"
#include "agent/container.h"
#include "agent/end.h"
#include "agent/hook.h"
#include "agent/idle.h"
#include "agent/memory.h"
#include "agent/news.h"
#include "agent/nodes.h"
#include "agent/serve.h"
#include "agent/servers/hygiene.h"
#include "agent/service.h"
#include "agent/sshd.h"
#include "agent/status.h"
#include "agent/unattended.h"
#include "agent/uplink.h"
#include "agent/wrappers.h"
#include "base/mem.h"
#include "os/log.h"

struct agent {
	struct jobenv *env;
	struct hook *hook;
	struct news *news;
	struct idle *idle;
	struct unattended *unattended;
	struct serve *serve;
	struct callhome *home;
	struct agent_brings {	/* what fronts bring, for programs of the job */
		struct wrappers *wrappers;
		struct agent_sshagent *sshagent;
		struct agent_x11 *x11;
		struct agent_outbound *outbound;
	} brings;
	struct bridge *bridge;
	struct agent_control_parts parts;	/* control's, and held for others */
	struct status_parts status;
	struct requests requests;
};

struct agent *agent_new(struct jobenv *env, struct peeruid *peeruid,
	struct fronts *fronts)
{
	struct agent *a = mem_alloc(sizeof *a);
	const struct agent_job *job = env->job;
	struct agent_control_parts *p = &a->parts;

	a->env = env;
	a->hook = hook_new(env);
	a->news = news_new(job, fronts, a->hook);
	*p = (struct agent_control_parts){ .job = job, .peeruid = peeruid,
		.fronts = fronts };
	p->memory = memory_new(a->news);
	p->end = end_new(job, a->news, a->hook, p->memory);
	p->limit = agent_limit_new(job, fronts, a->news, p->end);
	a->idle = idle_new(job, a->news, p->end);
	a->serve = serve_new(job, p->end, agent_request_take, &a->requests);
	p->services = services_new(job, fronts, peeruid, a->serve);
	a->brings = (struct agent_brings){ .wrappers = wrappers_new(env) };
	a->brings.sshagent = agent_sshagent_new(env, p->services, a->brings.wrappers,
		peeruid);
	a->brings.x11 = agent_x11_new(env, p->services, a->brings.wrappers,
		peeruid);
	a->brings.outbound = agent_outbound_new(env, p->services,
		a->brings.wrappers, peeruid);
	a->bridge = bridge_new(env, peeruid);
	a->status = (struct status_parts){ .job = job, .env = env,
		.fronts = fronts, .idle = a->idle, .limit = p->limit, .memory = p->memory };
	return a;
}

/* Or that of a further node of the job. */
static int is_first(const struct agent *a)
{
	return a->env->job->opt->agent.node == NULL;
}

static struct node_parts node_parts(const struct agent *a)
{
	const struct agent_control_parts *p = &a->parts;

	return (struct node_parts){ .job = p->job,
		.at = serve_endpoint(a->serve), .fronts = p->fronts,
		.idle = a->idle, .limit = p->limit, .end = p->end };
}

static void open_first(struct agent *a, const struct tls_key *home_key)
{
	struct node_parts p = node_parts(a);

	a->home = callhome_new(p.job, p.at, home_key);
	a->requests.nodes = nodes_new(&p);
}

static void open_further(struct agent *a)
{
	struct node_parts p = node_parts(a);

	a->parts.uplink = uplink_new(&p);
}

static int shells_are_said(void *arg)
{
	return shells_have_said_all(arg);
}

static unsigned long long clients_moved(void *arg)
{
	const struct agent *a = arg;

	return shells_moved(a->parts.shells) +
		forwards_moved(a->requests.forwards);
}

/* -1 with e set */
static int announce(struct agent *a, struct err *e)
{
	if (callhome_announce(a->home, e) == -1)
		return -1;
	agent_event(a->parts.job, "start", NULL);
	return 0;
}

/* Nobody is told where we are before that: so no shell comes before it. */
static void job_has_started(const struct err *why, void *arg)
{
	struct agent *a = arg;
	struct err e;

	if (end_has_begun(a->parts.end))
		return;
	if (why != NULL)
		log_fail("%s", why->text);
	if (why != NULL)
		agent_end(a, EX_CONFIG, why->text);
	else if (announce(a, &e) == -1)
		agent_end(a, EX_CANTCREAT, e.text);
}

int agent_open(struct agent *a, const struct tls_key *front_key,
	const struct tls_key *home_key, struct err *e)
{
	struct agent_control_parts *p = &a->parts;
	struct sshds *sshds;

	p->hygiene = hygiene_new(p->job, a->env->rundir, p->fronts, p->end);
	sshds = sshds_new(a->env, p->end);
	p->shells = shells_new(a->env, a->idle, p->memory, p->hygiene, sshds);
	end_await(p->end, shells_are_said, p->shells);
	a->requests = (struct requests){ .control = p, .status = &a->status,
		.hygiene = p->hygiene, .shells = p->shells, .sshds = sshds,
		.containers = containers_new(a->env, p->end, p->fronts),
		.forwards = forwards_new(p->job, p->peeruid, a->idle,
			a->serve), .services = p->services };
	a->unattended = unattended_new(p->job, a->news, p->end, a->idle,
		clients_moved, a);
	if (is_first(a))
		open_first(a, home_key);
	else
		open_further(a);
	if (getenv("SLURM_RESTART_COUNT") != NULL)
		hook_run(a->hook, "requeued", "the scheduler has started the job again",
			-1);
	if (serve_open(a->serve, front_key, e) == -1)
		return EX_OSERR;
	if (p->uplink != NULL)
		return uplink_open(p->uplink, front_key, e) == -1 ?
			EX_UNAVAILABLE : EX_OK;
	if (p->job->opt->hooks.job_start.n > 0) {
		hook_await(a->hook, "job-start", "the session's job has started",
			&p->job->opt->hooks.job_start, job_has_started, a);
		return EX_OK;
	}
	return announce(a, e) == -1 ? EX_CANTCREAT : EX_OK;
}

void agent_free(struct agent *a)
{
	unattended_free(a->unattended);
	shells_free(a->parts.shells);
	sshds_free(a->requests.sshds);
	containers_free(a->requests.containers);
	forwards_free(a->requests.forwards);
	fronts_drop_all(a->parts.fronts);
	agent_outbound_free(a->brings.outbound);
	services_free(a->parts.services);
	bridge_free(a->bridge);
	agent_x11_free(a->brings.x11);
	agent_sshagent_free(a->brings.sshagent);
	wrappers_free(a->brings.wrappers);
	nodes_free(a->requests.nodes);
	uplink_free(a->parts.uplink);
	callhome_free(a->home);
	serve_free(a->serve);
	hygiene_free(a->parts.hygiene);
	idle_free(a->idle);
	agent_limit_free(a->parts.limit);
	end_free(a->parts.end);
	memory_free(a->parts.memory);
	news_free(a->news);
	hook_free(a->hook);
	free(a);
}

void agent_end(struct agent *a, int exit_status, const char *reason)
{
	end_session(a->parts.end, exit_status, reason);
}

int agent_exit_status(const struct agent *a)
{
	return end_exit_status(a->parts.end);
}

int agent_is_at_limit(const struct agent *a)
{
	return agent_limit_is_reached(a->parts.limit);
}

int agent_was_short_of_memory(const struct agent *a)
{
	return memory_was_short(a->parts.memory);
}
