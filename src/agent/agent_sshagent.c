/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket is made when the first front offers an agent, and is there until the
 * session ends, so that a shell which has its name finds whoever comes later.
 * Without a front a program is told the end at once: it says then that the agent
 * does not answer, and goes on.
 */
#include "agent/agent_sshagent.h"

#include <stdlib.h>

#include "agent/farewell.h"
#include "agent/rundir.h"
#include "base/mem.h"
#include "net/listener.h"
#include "os/log.h"
#include "proto/sessionenv.h"

#define NAME "agent.sock"

struct sshagent {
	struct jobenv *env;
	struct services *services;
	struct wrappers *wrappers;
	struct listener_guard guard;
	struct listener *listener;	/* NULL: no front ever offered one */
	struct rundir_user user;
	struct farewells *farewells;
};

static void agent_not_had(int fd, int status, const struct err *why, void *arg)
{
	struct sshagent *a = arg;

	(void)status;
	(void)why;
	farewell(a->farewells, fd);
}

static const struct service_call_ops call_ops = { .failed = agent_not_had };

static void program_connected(int fd, void *arg)
{
	struct sshagent *a = arg;

	(void)service_connect(a->services, SERVICE_AGENT, "", fd, &call_ops,
		a);
}

/* In a directory that is the user's alone. */
static void make_socket(const char *dir, void *arg)
{
	struct sshagent *a = arg;
	char *path = mem_printf("%s/" NAME, dir);
	struct err e;

	listener_close(a->listener);
	a->listener = listener_open_unix(a->env->job->base, path, &a->guard,
		program_connected, a, &e);
	if (a->listener == NULL) {
		log_warning("there is no socket for ssh-agent: %s", e.text);
	} else {
		sessionenv_set(&a->env->env, SESSIONENV_AUTH_SOCK, path);
		(void)wrappers_cover(a->wrappers, SESSIONENV_AUTH_SOCK);
	}
	free(path);
}

static void agent_offered(const char *about, void *arg)
{
	struct sshagent *a = arg;

	log_info("ssh-agent: %s", about != NULL ?
		"a connection has brought one" : "no connection has one");
	a->env->has_agent = about != NULL;
	if (about == NULL || a->listener != NULL)
		return;
	/* Before: what is made there now must be in the one that is there. */
	rundir_check(a->env->rundir);
	make_socket(rundir_path(a->env->rundir), a);
	/* Once, though there is no socket yet after a first one that failed. */
	if (a->user.made == NULL)
		rundir_use(a->env->rundir, &a->user, make_socket, a);
}

static const struct service_ops service_ops = { .offered = agent_offered };

struct sshagent *sshagent_new(struct jobenv *env, struct services *services,
	struct wrappers *wrappers, struct peeruid *peeruid)
{
	struct sshagent *a = mem_alloc(sizeof *a);

	*a = (struct sshagent){ .env = env, .services = services,
		.wrappers = wrappers,
		.guard = { .peeruid = peeruid },
		.farewells = farewells_new(env->job->base, NULL) };
	services_add(services, SERVICE_AGENT, &service_ops, a);
	return a;
}

void sshagent_free(struct sshagent *a)
{
	if (a == NULL)
		return;
	if (a->user.made != NULL)
		rundir_leave(a->env->rundir, &a->user);
	listener_close(a->listener);
	farewells_free(a->farewells);
	free(a);
}
