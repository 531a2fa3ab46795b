/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports of the job on this host, in the way of a listener that is announced:
 *	front_forward_hold() -> the agent is asked -> confirmed() -> one of ours
 *	listens; a Unix socket later, or in vain: then a port does -> announce()
 * and of a connection that comes to it:
 *	open_connection() -> CONNECT -> it is carried (front/front_carry.c)
 *
 * Each listener that a start script announces
 * gets one of ours, on loopback and for our uid only; each connection to it
 * becomes a link of its own to the agent, which dials the job's listener.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/front_carry.h"
#include "front/front_control.h"
#include "front/front_forward.h"
#include "front/parting.h"
#include "front/portword.h"
#include "front/sockport.h"
#include "net/alarm.h"
#include "net/listener.h"
#include "os/clock.h"
#include "os/log.h"

/*
 * A program of the job may print any number of lines that name a listener. The
 * ports of a host are for all its users, so there is a bound, and those that
 * nobody uses go when their listener in the job does.
 */
#define PORTS_MAX 64
#define PORT_LOOK_SECONDS 30		/* at half of the ports that nobody uses */
#define LOOKS_IN_VAIN 2

/* A listener of the job and ours for it. */
struct port {
	TAILQ_ENTRY(port) next;
	unsigned id;
	int looking;		/* whether its listener is still there, ... */
	int vanished;		/* ... and how often it was not */
	struct front_forward *forward;
	struct target target;
	const struct reach *reach;	/* NULL: target is in the job */
	struct listener *listener;	/* NULL: not yet, or the reserved one */
	uint16_t number;
	struct sockport *socket;	/* instead of the two, once it is made */
	struct port_hold {		/* a line that waits for it */
		void (*done)(uint16_t, const char *, const struct err *, void *);
		void *arg;		/* done NULL: none does */
		long long until;	/* by clock_ms() */
	} hold;
};

/* A local file system that does answer has as long. */
#define SOCKET_MS_MIN 1000
#define SOCKET_MS 10000		/* of one that the user names */

struct front_forward {
	struct event_base *base;
	struct parting *parting;
	const struct options_forward *opt;
	struct peeruid peeruid;
	struct listener_guard guard;
	struct front_carry *carry;
	struct front_control *control;		/* NULL: not known yet */
	struct forward_reserved {	/* --listen-port, from the start */
		struct listener *listener;
		struct port *port;	/* what it turned out to be for */
	} reserved;
	TAILQ_HEAD(ports, port) ports;		/* the one used last first */
	unsigned last_id;
	struct forward_look {			/* whether they are needed */
		struct alarm *timer;
		unsigned n;
	} look;
};

static void open_connection(struct port *p, int fd)
{
	struct front_forward *fw = p->forward;
	struct buf request = { 0 };

	TAILQ_REMOVE(&fw->ports, p, next);
	TAILQ_INSERT_HEAD(&fw->ports, p, next);
	if (p->reach != NULL)
		reach_put(&request, p->reach);
	else
		connect_put(&request, &p->target);
	front_carry_start(fw->carry, fd, &request, fw->guard.peeruid, p->id);
}

static void accepted(int fd, void *arg)
{
	open_connection(arg, fd);
}

/* Before the server in the job is known nobody can be served. */
static void accepted_reserved(int fd, void *arg)
{
	struct front_forward *fw = arg;

	if (fw->reserved.port != NULL)
		open_connection(fw->reserved.port, fd);
	else
		close(fd);
}

/* Or it will. */
static int is_listening(const struct port *p)
{
	return p->number != 0 || p->socket != NULL;
}

static int port_has_connection(const struct port *p)
{
	return front_carry_has(p->forward->carry, p->id);
}

static void free_port(struct port *p)
{
	if (p->forward->reserved.port == p)
		p->forward->reserved.port = NULL;
	if (p->looking)
		front_control_forget(p->forward->control, p);
	TAILQ_REMOVE(&p->forward->ports, p, next);
	listener_close(p->listener);
	sockport_close(p->socket);
	free(p);
}

