/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns a socket, its TLS state and two queues. Callbacks may free the link:
 * `busy` counts the frames of this file on the stack, and the last one out
 * frees. Its state changes by set_state() alone:
 *
 *	NEW --link_dial--> DIALING --connected--> HANDSHAKE -> HELLO -> UP
 *	    --link_serve----------------------------^
 *	DIALING, HANDSHAKE --the peer went away at once--> DIALING
 *	all but NEW --die--> DEAD, which is for ever
 *
 * A link without ops is an orphan of link_free_when_sent(). It sends what it
 * has, ends its half of the connection, and reads on until the peer has ended
 * the other: to close a socket that has unread bytes, or gets some later, makes
 * the kernel reset the connection, and the peer would lose what is on the way.
 */
#include "net/link.h"

#include <assert.h>
#include <errno.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/loop.h"
#include "net/sock.h"
#include "net/turn.h"
#include "os/fd.h"
#include "os/log.h"

#define PROBE_SECONDS 30	/* a paused link looks for its peer so often */
#define DIAL_TIMEOUT 10		/* seconds from dialing to the peer's hello */
#define SERVE_TIMEOUT 5		/* the same for one who came to us */
#define SENT_TIMEOUT 300	/* an orphan, since bytes moved last */
#define REDIAL_MS 5		/* the first pause, of which each is twice ... */
#define REDIAL_MS_MAX 500	/* ... the last */
/* Payload in frames of bulk, with their headers. */
#define FRAMED(n) ((n) / FRAME_BULK * (FRAME_BULK + FRAME_HEADER))
#define READ_MAX (FRAMED(TURN_LONG) + FRAME_HEADER + FRAME_MAX)

/* In this order: what is before HELLO cannot carry a frame yet. */
enum state { NEW, DIALING, HANDSHAKE, HELLO, UP, DEAD };

/* Of a link that is not up yet and was dialed by us. */
struct dial {
	struct sockaddr_storage addr;
	socklen_t len;
	int pause_ms;		/* before it was dialed again; 0: it was not */
};

struct link {
	struct event_base *base;
	int fd;
	enum state state;
	struct dial *dial;	/* NULL: it is up, or came to us */
	struct tls *tls;
	const struct tls_key *key;
	const struct link_ops *ops;
	void *arg;
	struct link_events {
		struct event readable, writable, again, deadline, probe;
	} ev;
	struct link_queues {
		struct buf in, out;
		int paused;		/* the owner takes no frames */
		int was_full;		/* and is told when there is room */
		size_t counted;		/* of these, by loop_held() */
	} q;
	struct link_life {
		int busy, freed;	/* see above */
		int failed_errno;	/* why it failed at once */
		int hears_out;		/* see link_hear_out() */
		int mute;		/* nothing can be sent any more */
		uint16_t version;	/* that both speak; 0: not known yet */
		LIST_ENTRY(link) next;	/* among the orphans */
	} life;
};

static LIST_HEAD(, link) orphans = LIST_HEAD_INITIALIZER(orphans);

static struct hello own_hello = {
	.version = PROTOCOL_VERSION,
	.oldest = PROTOCOL_OLDEST,
};

static const char *state_name(enum state s)
{
	static const char *const names[] = {
		[NEW] = "new",
		[DIALING] = "dialing",
		[HANDSHAKE] = "handshake",
		[HELLO] = "hello",
		[UP] = "up",
		[DEAD] = "dead",
	};

	return names[s];
}

static int may_become(enum state s, enum state next)
{
#define TO(next) (1U << (next))
	static const unsigned rows[] = {
		[NEW] = TO(DIALING) | TO(HANDSHAKE),
		[DIALING] = TO(DIALING) | TO(HANDSHAKE) | TO(DEAD),
		[HANDSHAKE] = TO(DIALING) | TO(HELLO) | TO(DEAD),
		[HELLO] = TO(UP) | TO(DEAD),
		[UP] = TO(DEAD),
		[DEAD] = 0,
	};
#undef TO

	return (rows[s] >> next & 1) != 0;
}

