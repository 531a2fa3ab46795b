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
#include "agent/agent_forward.h"
#include "agent/agent_limit.h"
#include "agent/agent_request.h"
#include "agent/agent_shell.h"
#include "agent/callhome.h"
#include "agent/end.h"
#include "agent/hook.h"
#include "agent/idle.h"
#include "agent/memory.h"
#include "agent/news.h"
#include "agent/serve.h"
#include "agent/servers/hygiene.h"
#include "agent/sshd.h"
#include "agent/status.h"
#include "base/mem.h"

struct agent {
	const struct jobenv *env;
	struct hook *hook;
	struct news *news;
	struct idle *idle;
	struct serve *serve;
	struct callhome *home;
	struct agent_control_parts parts;	/* control's, and held for others */
	struct status_parts status;
	struct requests requests;
};

struct agent *agent_new(const struct jobenv *env, struct peeruid *peeruid,
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
	a->status = (struct status_parts){ .job = job, .fronts = fronts,
		.idle = a->idle, .limit = p->limit, .memory = p->memory };
	return a;
}

int agent_open(struct agent *a, const struct tls_key *front_key,
	const struct tls_key *home_key, struct err *e)
{
	struct agent_control_parts *p = &a->parts;
	struct sshds *sshds;

	p->hygiene = hygiene_new(p->job, a->env->rundir, p->fronts, p->end);
	sshds = sshds_new(a->env, p->end);
	p->shells = shells_new(a->env, a->idle, p->memory, p->hygiene, sshds);
	a->requests = (struct requests){ .control = p, .status = &a->status,
		.hygiene = p->hygiene, .shells = p->shells, .sshds = sshds,
		.forwards = forwards_new(p->job, p->peeruid, a->idle,
			a->serve) };
	a->home = callhome_new(p->job, serve_endpoint(a->serve), home_key);
	if (getenv("SLURM_RESTART_COUNT") != NULL)
		hook_run(a->hook, "requeued", "the scheduler has started the job again",
			-1);
	if (serve_open(a->serve, front_key, e) == -1)
		return EX_OSERR;
	return callhome_announce(a->home, e) == -1 ? EX_CANTCREAT : EX_OK;
}

void agent_free(struct agent *a)
{
	shells_free(a->parts.shells);
	sshds_free(a->requests.sshds);
	forwards_free(a->requests.forwards);
	fronts_drop_all(a->parts.fronts);
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
