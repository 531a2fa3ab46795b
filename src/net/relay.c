/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/relay.h"

#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/alarm.h"
#include "net/flow.h"
#include "net/sock.h"
#include "net/stream.h"
#include "os/log.h"

#define HALF_SECONDS 30		/* between looks at a half-closed one */
#define STUCK_LOOKS 10		/* in vain: what is on the way is given up */

struct relay {
	struct stream stream;
	struct inflow in;
	struct outflow out;
	struct event_base *base;
	int fd;
	struct link *link;
	int link_dead, failed;
	int gathered;		/* of the pieces below */
	struct peeruid *owners;
	struct alarm *half;	/* NULL: both directions are open */
	int told_gone;		/* that nobody has our socket's other end */
	int peer_gone;		/* nobody has that of the other relay's */
	unsigned long long moved;	/* bytes, either way */
	unsigned long long moved_before, unsent_before;	/* at the last look */
	int stuck;		/* looks since something moved */
	char *what;
	void (*done)(struct relay *, struct link *, void *);
	void *arg;
};

/* DATA of one read of the link, on its way to a socket in one write. */
#define PIECES_MAX 64
static struct iovec pieces[PIECES_MAX];

static void destroy(struct relay *r)
{
	inflow_fini(&r->in);
	outflow_fini(&r->out);
	alarm_free(r->half);
	close(r->fd);
	free(r->what);
	free(r);
}

static void half_cb(void *arg);

static void watch_half(struct relay *r)
{
	if (r->half == NULL)
		r->half = alarm_new(r->base, half_cb, r);
	if (!alarm_is_set(r->half))
		alarm_set(r->half, HALF_SECONDS * 1000);
}

/* The one place where the state changes. The relay may be gone after it. */
static void post(struct relay *r, enum stream_event ev)
{
	struct stream was = r->stream;
	enum stream_action action = stream_event(&r->stream, ev);

	if (action == STREAM_NOTHING)
		return;
	log_debug("%s: inward %s -> %s, outward %s -> %s", r->what,
		stream_half_name(was.inward),
		stream_half_name(r->stream.inward),
		stream_half_name(was.outward),
		stream_half_name(r->stream.outward));
	switch (action) {
	case STREAM_NOTHING:
		break;
	case STREAM_SEND_EOF:
		inflow_pause(&r->in, 1);
		link_send(r->link, FRAME_EOF, 0, NULL, 0);
		break;
	case STREAM_DRAIN:
		if (outflow_queued(&r->out) == 0) {
			post(r, STREAM_WRITTEN);
			return;
		}
		break;
	case STREAM_SHUTDOWN:
		(void)shutdown(r->fd, SHUT_WR);
		break;
	case STREAM_SEND_RESET:
		r->failed = 1;
		link_send(r->link, FRAME_RESET, 0, NULL, 0);
		sock_reset_on_close(r->fd);
		break;
	case STREAM_RESET_SOCKET:
		r->failed = 1;
		sock_reset_on_close(r->fd);
		break;
	}
	if (!stream_is_over(&r->stream)) {
		watch_half(r);
		return;
	}
	if (r->link_dead)
		link_free(r->link);
	else if (r->failed)
		link_free_when_sent(r->link);
	r->done(r, r->failed ? NULL : r->link, r->arg);
	destroy(r);
}

/* What the socket's other end has still to take. */
static size_t unsent(const struct relay *r)
{
	int queued = 0;

	(void)ioctl(r->fd, SIOCOUTQ, &queued);
	return outflow_queued(&r->out) + (size_t)queued;
}

/* Looks since anything moved. */
static int count_stuck(struct relay *r, size_t left)
{
	int moves = r->moved != r->moved_before || left != r->unsent_before;

	r->moved_before = r->moved;
	r->unsent_before = left;
	r->stuck = moves ? 0 : r->stuck + 1;
	return r->stuck;
}