/*
 * A change that is not in the table is a mistake of this file: to go on with it
 * could hand out frames of a peer that has not proved the secret.
 */
static void set_state(struct link *l, enum state next)
{
	assert(may_become(l->state, next));
	log_debug("link %d: %s, was %s", l->fd, state_name(next),
		state_name(l->state));
	l->state = next;
}

static size_t queued(const struct link *l)
{
	if (l->life.mute)
		return 0;
	return l->q.out.len + (l->tls != NULL ? tls_unsent(l->tls) : 0);
}

static void count(struct link *l)
{
	loop_held(&l->q.counted, l->q.in.len + queued(l) +
		(l->tls != NULL ? tls_unread(l->tls) : 0));
}

static void link_destroy(struct link *l)
{
	loop_held(&l->q.counted, 0);
	event_del(&l->ev.readable);
	event_del(&l->ev.writable);
	event_del(&l->ev.again);
	event_del(&l->ev.probe);
	event_del(&l->ev.deadline);
	tls_free(l->tls);
	free(l->dial);
	if (l->fd != -1)
		close(l->fd);
	buf_fini(&l->q.in);
	buf_fini(&l->q.out);
	if (l->ops == NULL)
		LIST_REMOVE(l, life.next);
	free(l);
}

static void enter(struct link *l)
{
	l->life.busy++;
}

static void leave(struct link *l)
{
	if (--l->life.busy > 0)
		return;
	if (l->life.freed)
		link_destroy(l);
	else
		count(l);
}

/*
 * link_pause() does not hold back the hello: without it the link would never be
 * up, and its deadline would end it.
 */
static int is_held(const struct link *l)
{
	return l->q.paused && l->state == UP;
}

static void be_patient(struct link *orphan)
{
	event_add(&orphan->ev.deadline,
		&(struct timeval){ .tv_sec = SENT_TIMEOUT });
}

static void die(struct link *l, int auth, const struct err *why)
{
	if (l->state == DEAD || l->life.freed)
		return;
	set_state(l, DEAD);
	event_del(&l->ev.readable);
	event_del(&l->ev.writable);
	event_del(&l->ev.again);
	event_del(&l->ev.probe);
	event_del(&l->ev.deadline);
	if (l->ops == NULL)
		l->life.freed = 1;
	else
		l->ops->down(l, why, auth, l->arg);
}

/* What fails at once is told by the loop, never by the caller. */
static void failed_cb(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	struct err e;

	(void)fd;
	(void)what;
	enter(l);
	err_set(&e, "%s", strerror(l->life.failed_errno));
	die(l, 0, &e);
	leave(l);
}

static void fail_soon(struct link *l, int error)
{
	l->life.failed_errno = error;
	event_del(&l->ev.again);
	evtimer_assign(&l->ev.again, l->base, failed_cb, l);
	event_add(&l->ev.again, &(struct timeval){ 0 });
}

/* The kernel may have no room for one descriptor more. */
static void link_watch(struct link *l, struct event *ev)
{
	if (event_add(ev, NULL) == -1)
		fail_soon(l, errno != 0 ? errno : ENOSPC);
}

static void begin_dial(struct link *l);

static void redial_cb(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;

	(void)fd;
	(void)what;
	begin_dial(l);
}

/*
 * Dial again, with the same deadline: the peer ended the connection before it
 * had sent a byte. Its gate was full (net/gate.h), and no frame can be lost,
 * since none was taken.
 */
static void redial(struct link *l)
{
	struct dial *d = l->dial;

	event_del(&l->ev.readable);
	event_del(&l->ev.writable);
	event_del(&l->ev.again);
	set_state(l, DIALING);
	tls_free(l->tls);
	l->tls = NULL;
	close(l->fd);
	l->fd = -1;
	d->pause_ms = d->pause_ms == 0 ? REDIAL_MS :
		d->pause_ms < REDIAL_MS_MAX / 2 ? d->pause_ms * 2 :
		REDIAL_MS_MAX;
	evtimer_assign(&l->ev.again, l->base, redial_cb, l);
	event_add(&l->ev.again, &(struct timeval){
		.tv_usec = d->pause_ms * 1000 });
}

