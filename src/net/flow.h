/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_FLOW_H
#define NET_FLOW_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stddef.h>
#include <sys/uio.h>

#include "base/buf.h"
#include "net/loop.h"

/*
 * The two halves of moving bytes through a descriptor that is not a link:
 * pipes, terminals, sockets, also plain files. The descriptor stays the
 * owner's; it must be non-blocking. Callbacks may call x_fini() of the same
 * flow.
 */

/* Make a descriptor ready for a flow; it is not inherited either. */
void flow_prepare(int fd);

/* One that never blocks and that epoll refuses: a plain file, /dev/null. */
int flow_is_file(int fd);

/*
 * Bytes that come in. They may be written over, and so may INFLOW_ROOM bytes
 * before them.
 */
#define INFLOW_ROOM 16

struct inflow {
	struct event ready;
	int fd;
	int is_file;		/* epoll refuses it: read in turns */
	int paused;
	size_t limit;		/* most bytes of one read */
	void (*data)(struct inflow *in, char *data, size_t len, void *arg);
	/* The end: error is 0 at end of file, else an errno value. */
	void (*end)(struct inflow *in, int error, void *arg);
	void *arg;
	int error;
	int *freed;
};

/*
 * Begins paused; start with inflow_pause(in, 0). arg should be the same for all
 * flows of a stream, since it is what it shares a loop's time by.
 */
void inflow_init(struct inflow *in, struct event_base *base, int fd,
	size_t limit,
	void (*data)(struct inflow *, char *, size_t, void *),
	void (*end)(struct inflow *, int, void *), void *arg);
void inflow_fini(struct inflow *in);
void inflow_pause(struct inflow *in, int on);

/*
 * Read what is there already, now, paused or not; at most about 1 MB, for
 * somebody may write as fast as we read.
 */
void inflow_drain(struct inflow *in);

/* Bytes that go out. */
struct outflow {
	struct event ready;
	int fd;
	int is_file;
	int dead;		/* failed: what is written is dropped */
	int was_full;
	struct buf queue;
	size_t counted;		/* of these, by loop_held() */
	/* All is written, or there is room again after it was full. */
	void (*drained)(struct outflow *out, void *arg);
	/* Writing failed, with an errno value. Told once, by the loop. */
	void (*failed)(struct outflow *out, int error, void *arg);
	void *arg;
	int error;
	int *freed;
};

void outflow_init(struct outflow *out, struct event_base *base, int fd,
	void (*drained)(struct outflow *, void *),
	void (*failed)(struct outflow *, int, void *), void *arg);
void outflow_fini(struct outflow *out);

/* Never blocks; what the descriptor does not take is queued. */
void outflow_write(struct outflow *out, const void *data, size_t len);
void outflow_writev(struct outflow *out, const struct iovec *iov, int count);

static inline int outflow_is_full(const struct outflow *out)
{
	return out->queue.len >= loop_full();
}

static inline size_t outflow_queued(const struct outflow *out)
{
	return out->queue.len;
}

#endif
