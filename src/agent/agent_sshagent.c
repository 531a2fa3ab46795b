/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket is made when the first front offers an agent, and is there until the
 * session ends, so that a shell which has its name finds whoever comes later.
 * Without a front a program is told the end at once: it says then that the agent
 * does not answer, and goes on. Its own words are heard first, or SIGPIPE would end
 * it before it has said so.
 */
#include "agent/agent_sshagent.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/rundir.h"
#include "base/mem.h"
#include "net/listener.h"
#include "os/log.h"
#include "proto/sessionenv.h"

#define NAME "agent.sock"
#define LEAVE_SECONDS 5
#define LEAVING_MAX 64

/* A connection that no front has, and whose program has not closed yet. */
struct leaving {
	TAILQ_ENTRY(leaving) next;
	struct sshagent *all;
	struct event *said;
};

struct sshagent {
	struct jobenv *env;
	struct services *services;
	struct listener_guard guard;
	struct listener *listener;	/* NULL: no front ever offered one */
	struct rundir_user user;
	TAILQ_HEAD(, leaving) leaving;	/* the oldest first */
	unsigned n_leaving;
};

static void free_leaving(struct leaving *l)
{
	int fd = event_get_fd(l->said);

	TAILQ_REMOVE(&l->all->leaving, l, next);
	l->all->n_leaving--;
	event_free(l->said);
	close(fd);
	free(l);
}

/* What it says is dropped, until it closes or the time is over. */
static void leaving_said(evutil_socket_t fd, short what, void *arg)
{
	char some[4096];
	ssize_t n = 0;

	if (!(what & EV_TIMEOUT))
		n = read(fd, some, sizeof some);
	if (n == 0 || (n == -1 && errno != EAGAIN))
		free_leaving(arg);
}

static void agent_not_had(int fd, int status, const struct err *why, void *arg)
{
	struct sshagent *a = arg;
	struct leaving *l = mem_alloc(sizeof *l);

	(void)status;
	(void)why;
	if (a->n_leaving == LEAVING_MAX)
		free_leaving(TAILQ_FIRST(&a->leaving));
	shutdown(fd, SHUT_WR);
	l->all = a;
	l->said = event_new(a->env->job->base, fd, EV_READ | EV_PERSIST,
		leaving_said, l);
	event_add(l->said, &(struct timeval){ .tv_sec = LEAVE_SECONDS });
	TAILQ_INSERT_TAIL(&a->leaving, l, next);
	a->n_leaving++;
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
	if (a->listener == NULL)
		log_warning("there is no socket for ssh-agent: %s", e.text);
	else
		sessionenv_set(&a->env->env, SESSIONENV_AUTH_SOCK, path);
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
	rundir_use(a->env->rundir, &a->user, make_socket, a);
}

static const struct service_ops service_ops = { .offered = agent_offered };

struct sshagent *sshagent_new(struct jobenv *env, struct services *services,
	struct peeruid *peeruid)
{
	struct sshagent *a = mem_alloc(sizeof *a);

	*a = (struct sshagent){ .env = env, .services = services,
		.guard = { .peeruid = peeruid } };
	TAILQ_INIT(&a->leaving);
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
	while (!TAILQ_EMPTY(&a->leaving))
		free_leaving(TAILQ_FIRST(&a->leaving));
	free(a);
}