/* Handle a TLS outcome that is not TLS_OK. */
static void wait_for_io(struct link *l, enum tls_io io, struct err *e)
{
	switch (io) {
	case TLS_OK:
	case TLS_WANT_READ:
		break;
	case TLS_WANT_WRITE:
		link_watch(l, &l->ev.writable);
		break;
	case TLS_EOF:
		if (l->state == HANDSHAKE && l->dial != NULL) {
			redial(l);
			break;
		}
		err_set(e, l->state == HANDSHAKE ?
			"the peer closed during the handshake" :
			"the peer closed the connection");
		die(l, 0, e);
		break;
	case TLS_NOT_NOW:
		die(l, 0, e);
		break;
	case TLS_FAILED:
		die(l, l->state == HANDSHAKE, e);
		break;
	}
}

static void begin_handshake(struct link *l, int server)
{
	set_state(l, HANDSHAKE);
	l->tls = tls_new(l->fd, l->key, server);
	link_watch(l, &l->ev.readable);
}

static void take_hello(struct link *l, const struct frame *f)
{
	struct hello peer;
	struct error said;
	struct err e;

	if (f->type == FRAME_ERROR && error_get(&said, f, &e) == 0) {
		err_set(&e, "%s", said.text);
		die(l, 1, &e);
		return;
	}
	if (f->type != FRAME_HELLO) {
		err_set(&e, "%s frame where hello was expected",
			frame_name(f->type));
		die(l, 1, &e);
		return;
	}
	if (hello_get(&peer, f, &e) == -1 ||
		hello_agree(&own_hello, &peer, &e) == -1) {
		die(l, 1, &e);
		return;
	}
	set_state(l, UP);
	free(l->dial);
	l->dial = NULL;
	l->life.version = peer.version < own_hello.version ? peer.version :
		own_hello.version;
	if (l->ops == NULL)
		return;
	event_del(&l->ev.deadline);
	if (l->q.paused)
		event_del(&l->ev.readable);
	if (l->ops->up != NULL)
		l->ops->up(l, &peer, l->arg);
}

/* Hand out the frames that are complete. Returns the bytes they had. */
static size_t dispatch(struct link *l, const char *data, size_t len)
{
	size_t taken = 0;

	while (!is_held(l) && !l->life.freed && l->state != DEAD && taken < len) {
		struct frame f;
		struct err e;
		long n = frame_parse(&f, data + taken, len - taken, &e);

		if (n == 0)
			break;
		if (n == -1) {
			die(l, 0, &e);
			break;
		}
		taken += n;
		if (l->state == HELLO)
			take_hello(l, &f);
		else if (l->ops != NULL)
			l->ops->frame(l, &f, l->arg);
	}
	if (l->ops != NULL && l->ops->taken != NULL && !l->life.freed &&
		l->state != DEAD)
		l->ops->taken(l, l->arg);
	return taken;
}

static void dispatch_kept(struct link *l)
{
	if (l->q.in.len > 0)
		buf_consume(&l->q.in, dispatch(l, buf_data(&l->q.in), l->q.in.len));
}

/* One read. What it brings begins with what is kept of a frame. */
static void receive(struct link *l)
{
	static char scratch[READ_MAX];
	size_t n, kept = l->q.in.len, taken;
	enum tls_io io;
	struct err e;
	int bulk;

	if (l->state == DEAD || l->life.freed || is_held(l))
		return;
	if (kept > 0)
		memcpy(scratch, buf_data(&l->q.in), kept);
	io = tls_read(l->tls, scratch + kept, FRAMED(loop_budget()), &n,
		&e);
	if (io != TLS_OK) {
		wait_for_io(l, io, &e);
		return;
	}
	bulk = loop_moved(l->arg, n);
	loop_set_bulk(&l->ev.readable, bulk);
	loop_set_bulk(&l->ev.again, bulk);
	/*
	 * Give other links their turn before we go on. By a timer of zero,
	 * since that waits until epoll was asked again; an event that is made
	 * active would run before.
	 */
	if (tls_has_pending(l->tls))
		event_add(&l->ev.again, &(struct timeval){ 0 });
	buf_consume(&l->q.in, kept);
	taken = dispatch(l, scratch, kept + n);
	buf_append(&l->q.in, scratch + taken, kept + n - taken);
}