static int set_guard(struct front_forward *fw, struct err *e)
{
	const struct options_forward *o = fw->opt;

	if (o->peer_check == OPTIONS_PEER_OFF)
		return 0;
	fw->guard.allow_root = o->allow_root_peers;
	fw->guard.root_is = "root; --allow-root-peers lets an ssh server in that forwards as root";
	fw->guard.prefer = o->peer_check == OPTIONS_PEER_PREFER;
	if (peeruid_open(&fw->peeruid, e) == 0 &&
		peeruid_selftest(&fw->peeruid, e) == 0) {
		fw->guard.peeruid = &fw->peeruid;
		return 0;
	}
	if (fw->guard.prefer) {
		log_tell("warning: %s; other users of this host can connect to the forwarded ports",
			e->text);
		return 0;
	}
	return err_prefix(e, "cannot tell whose connections come in (--peer-check=prefer goes on without): ");
}

/* A busy port is found out before a job is submitted. */
static int reserve_port(struct front_forward *fw, struct err *e)
{
	const struct options_forward *o = fw->opt;

	if (o->listen_port == 0)
		return 0;
	fw->reserved.listener = listener_open(fw->base, o->listen_host,
		o->listen_port, o->backlog, &fw->guard, accepted_reserved, fw,
		e);
	return fw->reserved.listener == NULL ? -1 : 0;
}

struct front_forward *front_forward_new(struct event_base *base, struct parting *parting,
	const struct options_forward *opt, struct front_carry *carry,
	struct err *e)
{
	struct front_forward *fw = mem_alloc(sizeof *fw);

	fw->base = base;
	fw->parting = parting;
	fw->opt = opt;
	fw->carry = carry;
	fw->peeruid.fd = -1;
	TAILQ_INIT(&fw->ports);
	if (set_guard(fw, e) == -1 || reserve_port(fw, e) == -1) {
		peeruid_close(&fw->peeruid);
		free(fw);
		return NULL;
	}
	return fw;
}

void front_forward_free(struct front_forward *fw)
{
	if (fw == NULL)
		return;
	while (!TAILQ_EMPTY(&fw->ports))
		free_port(TAILQ_FIRST(&fw->ports));
	alarm_free(fw->look.timer);
	listener_close(fw->reserved.listener);
	peeruid_close(&fw->peeruid);
	free(fw);
}

void front_forward_set_agent(struct front_forward *fw, struct front_control *control)
{
	fw->control = control;
}

/*
 * The client has been told the name and sends its token there: it must not, and
 * only the end of this connection keeps it from that.
 */
static void lost(const struct err *why, void *arg)
{
	struct port *p = arg;

	log_fail("the socket that VS Code connects to was removed, and another user may have made one in its place: %s; this connection ends, connect again",
		why->text);
	parting_exit(p->forward->parting, EX_NOPERM);
}

/* The same, of one that stays open for whatever comes to it. */
static void opened_lost(const struct err *why, void *arg)
{
	struct port *p = arg;

	if (sockport_path(p->socket) == NULL)
		log_fail("%s; a line of ssh that leads to a socket there reaches whoever has it: have it removed, or set XDG_RUNTIME_DIR to a directory of your own on this host",
			why->text);
	else
		log_fail("%s was removed, and another user may have made one in its place: %s; nothing is forwarded any more",
			sockport_path(p->socket), why->text);
	parting_exit(p->forward->parting, EX_NOPERM);
}

static int listen_tcp(struct port *p, struct err *e)
{
	struct front_forward *fw = p->forward;
	const struct options_forward *o = fw->opt;

	if (fw->reserved.listener != NULL && fw->reserved.port == NULL &&
		p->target.port != 0) {
		fw->reserved.port = p;
		p->number = listener_port(fw->reserved.listener);
		return 0;
	}
	p->listener = listener_open(fw->base, o->listen_host, 0,
		o->backlog, &fw->guard, accepted, p, e);
	if (p->listener == NULL)
		return -1;
	p->number = listener_port(p->listener);
	return 0;
}

/* What it is called on this host. */
static const char *port_text(const struct port *p, char out[16])
{
	if (p->socket != NULL)
		return sockport_path(p->socket);
	snprintf(out, 16, "port %u", p->number);
	return out;
}

