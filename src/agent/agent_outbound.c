/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection to the proxy, from the first byte to the last:
 *
 *	READS -> the head is whole -> WAITS for a front -> CARRIED -> gone
 *	READS, WAITS -> it is refused, and leaves by farewell.h
 *
 * What a program sends behind its head waits here, and goes with it. No URL is
 * logged: only where a connection has gone, and how much.
 */
#include "agent/agent_outbound.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "proto/proxyhead.h"
#include "base/mem.h"
#include "net/alarm.h"
#include "net/listener.h"
#include "os/clock.h"
#include "os/defaultroute.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "proto/sessionenv.h"

#define BACKLOG 128
#define REQUESTS_MAX 256		/* that are neither carried yet nor refused */
#define HEAD_SECONDS 30
#define PIECE 4096

enum outbound_state { READS, WAITS, CARRIED };

struct outbound_request {
	LIST_ENTRY(outbound_request) next;
	struct agent_outbound *all;
	enum outbound_state state;
	int fd;				/* -1: it is carried */
	struct event *readable;
	struct alarm *timer;
	struct buf data;		/* what has come */
	struct proxyhead head;
	struct service_call *call;	/* while it waits */
	long long since;		/* it is carried, by clock_ms() */
};

struct agent_outbound {
	struct jobenv *env;
	struct service *service;
	struct wrappers *wrappers;
	struct listener_guard guard;
	struct listener *listener;	/* NULL: nobody has offered it yet */
	LIST_HEAD(, outbound_request) requests;
	unsigned waiting;
};

/* What only one has that is not carried. */
static void let_go(struct outbound_request *r)
{
	if (r->state == CARRIED)
		return;
	r->all->waiting--;
	event_free(r->readable);
	alarm_free(r->timer);
	buf_wipe(&r->data);
	proxyhead_fini(&r->head);
}

static void free_request(struct outbound_request *r)
{
	if (r->call != NULL)
		service_cancel(r->call);
	let_go(r);
	if (r->fd != -1)
		close(r->fd);
	LIST_REMOVE(r, next);
	free(r);
}

/* ---- no ------------------------------------------------------------------ */

static const struct {
	int exit, http;
} statuses[] = {
	{ EX_DATAERR, 400 },
	{ EX_NOPERM, 403 },
	{ EX_NOHOST, 502 },
	{ EX_UNAVAILABLE, 503 },
	{ EX_TEMPFAIL, 504 },
};

static int http_status(int exit_status)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (statuses[i].exit == exit_status)
			return statuses[i].http;
	return 502;
}

static void refuse_request(struct outbound_request *r, int status,
	const char *why)
{
	struct buf answer = { 0 };

	log_info("outbound: %s: %d: %s", r->head.target[0] != '\0' ?
		r->head.target : "a request", status, why);
	proxyhead_refuse(&answer, status, why);
	service_refuse(r->all->service, r->fd, buf_data(&answer), answer.len);
	buf_fini(&answer);
	r->fd = -1;
	free_request(r);
}

/* ---- yes ----------------------------------------------------------------- */

/* A front that has another proxy reads the head itself. */
static void send_head(struct outbound_request *r, struct link *l,
	const char *about)
{
	if (strcmp(about, "proxy") == 0)
		link_send_copy(l, 0, buf_data(&r->data), r->head.len);
	else
		link_send_copy(l, 0, buf_data(&r->head.request),
			r->head.request.len);
}

static void request_taken(int fd, struct link *l, const char *about, void *arg)
{
	struct outbound_request *r = arg;
	struct buf answer = { 0 };

	r->call = NULL;
	r->fd = -1;
	r->since = clock_ms();
	if (r->head.is_connect) {
		proxyhead_accept(&answer);
		(void)send(fd, buf_data(&answer), answer.len, MSG_NOSIGNAL);
		buf_fini(&answer);
	} else {
		send_head(r, l, about);
	}
	if (r->data.len > r->head.len)
		link_send_copy(l, 0, buf_data(&r->data) + r->head.len,
			r->data.len - r->head.len);
	let_go(r);
	r->state = CARRIED;
}

static void request_ended(unsigned long long moved, void *arg)
{
	struct outbound_request *r = arg;

	log_info("outbound: %s: %llu bytes in %lld ms", r->head.target, moved,
		clock_ms() - r->since);
	free_request(r);
}

static void request_failed(int fd, int status, const struct err *why,
	void *arg)
{
	struct outbound_request *r = arg;

	(void)fd;
	r->call = NULL;
	refuse_request(r, http_status(status), why->text);
}

static const struct service_call_ops call_ops = {
	.taken = request_taken,
	.failed = request_failed,
	.ended = request_ended,
};

/* ---- its head ------------------------------------------------------------ */

/* NULL is what service_connect() returns of one that has failed already. */
static void request_connect(struct outbound_request *r)
{
	char target[PROXYHEAD_TARGET + 8];
	struct service_call *call;

	snprintf(target, sizeof target, "%s%s", r->head.is_connect ? "" :
		"http://", r->head.target);
	event_del(r->readable);
	alarm_clear(r->timer);
	r->state = WAITS;
	call = service_connect(r->all->service, target, r->fd, &call_ops, r);
	if (call != NULL)
		r->call = call;
}

static void request_read(struct outbound_request *r)
{
	struct err e;

	proxyhead_fini(&r->head);
	switch (proxyhead_read(&r->head, buf_data(&r->data), r->data.len, &e)) {
	case 1:
		request_connect(r);
		break;
	case -1:
		refuse_request(r, r->head.status, e.text);
		break;
	}
}