/* Send what the socket takes; TLS_OK when nothing is left. */
static enum tls_io flush(struct link *l, struct err *e)
{
	size_t n;
	enum tls_io io = tls_write(l->tls, buf_data(&l->q.out), l->q.out.len, &n,
		e);

	buf_consume(&l->q.out, n);
	return io == TLS_OK ? tls_flush(l->tls) : io;
}

/* Whoever waits for room goes on, too: what he says is dropped. */
static void fall_silent(struct link *l)
{
	log_debug("link %d: nobody to be sent to", l->fd);
	l->life.mute = 1;
	buf_fini(&l->q.out);
	if (l->q.was_full && l->ops->room != NULL)
		l->ops->room(l, l->arg);
	l->q.was_full = 0;
}

static void transmit(struct link *l)
{
	struct err e;
	enum tls_io io;

	if (l->life.mute)
		return;
	io = flush(l, &e);
	if (io == TLS_EOF && l->life.hears_out && l->state == UP &&
		l->ops != NULL) {
		fall_silent(l);
		return;
	}
	if (io == TLS_OK && l->ops == NULL && l->state == UP)
		io = tls_end(l->tls);
	wait_for_io(l, io, &e);
	if (l->state == DEAD || l->life.freed)
		return;
	if (l->ops == NULL) {
		be_patient(l);
		return;
	}
	if (l->q.was_full && queued(l) < QUEUE_FULL / 2) {
		l->q.was_full = 0;
		if (l->ops->room != NULL)
			l->ops->room(l, l->arg);
		/*
		 * What room() has queued is sent in the next turn of the loop,
		 * or one link could keep all others waiting.
		 */
		if (l->state != DEAD && !l->life.freed && queued(l) > 0)
			link_watch(l, &l->ev.writable);
	}
}

static void shake_hands(struct link *l)
{
	struct err e;
	enum tls_io io = tls_handshake(l->tls, &e);

	if (io != TLS_OK) {
		wait_for_io(l, io, &e);
		return;
	}
	set_state(l, HELLO);
	/* Our hello goes out even if theirs is the end of the link. */
	transmit(l);
}

/* Do whatever can be done without waiting. */
static void go_on(struct link *l, int only_write)
{
	if (l->state == HANDSHAKE)
		shake_hands(l);
	if (l->state < HELLO)
		return;
	if (!only_write) {
		dispatch_kept(l);
		receive(l);
	}
	if (l->state != DEAD && !l->life.freed)
		transmit(l);
}

static void io_cb(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	int only_write = what == EV_WRITE && l->state >= HELLO;

	(void)fd;
	enter(l);
	if (l->state == DIALING) {
		int error = sock_error(l->fd);
		struct err e;

		if (error == ECONNRESET) {
			redial(l);
		} else if (error != 0) {
			err_set(&e, "%s", strerror(error));
			die(l, 0, &e);
		} else {
			begin_handshake(l, 0);
		}
	}
	go_on(l, only_write);
	leave(l);
}

static void deadline_cb(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	struct err e;

	(void)fd;
	(void)what;
	enter(l);
	err_set(&e, l->dial != NULL && l->dial->pause_ms > 0 ?
		"the peer closed during the handshake, each time" :
		l->state == DIALING ? "no answer in time" :
		"no handshake in time");
	die(l, 0, &e);
	leave(l);
}