static void half_cb(void *arg)
{
	struct relay *r = arg;
	size_t left = unsent(r);
	int is_stuck = count_stuck(r, left) >= STUCK_LOOKS;

	if (r->stream.inward == HALF_CLOSED && !r->told_gone &&
		!peeruid_is_owned(r->owners, r->fd)) {
		r->told_gone = 1;
		r->stuck = 0;
		link_send(r->link, FRAME_GONE, 0, NULL, 0);
	} else if ((r->told_gone && is_stuck) || (r->peer_gone && (is_stuck ||
		(r->stream.outward == HALF_CLOSED && left == 0)))) {
		log_info("%s: half closed, and nobody has its socket any more",
			r->what);
		post(r, STREAM_SOCKET_ERROR);
		return;
	}
	alarm_set(r->half, HALF_SECONDS * 1000);
}

static void socket_data(struct inflow *in, char *data, size_t len, void *arg)
{
	struct relay *r = arg;

	r->moved += len;
	link_send_data(r->link, 0, data, len);
	if (link_is_full(r->link))
		inflow_pause(in, 1);
}

static void socket_end(struct inflow *in, int error, void *arg)
{
	(void)in;
	post(arg, error ? STREAM_SOCKET_ERROR : STREAM_SOCKET_EOF);
}

static void socket_drained(struct outflow *out, void *arg)
{
	struct relay *r = arg;

	link_pause(r->link, 0);
	if (outflow_queued(out) == 0)
		post(r, STREAM_WRITTEN);
}

static void socket_failed(struct outflow *out, int error, void *arg)
{
	(void)out;
	(void)error;
	post(arg, STREAM_SOCKET_ERROR);
}

static void link_taken(struct link *l, void *arg)
{
	struct relay *r = arg;

	if (r->gathered == 0)
		return;
	outflow_writev(&r->out, pieces, r->gathered);
	r->gathered = 0;
	if (outflow_queued(&r->out) > 0)
		link_pause(l, 1);
}

static void link_frame(struct link *l, const struct frame *f, void *arg)
{
	struct relay *r = arg;

	if (f->type == FRAME_DATA && r->stream.outward == HALF_OPEN) {
		r->moved += f->len;
		pieces[r->gathered++] = (struct iovec){
			(void *)f->data, f->len };
		if (r->gathered == PIECES_MAX)
			link_taken(l, r);
		return;
	}
	link_taken(l, r);
	switch ((int)f->type) {
	case FRAME_DATA:
		break;
	case FRAME_EOF:
		post(r, STREAM_LINK_EOF);
		break;
	case FRAME_RESET:
		post(r, STREAM_LINK_ERROR);
		break;
	case FRAME_GONE:
		r->peer_gone = 1;
		r->stuck = 0;
		watch_half(r);
		break;
	default:
		log_debug("%s: %s frame ignored", r->what,
			frame_name(f->type));
	}
}

static void link_room(struct link *l, void *arg)
{
	struct relay *r = arg;

	(void)l;
	if (r->stream.inward == HALF_OPEN)
		inflow_pause(&r->in, 0);
}

static void link_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct relay *r = arg;

	(void)l;
	(void)auth;
	log_debug("%s: link: %s", r->what, why->text);
	r->link_dead = 1;
	post(r, STREAM_LINK_ERROR);
}

static const struct link_ops ops = {
	.frame = link_frame,
	.room = link_room,
	.down = link_down,
	.taken = link_taken,
};

struct relay *relay_new(struct event_base *base, int fd, struct link *l,
	size_t limit, const char *what, struct peeruid *owners,
	void (*done)(struct relay *, struct link *, void *), void *arg)
{
	struct relay *r = mem_alloc(sizeof *r);

	r->base = base;
	r->fd = fd;
	r->link = l;
	r->owners = owners;
	r->what = mem_strdup(what);
	r->done = done;
	r->arg = arg;
	sock_tune_stream(fd);
	inflow_init(&r->in, base, fd, limit, socket_data, socket_end, r);
	outflow_init(&r->out, base, fd, socket_drained, socket_failed, r);
	link_set_ops(l, &ops, r);
	inflow_pause(&r->in, 0);
	return r;
}

unsigned long long relay_moved(const struct relay *r)
{
	return r->moved;
}

void relay_free(struct relay *r)
{
	sock_reset_on_close(r->fd);
	link_free(r->link);
	destroy(r);
}
