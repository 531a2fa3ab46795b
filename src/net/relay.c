/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams of a link over pairs of descriptors. All state of a stream is in its
 * struct stream, and changes in post() only, but for relay_detach(), which ends
 * all; what the descriptor takes is written at once, and what it does not take
 * pauses the link, so that little waits here.
 *
 *	inward	 descriptor -> inflow -> filters -> link
 *	outward	 link -> filters -> outflow -> descriptor
 */
#include "net/relay.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/alarm.h"
#include "net/flow.h"
#include "net/halfclosed.h"
#include "net/sock.h"
#include "net/stream.h"
#include "os/log.h"

#define HALF_SECONDS 30		/* between looks at a half-closed one */

struct channel {
	struct relay *relay;
	struct stream stream;
	int readfd, writefd;	/* -1: closed, or there is none */
	int is_lent;
	int error;		/* why a direction has ended; 0: in order */
	struct filters *inward, *outward;
	struct inflow in;
	struct outflow out;
};

struct relay {
	struct event_base *base;
	struct link *link;	/* NULL: down, of stdio */
	char *what;
	unsigned long long moved;	/* bytes, either way */
	unsigned long long said;	/* by the link, of these */
	struct gathered {		/* the pieces below */
		struct channel *of;
		int n;
	} gathered;
	int *freed;		/* for relay_drain() */
	struct relay_connection {
		void (*done)(struct relay *, struct link *, void *);
		int link_dead, failed;
		struct peeruid *owners;
		struct alarm *half;	/* NULL: both directions are open */
		struct halfclosed halfclosed;
		struct relay_filters *outward;
	} conn;
	const struct relay_ops *ops;	/* of stdio; NULL: it is a connection */
	void *arg;

	unsigned n;
	struct channel channel[];
};

/* DATA of one read of the link, on its way to a descriptor in one write. */
#define PIECES_MAX 64
static struct iovec pieces[PIECES_MAX];

static void close_reading(struct channel *c)
{
	if (c->readfd == -1)
		return;
	inflow_fini(&c->in);
	if (!c->is_lent && c->readfd != c->writefd)
		close(c->readfd);
	c->readfd = -1;
}

static void close_writing(struct channel *c)
{
	if (c->writefd == -1)
		return;
	outflow_fini(&c->out);
	if (!c->is_lent && c->readfd != c->writefd)
		close(c->writefd);
	c->writefd = -1;
}

static void relay_destroy(struct relay *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		close_reading(&r->channel[i]);
		close_writing(&r->channel[i]);
	}
	alarm_free(r->conn.half);
	if (r->conn.outward != NULL)
		r->conn.outward->free(r->conn.outward->arg);
	if (r->freed != NULL)
		*r->freed = 1;
	free(r->what);
	free(r);
}

static void half_cb(void *arg);

static void watch_half(struct relay *r)
{
	if (r->conn.half == NULL)
		r->conn.half = alarm_new(r->base, half_cb, r);
	if (!alarm_is_set(r->conn.half))
		alarm_set(r->conn.half, HALF_SECONDS * 1000);
}

/* Of all sources, when the link has no room; and one whose filter holds. */
static void pause_sources(struct relay *r)
{
	int full = r->link != NULL && link_is_full(r->link);

	for (struct channel *c = r->channel; c < r->channel + r->n; c++)
		if (c->readfd != -1 && c->stream.inward == HALF_OPEN)
			inflow_pause(&c->in, full || (c->inward != NULL &&
				filters_are_held(c->inward)));
}

/*
 * One stream of several does not stop the others at once; but the link stops when
 * one has no room, or one of its filters holds, since order is kept.
 */
static int must_wait(const struct relay *r)
{
	for (const struct channel *c = r->channel; c < r->channel + r->n; c++)
		if (c->writefd != -1 && (outflow_is_full(&c->out) ||
			(c->outward != NULL && filters_are_held(c->outward))))
			return 1;
	return 0;
}

static void pause_link(struct relay *r)
{
	if (r->link != NULL)
		link_pause(r->link, must_wait(r));
}

/* A connection of which both directions have ended goes, and its link back. */
static void finish_connection(struct relay *r)
{
	if (!stream_is_over(&r->channel->stream)) {
		watch_half(r);
		return;
	}
	if (r->conn.link_dead)
		link_free(r->link);
	else if (r->conn.failed)
		link_free_when_sent(r->link);
	r->conn.done(r, r->conn.failed ? NULL : r->link, r->arg);
	relay_destroy(r);
}