/* A link that does not read hears of a peer's death only by asking. */
static void probe_cb(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	struct err e;

	(void)fd;
	(void)what;
	if (!fd_is_dead(l->fd)) {
		event_add(&l->ev.probe, &(struct timeval){
			.tv_sec = PROBE_SECONDS });
		return;
	}
	enter(l);
	err_set(&e, "the peer is gone");
	die(l, 0, &e);
	leave(l);
}

static void watch_socket(struct link *l, int fd)
{
	l->fd = fd;
	event_assign(&l->ev.readable, l->base, fd, EV_READ | EV_PERSIST, io_cb, l);
	event_assign(&l->ev.writable, l->base, fd, EV_WRITE, io_cb, l);
	evtimer_assign(&l->ev.again, l->base, io_cb, l);
}

static struct link *new_link(struct event_base *base, int fd,
	const struct tls_key *key, const struct link_ops *ops, void *arg)
{
	struct link *l = mem_alloc(sizeof *l);

	l->base = base;
	l->key = key;
	l->ops = ops;
	l->arg = arg;
	watch_socket(l, fd);
	evtimer_assign(&l->ev.probe, base, probe_cb, l);
	evtimer_assign(&l->ev.deadline, base, deadline_cb, l);
	/*
	 * The hello must be the first frame: so it is queued before the owner
	 * can queue anything.
	 */
	hello_put(&l->q.out, &own_hello);
	return l;
}

static void begin_dial(struct link *l)
{
	int fd = sock_dial((struct sockaddr *)&l->dial->addr, l->dial->len);
	int error = errno;

	watch_socket(l, fd);
	if (fd == -1) {
		fail_soon(l, error);
	} else {
		sock_tune_link(fd);
		link_watch(l, &l->ev.writable);
	}
}

void link_set_hello(const char *program, const char *host)
{
	strncpy(own_hello.program, program, sizeof own_hello.program - 1);
	strncpy(own_hello.host, host, sizeof own_hello.host - 1);
}

struct link *link_dial(struct event_base *base, const struct sockaddr *addr,
	socklen_t addrlen, const struct tls_key *key,
	const struct link_ops *ops, void *arg)
{
	struct link *l = new_link(base, -1, key, ops, arg);

	set_state(l, DIALING);
	l->dial = mem_alloc(sizeof *l->dial);
	memcpy(&l->dial->addr, addr, addrlen);
	l->dial->len = addrlen;
	event_add(&l->ev.deadline, &(struct timeval){ .tv_sec = DIAL_TIMEOUT });
	begin_dial(l);
	return l;
}

struct link *link_serve(struct event_base *base, int fd,
	const struct tls_key *key, const struct link_ops *ops, void *arg)
{
	struct link *l = new_link(base, fd, key, ops, arg);

	event_add(&l->ev.deadline, &(struct timeval){ .tv_sec = SERVE_TIMEOUT });
	sock_tune_link(fd);
	begin_handshake(l, 1);
	return l;
}

void link_free(struct link *l)
{
	if (l == NULL)
		return;
	l->life.freed = 1;
	if (l->life.busy == 0)
		link_destroy(l);
}

void link_free_when_sent(struct link *l)
{
	if (l->state == DEAD || l->life.freed) {
		link_free(l);
		return;
	}
	link_pause(l, 0);
	l->ops = NULL;
	LIST_INSERT_HEAD(&orphans, l, life.next);
	be_patient(l);
	/* From here on it is the loop's, unless that is on the way out. */
	if (l->life.busy == 0 && l->state >= HELLO)
		event_add(&l->ev.again, &(struct timeval){ 0 });
}

int link_all_are_sent(void)
{
	const struct link *l;

	LIST_FOREACH(l, &orphans, life.next)
		if (queued(l) > 0 || sock_unsent(l->fd) > 0)
			return 0;
	return 1;
}

void link_fini(void)
{
	while (!LIST_EMPTY(&orphans))
		link_free(LIST_FIRST(&orphans));
}

