/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket is made when the first front offers an agent, and is there until the
 * session ends, so that a shell which has its name finds whoever comes later.
 * Without a front a program is told the end at once: it says then that the agent
 * does not answer, and goes on.
 */
#include "agent/agent_sshagent.h"

#include <stdlib.h>
#include <unistd.h>

#include "agent/rundir.h"
#include "base/mem.h"
#include "net/listener.h"
#include "os/log.h"
#include "os/safepath.h"
#include "proto/sessionenv.h"

#define NAME "agent.sock"

struct agent_sshagent {
	struct jobenv *env;
	struct service *service;
	struct wrappers *wrappers;
	struct listener_guard guard;
	struct listener *listener;	/* in env, by us; NULL: there is none */
	struct rundir_user user;
};

/* What programs that start from now on are told. */
static void name_socket(struct agent_sshagent *a, const char *path)
{
	sessionenv_set(&a->env->env, SESSIONENV_AUTH_SOCK, path);
	(void)wrappers_cover(a->wrappers, SESSIONENV_AUTH_SOCK);
}

static void close_socket(struct agent_sshagent *a)
{
	if (a->listener == NULL)
		return;
	listener_close(a->listener);
	a->listener = NULL;
	sessionenv_unset(&a->env->env, SESSIONENV_AUTH_SOCK);
}

/* In a directory that is the user's alone: by its name it may be another's by now. */
static int open_socket(struct agent_sshagent *a, const char *dir, const char *path,
	struct err *e)
{
	int fd = safepath_dir(dir, 0, NULL, e);

	if (fd == -1)
		return -1;
	close(fd);
	a->listener = listener_open_unix(a->env->job->base, path, &a->guard,
		service_enter, a->service, e);
	return a->listener != NULL ? 0 : -1;
}

static void make_socket(const char *dir, void *arg)
{
	struct agent_sshagent *a = arg;
	char *path;
	struct err e;

	close_socket(a);
	if (dir == NULL)
		return;
	path = mem_printf("%s/" NAME, dir);
	if (open_socket(a, dir, path, &e) == 0)
		name_socket(a, path);
	else
		service_notice(a->service, "--forward-agent: there is no socket for ssh-agent on %s: %s",
			a->env->job->node, e.text);
	free(path);
}

static void sshagent_offered(const char *about, void *arg)
{
	struct agent_sshagent *a = arg;

	log_info("ssh-agent: %s", about != NULL ?
		"a connection has brought one" : "no connection has one");
	a->env->has_agent = about != NULL;
	if (about != NULL && a->listener == NULL)
		rundir_use(a->env->rundir, &a->user, make_socket, a);
}

static const struct service_ops service_ops = { .offered = sshagent_offered,
	.nobody = "no connection of yours has an ssh-agent for the session: connect again, with one" };

struct agent_sshagent *agent_sshagent_new(struct jobenv *env, struct services *services,
	struct wrappers *wrappers, struct peeruid *peeruid)
{
	struct agent_sshagent *a = mem_alloc(sizeof *a);

	*a = (struct agent_sshagent){ .env = env, .wrappers = wrappers,
		.guard = { .peeruid = peeruid } };
	a->service = services_add(services, SERVICE_AGENT, &service_ops, a);
	return a;
}

void agent_sshagent_free(struct agent_sshagent *a)
{
	if (a == NULL)
		return;
	rundir_leave(&a->user);
	listener_close(a->listener);
	free(a);
}
