/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports of the job on this host, in the way of a listener that is announced:
 *	front_forward_hold() -> the agent is asked -> confirmed() -> one of ours
 *	listens; a Unix socket later, or in vain: then a port does -> announce()
 * and of a connection that comes to it:
 *	open_connection() -> a spare link,
	or front_forward_dial() -> CONNECT -> OK -> a relay
 *
 * Each listener that a start script announces
 * gets one of ours, on loopback and for our uid only; each connection to it
 * becomes a link of its own to the agent, which dials the job's listener.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/front_control.h"
#include "front/front_forward.h"
#include "front/parting.h"
#include "front/sockport.h"
#include "front/spare.h"
#include "net/alarm.h"
#include "net/listener.h"
#include "net/relay.h"
#include "net/sock.h"
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

/*
 * An agent does 16 handshakes at a time, and one of an earlier version throws
 * out whoever comes beyond that; others dial, too.
 */
#define DIALING_MAX 8

/* A connection that waits for the agent's word. */
struct opening {
	TAILQ_ENTRY(opening) next;
	struct front_forward *forward;
	unsigned port;		/* its id */
	struct target target;
	struct link *link;	/* NULL: it waits until it may be dialed */
	int spare;		/* the link was one */
	int dialing;		/* and not up yet */
	int fd;
};

/* Where it is dialed. */
struct front_forward_agent {
	struct front_control *control;	/* NULL: it is not known yet */
	struct sockaddr_storage addr;
	socklen_t len;
	struct tls_key key;
	struct spares *spares;
};

struct front_forward {
	struct event_base *base;
	struct parting *parting;
	const struct options_forward *opt;
	struct peeruid peeruid;
	struct listener_guard guard;
	struct front_forward_agent agent;
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
	struct forward_opening {
		TAILQ_HEAD(openings, opening) all; /* the oldest first */
		int dialing;			/* how many of them */
	} opening;
	struct forward_relayed {
		LIST_HEAD(, relaying) all;
		unsigned long long moved;	/* by those that are over */
	} relayed;
};

/* Relays are kept only to be ended with the front. */
struct relaying {
	LIST_ENTRY(relaying) next;
	struct front_forward *forward;
	unsigned port;		/* its id */
	struct relay *relay;
};

static void relay_done(struct relay *r, struct link *l, void *arg)
{
	struct relaying *x = arg;

	x->forward->relayed.moved += relay_moved(r) + 1;
	if (l != NULL)
		spares_give(x->forward->agent.spares, l);
	LIST_REMOVE(x, next);
	free(x);
}

static void free_opening(struct opening *o)
{
	TAILQ_REMOVE(&o->forward->opening.all, o, next);
	free(o);
}

static void front_forward_dial(struct opening *o);

/* The link of o is up, or it will never be: one that waits may be dialed. */
static void opening_dialed(struct opening *o)
{
	struct front_forward *fw = o->forward;
	struct opening *waiting;

	if (!o->dialing)
		return;
	o->dialing = 0;
	fw->opening.dialing--;
	TAILQ_FOREACH(waiting, &fw->opening.all, next)
		if (waiting->link == NULL && waiting != o)
			break;
	if (waiting != NULL)
		front_forward_dial(waiting);
}

/* The client sees a reset, and tries again or gives up by its own rules. */
static void opening_failed(struct opening *o, const char *why)
{
	log_info("a connection could not be opened in the job: %s", why);
	sock_reset_on_close(o->fd);
	close(o->fd);
	link_free(o->link);
	opening_dialed(o);
	free_opening(o);
}

static void opening_frame(struct link *l, const struct frame *f, void *arg)
{
	struct opening *o = arg;
	struct front_forward *fw = o->forward;
	struct relaying *x;
	struct error said;
	struct err e;

	if (f->type != FRAME_OK) {
		opening_failed(o, f->type == FRAME_ERROR &&
			error_get(&said, f, &e) == 0 ? said.text :
			frame_name(f->type));
		return;
	}
	x = mem_alloc(sizeof *x);
	x->forward = fw;
	x->port = o->port;
	LIST_INSERT_HEAD(&fw->relayed.all, x, next);
	x->relay = relay_new(fw->base, o->fd, l,
		fw->opt->byte_limit, "connection",
		fw->guard.peeruid, relay_done, x);
	free_opening(o);
}

static void opening_up(struct link *l, const struct hello *peer, void *arg)
{
	(void)l;
	(void)peer;
	opening_dialed(arg);
}

static void opening_down(struct link *l, const struct err *why, int auth,
	void *arg);

static const struct link_ops opening_ops = {
	.up = opening_up,
	.frame = opening_frame,
	.down = opening_down,
};

static void front_forward_ask(struct opening *o)
{
	struct buf b = { 0 };

	connect_put(&b, &o->target);
	link_send_buf(o->link, &b);
}

static void front_forward_dial(struct opening *o)
{
	struct front_forward *fw = o->forward;

	o->spare = 0;
	if (fw->opening.dialing >= DIALING_MAX) {
		o->link = NULL;
		return;
	}
	o->dialing = 1;
	fw->opening.dialing++;
	o->link = link_dial(fw->base, (struct sockaddr *)&fw->agent.addr,
		fw->agent.len, &fw->agent.key, &opening_ops, o);
	front_forward_ask(o);
}