/* For the outside: what fails is found by the loop, so that no callback runs. */
static void sent(struct link *l, enum tls_io io)
{
	count(l);
	link_is_full(l);
	if (io == TLS_WANT_WRITE)
		link_watch(l, &l->ev.writable);
	else if (io != TLS_OK)
		event_add(&l->ev.again, &(struct timeval){ 0 });
}

/* Inside go_on() it is sent on the way out. */
static int must_wait(const struct link *l)
{
	return l->life.busy > 0 || l->state < HELLO;
}

static void queue_changed(struct link *l)
{
	struct err e;

	sent(l, must_wait(l) ? TLS_OK : flush(l, &e));
}

/* To send to: what is sent is dropped. */
static int has_nobody(const struct link *l)
{
	return l->state == DEAD || l->life.mute;
}

void link_send_data(struct link *l, uint8_t stream, char *data, size_t len)
{
	int direct = !must_wait(l) && l->q.out.len == 0;
	enum tls_io io = TLS_OK;
	struct err e;

	if (has_nobody(l))
		return;
	while (len > 0) {
		size_t n = len < FRAME_BULK ? len : FRAME_BULK, taken = 0;

		if (direct && io == TLS_OK) {
			/* Over the end of the frame before, which is sent. */
			frame_head(data - FRAME_HEADER, FRAME_DATA, stream, n);
			io = tls_write(l->tls, data - FRAME_HEADER,
				FRAME_HEADER + n, &taken, &e);
			buf_append(&l->q.out, data - FRAME_HEADER + taken,
				FRAME_HEADER + n - taken);
		} else {
			frame_write(&l->q.out, FRAME_DATA, stream, data, n);
		}
		data += n;
		len -= n;
	}
	if (direct)
		sent(l, io == TLS_OK ? tls_flush(l->tls) : io);
	else
		queue_changed(l);
}

void link_send_copy(struct link *l, uint8_t stream, const char *data,
	size_t len)
{
	if (has_nobody(l))
		return;
	for (size_t n; len > 0; data += n, len -= n) {
		n = len < FRAME_BULK ? len : FRAME_BULK;
		frame_write(&l->q.out, FRAME_DATA, stream, data, n);
	}
	queue_changed(l);
}

void link_send(struct link *l, enum frame_type type, uint8_t stream,
	const void *data, size_t len)
{
	if (has_nobody(l))
		return;
	frame_write(&l->q.out, type, stream, data, len);
	queue_changed(l);
}

void link_send_buf(struct link *l, struct buf *b)
{
	if (!has_nobody(l)) {
		buf_append(&l->q.out, buf_data(b), b->len);
		queue_changed(l);
	}
	buf_fini(b);
}

int link_is_full(struct link *l)
{
	int full = queued(l) >= loop_full();

	l->q.was_full |= full;
	return full;
}

uint16_t link_version(const struct link *l)
{
	return l->life.version;
}

int link_is_up(const struct link *l)
{
	return l->state == UP;
}

void link_pause(struct link *l, int on)
{
	if (l->q.paused == on || l->state == DEAD)
		return;
	l->q.paused = on;
	if (l->state != UP)
		return;
	if (on) {
		event_del(&l->ev.readable);
		if (!l->life.hears_out)
			event_add(&l->ev.probe, &(struct timeval){
				.tv_sec = PROBE_SECONDS });
		return;
	}
	event_del(&l->ev.probe);
	link_watch(l, &l->ev.readable);
	/* Bytes may wait in the queue or inside TLS, which epoll cannot see. */
	event_add(&l->ev.again, &(struct timeval){ 0 });
}

void link_hear_out(struct link *l)
{
	l->life.hears_out = 1;
	event_del(&l->ev.probe);
}

void link_set_ops(struct link *l, const struct link_ops *ops, void *arg)
{
	l->ops = ops;
	l->arg = arg;
}

int link_local_addr(const struct link *l, struct sockaddr_storage *addr,
	socklen_t *len)
{
	*len = sizeof *addr;
	return getsockname(l->fd, (struct sockaddr *)addr, len);
}