/* Of stdio: what has ended is closed, and the owner hears of it. */
static void finish_half(struct channel *c)
{
	struct relay *r = c->relay;
	int error = c->error;

	c->error = 0;
	if (c->stream.inward == HALF_CLOSED)
		close_reading(c);
	if (c->stream.outward == HALF_CLOSED)
		close_writing(c);
	/* It is not waited for any more. */
	pause_link(r);
	if (r->ops->ended != NULL)
		r->ops->ended(r, c - r->channel, error, r->arg);
}

static void act(struct channel *c, enum stream_action action)
{
	struct relay *r = c->relay;

	switch (action) {
	case STREAM_SEND_EOF:
		inflow_pause(&c->in, 1);
		if (r->link != NULL)
			link_send(r->link, FRAME_EOF, c - r->channel, NULL, 0);
		break;
	case STREAM_SHUTDOWN:
		if (!c->is_lent && c->readfd == c->writefd)
			(void)shutdown(c->writefd, SHUT_WR);
		break;
	case STREAM_SEND_RESET:
		r->conn.failed = 1;
		link_send(r->link, FRAME_RESET, 0, NULL, 0);
		sock_reset_on_close(c->readfd);
		break;
	case STREAM_RESET_SOCKET:
		r->conn.failed = 1;
		sock_reset_on_close(c->readfd);
		break;
	case STREAM_NOTHING:
	case STREAM_DRAIN:
	case STREAM_DROP:
		break;
	}
}

/* The one place where the state changes. The relay may be gone after it. */
static void post(struct channel *c, enum stream_event ev)
{
	struct relay *r = c->relay;
	struct stream was = c->stream;
	enum stream_action action = stream_event(&c->stream, ev);

	if (action == STREAM_NOTHING)
		return;
	log_debug("%s: stream %u: inward %s -> %s, outward %s -> %s", r->what,
		(unsigned)(c - r->channel), stream_half_name(was.inward),
		stream_half_name(c->stream.inward),
		stream_half_name(was.outward),
		stream_half_name(c->stream.outward));
	act(c, action);
	if (action == STREAM_DRAIN && outflow_queued(&c->out) == 0)
		post(c, STREAM_WRITTEN);
	else if (r->ops == NULL)
		finish_connection(r);
	else if (action != STREAM_DRAIN)
		finish_half(c);
}

/* What the socket's other end has still to take. */
static size_t unsent(const struct channel *c)
{
	return outflow_queued(&c->out) + sock_unsent(c->writefd);
}

static void half_cb(void *arg)
{
	struct relay *r = arg;
	struct channel *c = r->channel;

	halfclosed_look(&r->conn.halfclosed, r->moved, unsent(c));
	if (halfclosed_asks(&r->conn.halfclosed, &c->stream) &&
		!peeruid_is_owned(r->conn.owners, c->readfd)) {
		halfclosed_tell(&r->conn.halfclosed);
		link_send(r->link, FRAME_GONE, 0, NULL, 0);
	} else if (halfclosed_is_lost(&r->conn.halfclosed, &c->stream)) {
		log_info("%s: half closed, and nobody has its socket any more",
			r->what);
		post(c, STREAM_SOCKET_ERROR);
		return;
	}
	alarm_set(r->conn.half, HALF_SECONDS * 1000);
}

static void read_filtered(const char *data, size_t len, void *arg)
{
	struct channel *c = arg;
	struct relay *r = c->relay;

	if (r->link != NULL)
		link_send_copy(r->link, c - r->channel, data, len);
}

static void read_ended(void *arg)
{
	post(arg, STREAM_SOCKET_EOF);
}

static void read_released(void *arg)
{
	pause_sources(((struct channel *)arg)->relay);
}

static const struct filter_target to_link = {
	read_filtered, read_ended, read_released
};

static struct channel *channel_of_inflow(struct inflow *in)
{
	return (struct channel *)((char *)in - offsetof(struct channel, in));
}

static void readable(struct inflow *in, char *data, size_t len, void *arg)
{
	struct relay *r = arg;
	struct channel *c = channel_of_inflow(in);

	r->moved += len;
	if (c->inward != NULL) {
		filters_put(c->inward, data, len);
		if (filters_are_held(c->inward))
			inflow_pause(in, 1);
	} else if (r->link != NULL) {
		link_send_data(r->link, c - r->channel, data, len);
	}
	if (r->link != NULL && link_is_full(r->link))
		pause_sources(r);
}

static void end_reading(struct channel *c)
{
	if (c->inward != NULL)
		filters_end(c->inward);
	else
		post(c, STREAM_SOCKET_EOF);
}

static void read_end(struct inflow *in, int error, void *arg)
{
	struct relay *r = arg;
	struct channel *c = channel_of_inflow(in);

	if (r->ops == NULL && error != 0) {
		post(c, STREAM_SOCKET_ERROR);
		return;
	}
	c->error = error;
	end_reading(c);
}