/* A spare link may have been closed while we took it. */
static void opening_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct opening *o = arg;

	(void)auth;
	if (!o->spare) {
		opening_failed(o, why->text);
		return;
	}
	link_free(l);
	front_forward_dial(o);
}

static void open_connection(struct port *p, int fd)
{
	struct front_forward *fw = p->forward;
	struct opening *o = mem_alloc(sizeof *o);

	TAILQ_REMOVE(&fw->ports, p, next);
	TAILQ_INSERT_HEAD(&fw->ports, p, next);
	o->forward = fw;
	o->port = p->id;
	o->fd = fd;
	o->target = p->target;
	TAILQ_INSERT_TAIL(&fw->opening.all, o, next);
	o->link = spares_take(fw->agent.spares);
	if (o->link == NULL) {
		front_forward_dial(o);
		return;
	}
	o->spare = 1;
	link_set_ops(o->link, &opening_ops, o);
	front_forward_ask(o);
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
	const struct opening *o;
	const struct relaying *x;

	TAILQ_FOREACH(o, &p->forward->opening.all, next)
		if (o->port == p->id)
			return 1;
	LIST_FOREACH(x, &p->forward->relayed.all, next)
		if (x->port == p->id)
			return 1;
	return 0;
}

static void free_port(struct port *p)
{
	if (p->forward->reserved.port == p)
		p->forward->reserved.port = NULL;
	if (p->looking)
		front_control_forget(p->forward->agent.control, p);
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
	const struct options_forward *opt, struct err *e)
{
	struct front_forward *fw = mem_alloc(sizeof *fw);

	fw->base = base;
	fw->parting = parting;
	fw->opt = opt;
	fw->peeruid.fd = -1;
	TAILQ_INIT(&fw->opening.all);
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
	struct opening *o;
	struct relaying *x;

	if (fw == NULL)
		return;
	fw->opening.dialing = INT_MAX;		/* nobody is dialed any more */
	while ((o = TAILQ_FIRST(&fw->opening.all)) != NULL)
		opening_failed(o, "the front ends");
	while ((x = LIST_FIRST(&fw->relayed.all)) != NULL) {
		relay_free(x->relay);
		LIST_REMOVE(x, next);
		free(x);
	}
	while (!TAILQ_EMPTY(&fw->ports))
		free_port(TAILQ_FIRST(&fw->ports));
	alarm_free(fw->look.timer);
	listener_close(fw->reserved.listener);
	spares_free(fw->agent.spares);
	peeruid_close(&fw->peeruid);
	explicit_bzero(&fw->agent.key, sizeof fw->agent.key);
	free(fw);
}

void front_forward_set_agent(struct front_forward *fw, struct front_control *control,
	const struct tls_key *key, const struct sockaddr *addr, socklen_t len)
{
	fw->agent.control = control;
	fw->agent.key = *key;
	memcpy(&fw->agent.addr, addr, len);
	fw->agent.len = len;
	spares_free(fw->agent.spares);
	fw->agent.spares = spares_new(fw->base, addr, len, &fw->agent.key);
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

/* And in the job. */
static const char *target_text(const struct target *t, char out[16])
{
	if (t->port == 0)
		return t->path;
	snprintf(out, 16, "port %u", t->port);
	return out;
}

static void close_port(struct port *p, const char *why)
{
	char here[16], there[16];

	log_warning("%s of this host, %s of the job, is closed: %s",
		port_text(p, here), target_text(&p->target, there), why);
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
		front_control_check(fw->agent.control, &p->target, 0, looked, p);
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
	char here[16], there[16];

	log_info("%s of this host is %s of the job", port_text(p, here),
		target_text(&p->target, there));
	p->hold.done = NULL;
	p->vanished = 0;
	TAILQ_REMOVE(&fw->ports, p, next);
	TAILQ_INSERT_HEAD(&fw->ports, p, next);
	if (fw->look.timer == NULL)
		fw->look.timer = alarm_new(fw->base, front_forward_look_cb, fw);
	if (!alarm_is_set(fw->look.timer))
		alarm_set(fw->look.timer, PORT_LOOK_SECONDS * 1000);
	spares_wanted(fw->agent.spares);
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
	p->socket = sockport_open(fw->base, fw->opt->backlog, &fw->guard,
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
	front_control_check(fw->agent.control, &target, wait_ms > 0 ? wait_ms : 1,
		confirmed, p);
}

int front_forward_has_ports(const struct front_forward *fw)
{
	return !TAILQ_EMPTY(&fw->ports);
}

int front_forward_has_connections(const struct front_forward *fw)
{
	return !LIST_EMPTY(&fw->relayed.all) || !TAILQ_EMPTY(&fw->opening.all);
}

unsigned long long front_forward_moved(const struct front_forward *fw)
{
	unsigned long long sum = fw->relayed.moved;
	const struct relaying *x;

	LIST_FOREACH(x, &fw->relayed.all, next)
		sum += relay_moved(x->relay) + 1;
	return sum;
}