static void close_port(struct port *p, const char *why)
{
	char here[16];

	log_warning("%s of this host, %s of the job, is closed: %s",
		port_text(p, here), portword_text(&p->target).s, why);
	free_port(p);
}

/* The one that nobody has used for longest goes. */
static int make_room(struct front_forward *fw, struct err *e)
{
	struct port *p;
	int open = 0;

	TAILQ_FOREACH(p, &fw->ports, next)
		open += is_listening(p);
	if (open < PORTS_MAX)
		return 0;
	TAILQ_FOREACH_REVERSE(p, &fw->ports, ports, next)
		if (is_listening(p) && p->hold.done == NULL && !port_has_connection(p))
			break;
	if (p == NULL)
		return err_set(e, "%d ports of the job are in use on this host",
			PORTS_MAX);
	close_port(p, "there are too many, and nobody uses it");
	return 0;
}

static void looked(int ours, const char *why, void *arg)
{
	struct port *p = arg;

	p->looking = 0;
	if (ours != 0)
		p->vanished = 0;
	else if (++p->vanished >= LOOKS_IN_VAIN && p->hold.done == NULL &&
		!port_has_connection(p))
		close_port(p, why);
}

/* Half of them in each look: an agent takes so many questions at once. */
static void front_forward_look_cb(void *arg)
{
	struct front_forward *fw = arg;
	struct port *p;

	fw->look.n++;
	TAILQ_FOREACH(p, &fw->ports, next) {
		if (p->hold.done != NULL || p->looking ||
			p->id % 2 != fw->look.n % 2 ||
			port_has_connection(p))
			continue;
		p->looking = 1;
		front_control_check(fw->control, &p->target, 0, looked, p);
	}
	if (!TAILQ_EMPTY(&fw->ports))
		alarm_set(fw->look.timer, PORT_LOOK_SECONDS * 1000);
}

/* From the agent's word to the answer for the line that is held. */

static void refuse(struct port *p, const struct err *why)
{
	struct port_hold held = p->hold;

	free_port(p);
	held.done(0, NULL, why, held.arg);
}

static void announce(struct port *p)
{
	struct front_forward *fw = p->forward;
	struct port_hold held = p->hold;
	char here[16];

	log_info("%s of this host is %s of the job", port_text(p, here),
		portword_text(&p->target).s);
	p->hold.done = NULL;
	p->vanished = 0;
	TAILQ_REMOVE(&fw->ports, p, next);
	TAILQ_INSERT_HEAD(&fw->ports, p, next);
	if (fw->look.timer == NULL)
		fw->look.timer = alarm_new(fw->base, front_forward_look_cb, fw);
	if (!alarm_is_set(fw->look.timer))
		alarm_set(fw->look.timer, PORT_LOOK_SECONDS * 1000);
	front_carry_expect(fw->carry);
	held.done(p->number, p->socket ? sockport_path(p->socket) : NULL, NULL,
		held.arg);
}

static void socket_made(void *arg)
{
	announce(arg);
}

/* A client takes a port as well. */
static void socket_failed(const struct err *why, void *arg)
{
	struct port *p = arg;
	struct err e;

	sockport_close(p->socket);
	p->socket = NULL;
	if (listen_tcp(p, &e) == -1) {
		refuse(p, &e);
		return;
	}
	log_tell("warning: there is no Unix socket for VS Code on this host, so port %u takes its place: %s",
		p->number, why->text);
	announce(p);
}

static const struct sockport_ops socket_ops = {
	.made = socket_made,
	.failed = socket_failed,
	.accepted = accepted,
	.lost = lost,
};

enum listening { LISTEN_FAILED, LISTEN_NOW, LISTEN_LATER };

/* The listener of one that was announced before is kept. */
static enum listening listen_for(struct port *p, struct err *e)
{
	struct front_forward *fw = p->forward;
	long long ms = p->hold.until - clock_ms();