static struct channel *channel_of_outflow(struct outflow *out)
{
	return (struct channel *)((char *)out - offsetof(struct channel, out));
}

static void drained(struct outflow *out, void *arg)
{
	struct relay *r = arg;
	struct channel *c = channel_of_outflow(out);

	pause_link(r);
	if (outflow_queued(out) == 0 && c->stream.outward == HALF_DRAINING)
		post(c, STREAM_WRITTEN);
	else if (r->ops != NULL && r->ops->written != NULL)
		r->ops->written(r, r->arg);
}

static void write_failed(struct outflow *out, int error, void *arg)
{
	struct relay *r = arg;
	struct channel *c = channel_of_outflow(out);

	if (r->ops == NULL) {
		post(c, STREAM_SOCKET_ERROR);
		return;
	}
	c->error = error;
	post(c, STREAM_WRITE_ERROR);
}

static void write_filtered(const char *data, size_t len, void *arg)
{
	struct channel *c = arg;

	if (c->stream.outward == HALF_OPEN)
		outflow_write(&c->out, data, len);
}

static void write_ended(void *arg)
{
	struct channel *c = arg;

	pause_link(c->relay);
	post(c, STREAM_LINK_EOF);
}

static void write_released(void *arg)
{
	struct relay *r = ((struct channel *)arg)->relay;

	pause_link(r);
	if (r->ops->written != NULL)
		r->ops->written(r, r->arg);
}

static const struct filter_target to_descriptor = {
	write_filtered, write_ended, write_released
};

static void link_taken(struct link *l, void *arg)
{
	struct relay *r = arg;
	struct outflow *out;

	if (r->gathered.n == 0)
		return;
	out = &r->gathered.of->out;
	outflow_writev(out, pieces, r->gathered.n);
	r->gathered.n = 0;
	if (r->n == 1 ? outflow_queued(out) > 0 : outflow_is_full(out))
		link_pause(l, 1);
}

static void link_data(struct channel *c, const char *data, size_t len)
{
	struct relay *r = c->relay;

	if (c->stream.outward != HALF_OPEN)
		return;
	r->moved += len;
	r->said += len;
	if (r->gathered.of != c || c->outward != NULL)
		link_taken(r->link, r);
	if (c->outward != NULL) {
		filters_put(c->outward, data, len);
		pause_link(r);
		return;
	}
	r->gathered.of = c;
	pieces[r->gathered.n++] = (struct iovec){ (void *)data, len };
	if (r->gathered.n == PIECES_MAX)
		link_taken(r->link, r);
}

static void link_eof(struct channel *c)
{
	if (c->stream.outward != HALF_OPEN)
		return;
	if (c->outward != NULL)
		filters_end(c->outward);
	else
		post(c, STREAM_LINK_EOF);
}

/* What only one of the two kinds of relays has. */
static void relay_other_frame(struct relay *r, const struct frame *f)
{
	if (r->ops != NULL) {
		r->ops->frame(r, f, r->arg);
	} else if (f->type == FRAME_RESET) {
		post(r->channel, STREAM_LINK_ERROR);
	} else if (f->type == FRAME_GONE) {
		halfclosed_hear(&r->conn.halfclosed);
		watch_half(r);
	} else {
		log_debug("%s: %s frame ignored", r->what,
			frame_name(f->type));
	}
}

static void link_frame(struct link *l, const struct frame *f, void *arg)
{
	struct relay *r = arg;
	int is_ours = f->stream < r->n;

	if (f->type == FRAME_DATA) {
		if (is_ours)
			link_data(&r->channel[f->stream], f->data, f->len);
		return;
	}
	link_taken(l, r);
	if (f->type != FRAME_EOF)
		relay_other_frame(r, f);
	else if (is_ours)
		link_eof(&r->channel[f->stream]);
}

static void link_room(struct link *l, void *arg)
{
	(void)l;
	pause_sources(arg);
}

static void link_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct relay *r = arg;

	(void)auth;
	log_debug("%s: link: %s", r->what, why->text);
	if (r->ops == NULL) {
		r->conn.link_dead = 1;
		post(r->channel, STREAM_LINK_ERROR);
		return;
	}
	link_taken(l, r);
	link_free(l);
	r->link = NULL;
	r->ops->down(r, why, r->arg);
}

static const struct link_ops ops = {
	.frame = link_frame,
	.room = link_room,
	.down = link_down,
	.taken = link_taken,
};

