/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What SSH_AUTH_SOCK names is tried once, so that an agent that is dead is told, and
 * not found out in the job; then each connection that the job wants is made to it.
 * By a child, since the name may be in a home directory that hangs.
 */
#include "front/front_sshagent.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/front_service.h"
#include "net/probe.h"
#include "os/log.h"
#include "proto/message.h"

/* A connection to the agent, for the job. */
struct sshagent_dial {
	struct front_want *want;
	struct probe *probe;
};

struct front_sshagent {
	struct event_base *base;
	struct front_service *service;
	const char *path;
	struct probe *trial;	/* NULL: it is over */
	void (*settled)(void *);
	void *arg;
};

static void sshagent_dialed(int fd, const struct err *why, void *arg)
{
	struct sshagent_dial *d = arg;

	d->probe = NULL;
	if (why != NULL)
		front_want_decline(d->want, EX_UNAVAILABLE, why);
	else
		front_want_have(d->want, fd);
	free(d);
}

static void forget_sshagent_dial(void *attempt)
{
	struct sshagent_dial *d = attempt;

	probe_free(d->probe);
	free(d);
}

static void sshagent_wanted(struct front_want *w, const char *target, void *arg)
{
	struct front_sshagent *a = arg;
	struct sshagent_dial *d = mem_alloc(sizeof *d);

	(void)target;
	d->want = w;
	d->probe = probe_new(a->base, a->path, 1, sshagent_dialed, d);
	front_want_begin(w, forget_sshagent_dial, d);
}

static const struct front_service_ops service_ops = { .want = sshagent_wanted,
	.of_ssh = 1 };

static void sshagent_tried(int fd, const struct err *why, void *arg)
{
	struct front_sshagent *a = arg;

	a->trial = NULL;
	if (fd != -1)
		close(fd);
	if (why == NULL)
		front_service_offer(a->service, SERVICE_AGENT, "",
			&service_ops, a);
	else
		log_tell("--forward-agent has no effect: the agent that SSH_AUTH_SOCK names cannot be used: %s",
			why->text);
	a->settled(a->arg);
}

struct front_sshagent *front_sshagent_new(struct event_base *base,
	struct front_service *service, void (*settled)(void *), void *arg)
{
	const char *path = getenv("SSH_AUTH_SOCK");
	struct front_sshagent *a;

	if (path == NULL || path[0] == '\0') {
		log_tell("--forward-agent has no effect: ssh has brought no agent here; `ForwardAgent yes' in the entry of this host, or ssh -A, brings it");
		return NULL;
	}
	a = mem_alloc(sizeof *a);
	*a = (struct front_sshagent){ .base = base, .service = service,
		.path = path, .settled = settled, .arg = arg };
	a->trial = probe_new(base, path, 1, sshagent_tried, a);
	return a;
}

void front_sshagent_free(struct front_sshagent *a)
{
	if (a == NULL)
		return;
	probe_free(a->trial);
	free(a);
}