	if (is_listening(p))
		return LISTEN_NOW;
	if (make_room(fw, e) == -1)
		return LISTEN_FAILED;
	if (p->target.port != 0)
		return listen_tcp(p, e) == 0 ? LISTEN_NOW : LISTEN_FAILED;
	p->socket = sockport_open(fw->base, NULL, fw->opt->backlog, &fw->guard,
		ms < SOCKET_MS_MIN ? SOCKET_MS_MIN : ms, &socket_ops, p);
	return LISTEN_LATER;
}

static void confirmed(int ours, const char *why, void *arg)
{
	struct port *p = arg;
	struct err e;

	if (ours != 1) {
		err_set(&e, "%s", why);
		refuse(p, &e);
		return;
	}
	switch (listen_for(p, &e)) {
	case LISTEN_FAILED:
		refuse(p, &e);
		break;
	case LISTEN_NOW:
		announce(p);
		break;
	case LISTEN_LATER:
		break;
	}
}

static struct port *find_port(struct front_forward *fw, const struct target *t)
{
	struct port *p;

	TAILQ_FOREACH(p, &fw->ports, next)
		if (p->hold.done == NULL && p->target.port == t->port &&
			strcmp(p->target.path, t->path) == 0)
			return p;
	return NULL;
}

void front_forward_hold(struct front_forward *fw, const struct held_event *line,
	long long wait_ms, void (*done)(uint16_t, const char *, const struct err *, void *),
	void *arg)
{
	struct target target = { 0 };
	struct port *p;

	if (wait_ms > fw->opt->confirm_timeout * 1000)
		wait_ms = fw->opt->confirm_timeout * 1000;
	if (line->target == HELD_PORT)
		target.port = line->port;
	else
		snprintf(target.path, sizeof target.path, "%s", line->path);
	log_debug("%s names %s%.0u%s", line->key, target.port ? "port " : "",
		target.port, target.path);
	p = find_port(fw, &target);
	if (p == NULL) {
		p = mem_alloc(sizeof *p);
		p->forward = fw;
		p->target = target;
		p->id = ++fw->last_id;
		TAILQ_INSERT_HEAD(&fw->ports, p, next);
	}
	p->hold = (struct port_hold){ done, arg, clock_ms() + wait_ms };
	/* 0 would be a look, of which nobody announced anything. */
	front_control_check(fw->control, &target, wait_ms > 0 ? wait_ms : 1,
		confirmed, p);
}

static void opened(struct port *p)
{
	struct port_hold held = p->hold;

	p->hold.done = NULL;
	front_carry_expect(p->forward->carry);
	held.done(p->number, p->socket ? sockport_path(p->socket) : NULL, NULL,
		held.arg);
}

static void opened_made(void *arg)
{
	opened(arg);
}

static void opened_failed(const struct err *why, void *arg)
{
	refuse(arg, why);
}

static const struct sockport_ops opened_ops = {
	.made = opened_made,
	.failed = opened_failed,
	.accepted = accepted,
	.lost = opened_lost,
};

void front_forward_open(struct front_forward *fw, const struct target *target,
	const struct reach *reach, const char *name, uint16_t number,
	void (*done)(uint16_t, const char *, const struct err *, void *),
	void *arg)
{
	const struct options_forward *o = fw->opt;
	struct port *p = mem_alloc(sizeof *p);
	struct err e;

	p->forward = fw;
	p->target = *target;
	p->reach = reach;
	p->id = ++fw->last_id;
	p->hold = (struct port_hold){ .done = done, .arg = arg };
	TAILQ_INSERT_HEAD(&fw->ports, p, next);
	if (name != NULL) {
		p->socket = sockport_open(fw->base, name, o->backlog,
			&fw->guard, SOCKET_MS, &opened_ops, p);
		return;
	}
	p->listener = listener_open(fw->base, o->listen_host, number,
		o->backlog, &fw->guard, accepted, p, &e);
	if (p->listener == NULL) {
		refuse(p, &e);
		return;
	}
	p->number = listener_port(p->listener);
	opened(p);
}

int front_forward_has_ports(const struct front_forward *fw)
{
	return !TAILQ_EMPTY(&fw->ports);
}