static struct relay *new_relay(struct event_base *base, struct link *l,
	unsigned n, const char *what, void *arg)
{
	struct relay *r = mem_alloc(sizeof *r + n * sizeof r->channel[0]);

	r->base = base;
	r->link = l;
	r->n = n;
	r->what = mem_strdup(what);
	r->arg = arg;
	return r;
}

static void init_channel(struct relay *r, struct channel *c,
	const struct relay_pair *p, size_t limit)
{
	*c = (struct channel){
		.relay = r,
		.stream.inward = p->readfd != -1 ? HALF_OPEN : HALF_CLOSED,
		.stream.outward = p->writefd != -1 ? HALF_OPEN : HALF_CLOSED,
		.readfd = p->readfd,
		.writefd = p->writefd,
		.is_lent = p->is_lent,
		.inward = p->inward,
		.outward = p->outward,
	};
	if (c->readfd != -1)
		inflow_init(&c->in, r->base, c->readfd, limit, readable,
			read_end, r);
	if (c->writefd != -1)
		outflow_init(&c->out, r->base, c->writefd, drained,
			write_failed, r);
	if (c->inward != NULL)
		filters_set_target(c->inward, &to_link, c);
	if (c->outward != NULL)
		filters_set_target(c->outward, &to_descriptor, c);
}

struct relay *relay_new(struct event_base *base, int fd, struct link *l,
	size_t limit, const char *what, struct peeruid *owners,
	void (*done)(struct relay *, struct link *, void *), void *arg)
{
	struct relay *r = new_relay(base, l, 1, what, arg);

	r->conn.owners = owners;
	r->conn.done = done;
	sock_tune_stream(fd);
	init_channel(r, r->channel, &(struct relay_pair){
		.readfd = fd, .writefd = fd }, limit);
	link_set_ops(l, &ops, r);
	inflow_pause(&r->channel->in, 0);
	return r;
}

void relay_filter(struct relay *r, struct relay_filters *outward)
{
	if (outward == NULL)
		return;
	r->conn.outward = outward;
	r->channel->outward = &outward->filters;
	filters_set_target(&outward->filters, &to_descriptor, r->channel);
}

struct relay *relay_new_stdio(struct event_base *base, struct link *l,
	const struct relay_pair *pairs, unsigned n, size_t limit,
	const char *what, const struct relay_ops *relay_ops, void *arg)
{
	struct relay *r = new_relay(base, l, n, what, arg);

	r->ops = relay_ops;
	for (unsigned i = 0; i < n; i++)
		init_channel(r, &r->channel[i], &pairs[i], limit);
	link_set_ops(l, &ops, r);
	pause_sources(r);
	pause_link(r);
	return r;
}

struct link *relay_link(const struct relay *r)
{
	return r->link;
}

int relay_reads(const struct relay *r, unsigned stream)
{
	return stream < r->n && r->channel[stream].stream.inward != HALF_CLOSED;
}

int relay_writes(const struct relay *r, unsigned stream)
{
	return stream < r->n &&
		r->channel[stream].stream.outward != HALF_CLOSED;
}

int relay_is_writing(const struct relay *r)
{
	for (const struct channel *c = r->channel; c < r->channel + r->n; c++)
		if (c->writefd != -1 && (outflow_queued(&c->out) > 0 ||
			(c->outward != NULL && filters_are_held(c->outward))))
			return 1;
	return 0;
}

unsigned long long relay_delivered(const struct relay *r)
{
	unsigned long long n = r->said;

	for (const struct channel *c = r->channel; c < r->channel + r->n; c++)
		if (c->writefd != -1)
			n -= outflow_queued(&c->out);
	return n;
}

void relay_drain(struct relay *r, unsigned stream)
{
	struct channel *c = &r->channel[stream];
	int freed = 0;

	if (!relay_reads(r, stream))
		return;
	r->freed = &freed;
	inflow_drain(&c->in);
	if (freed)
		return;
	r->freed = NULL;
	if (relay_reads(r, stream))
		end_reading(c);
}

void relay_detach(struct relay *r)
{
	for (struct channel *c = r->channel; c < r->channel + r->n; c++) {
		c->stream.inward = c->stream.outward = HALF_CLOSED;
		close_reading(c);
		close_writing(c);
	}
	r->gathered.n = 0;
	pause_link(r);
}

unsigned long long relay_moved(const struct relay *r)
{
	return r->moved;
}

struct link *relay_release(struct relay *r)
{
	struct link *l = r->link;

	relay_destroy(r);
	return l;
}

void relay_free(struct relay *r)
{
	if (r == NULL)
		return;
	if (r->ops == NULL)
		sock_reset_on_close(r->channel->readfd);
	link_free(r->link);
	relay_destroy(r);
}