static void outbound_readable(evutil_socket_t fd, short what, void *arg)
{
	struct outbound_request *r = arg;
	char *room = buf_reserve(&r->data, PIECE);
	ssize_t n = recv(fd, room, PIECE, 0);

	(void)what;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		free_request(r);
		return;
	}
	buf_commit(&r->data, (size_t)n);
	request_read(r);
}

static void outbound_timer(void *arg)
{
	refuse_request(arg, 408, "the head of the request has not come in time");
}

static void outbound_accepted(int fd, void *arg)
{
	struct agent_outbound *o = arg;
	struct outbound_request *r = mem_alloc(sizeof *r);

	*r = (struct outbound_request){ .all = o, .fd = fd };
	LIST_INSERT_HEAD(&o->requests, r, next);
	o->waiting++;
	r->timer = alarm_new(o->env->job->base, outbound_timer, r);
	r->readable = event_new(o->env->job->base, fd, EV_READ | EV_PERSIST,
		outbound_readable, r);
	if (o->waiting > REQUESTS_MAX) {
		refuse_request(r, 503, "too many requests wait already");
		return;
	}
	event_add(r->readable, NULL);
	alarm_set(r->timer, HEAD_SECONDS * 1000);
}

/* ---- the variables ------------------------------------------------------- */

/* What the node reaches by itself: its own networks, and what has its domain. */
static void put_direct(const struct jobenv *env, struct buf *out)
{
	const char *domain = strchr(env->job->node, '.');

	buf_printf(out, "localhost,127.0.0.1,::1,%s", env->job->node);
	if (domain != NULL)
		buf_printf(out, ",%s", domain);
	if (hostaddr_list(out, 1) == -1)
		log_warning("outbound: no_proxy has none of the node's networks: %s",
			strerror(errno));
	buf_append(out, "", 1);
}

/* Whether the i-th of the variables is as we have set it. */
static int is_ours(const struct agent_outbound *o, int i, const char *url,
	const char *direct)
{
	const char *value = envlist_get(&o->env->env,
		sessionenv_own_names[SESSIONENV_HTTP_PROXY + i]);

	return value != NULL && (strcmp(value, url) == 0 ||
		strcmp(value, direct) == 0);
}

/*
 * An independent job finds nobody there: it is elsewhere, or later. Where it cannot
 * be spared them nobody has them.
 */
static void cover_ours(struct agent_outbound *o, const char *url,
	const char *direct)
{
	const int first = SESSIONENV_HTTP_PROXY;
	struct envlist *env = &o->env->env;
	int ret = 0;

	for (int i = 0; i < SESSIONENV_PROXIES && ret == 0; i++)
		if (is_ours(o, i, url, direct))
			ret = wrappers_cover(o->wrappers,
				(enum sessionenv_own)(first + i));
	if (ret == 0)
		return;
	service_notice(o->service, "--outbound: proxy variables are not set, since jobs that are submitted here would have them: programs find the proxy by VRS_OUTBOUND");
	for (int i = 0; i < SESSIONENV_PROXIES; i++)
		if (is_ours(o, i, url, direct))
			envlist_unset(env, sessionenv_own_names[first + i]);
}

static void tell_programs(struct agent_outbound *o)
{
	struct envlist *env = &o->env->env;
	struct buf direct = { 0 };
	char url[32];

	snprintf(url, sizeof url, "http://127.0.0.1:%u",
		listener_port(o->listener));
	sessionenv_set(env, SESSIONENV_OUTBOUND, url);
	if (defaultroute_is_there()) {
		log_info("outbound: the node has a default route: proxy variables stay as they are");
		return;
	}
	put_direct(o->env, &direct);
	/*
	 * A site that has a proxy for its nodes has set one of them; or they are
	 * the login node's, of which a session that was begun without it is full.
	 */
	if (!sessionenv_set_proxies(env, url, buf_data(&direct)))
		service_notice(o->service, "--outbound: shells of this session have a proxy in http_proxy or the like already, from its start on, and keep it: `export http_proxy=$VRS_OUTBOUND https_proxy=$VRS_OUTBOUND` changes that in one");
	else
		cover_ours(o, url, buf_data(&direct));
	buf_fini(&direct);
}

/* -------------------------------------------------------------------------- */

static void outbound_offered(const char *about, void *arg)
{
	struct agent_outbound *o = arg;
	struct err e;

	if (about == NULL || o->listener != NULL)
		return;
	o->listener = listener_open(o->env->job->base, "127.0.0.1", 0, BACKLOG,
		&o->guard, outbound_accepted, o, &e);
	if (o->listener == NULL) {
		service_notice(o->service, "--outbound has no effect on %s, where no proxy can be opened: %s",
			o->env->job->node, e.text);
		return;
	}
	log_info("outbound: the proxy is port %u of 127.0.0.1",
		listener_port(o->listener));
	tell_programs(o);
}

static const struct service_ops service_ops = { .offered = outbound_offered,
	.nobody = "nobody is connected to the session who would dial: connect again, with --outbound" };

struct agent_outbound *agent_outbound_new(struct jobenv *env,
	struct services *services, struct wrappers *wrappers,
	struct peeruid *peeruid)
{
	struct agent_outbound *o = mem_alloc(sizeof *o);

	*o = (struct agent_outbound){ .env = env, .wrappers = wrappers,
		.guard.peeruid = peeruid };
	LIST_INIT(&o->requests);
	o->service = services_add(services, SERVICE_OUTBOUND, &service_ops, o);
	return o;
}

void agent_outbound_free(struct agent_outbound *o)
{
	if (o == NULL)
		return;
	listener_close(o->listener);
	while (!LIST_EMPTY(&o->requests))
		free_request(LIST_FIRST(&o->requests));
	free(o);
}
