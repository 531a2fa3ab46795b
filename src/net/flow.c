/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/loop.h"
#include "net/turn.h"

#define DRAIN_MAX (1 << 20)

int flow_is_file(int fd)
{
	struct epoll_event ev = { .events = 0 };
	int ep = epoll_create1(EPOLL_CLOEXEC), refused;

	if (ep == -1)
		return 0;
	refused = epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) == -1 &&
		errno == EPERM;
	close(ep);
	return refused;
}

void flow_prepare(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/*
 * Wait for the descriptor, or come back at once for one that is ready. One that
 * the kernel does not watch has failed, which the loop tells, too.
 */
static void wait_ready(struct event *ev, int is_file, int *error)
{
	if (event_add(ev, is_file ? &(struct timeval){ 0 } : NULL) == 0)
		return;
	*error = errno != 0 ? errno : ENOSPC;
	event_active(ev, EV_TIMEOUT, 0);
}

/* One read; its bytes, 0 when there is nothing now or no more at all. */
static size_t read_once(struct inflow *in)
{
	static char scratch[INFLOW_ROOM + TURN_LONG];
	size_t budget = loop_budget();
	ssize_t n = read(in->fd, scratch + INFLOW_ROOM,
		in->limit < budget ? in->limit : budget);
	int error = errno;

	if (n > 0) {
		loop_set_bulk(&in->ready, loop_moved(in->arg, n));
		in->data(in, scratch + INFLOW_ROOM, n, in->arg);
		return n;
	}
	if (n == -1 && (error == EAGAIN || error == EINTR))
		return 0;
	in->paused = 1;
	event_del(&in->ready);
	/* A terminal whose other side is gone says EIO at its end. */
	in->end(in, n == 0 || error == EIO ? 0 : error, in->arg);
	return 0;
}

static void readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct inflow *in = arg;
	int freed = 0;

	(void)fd;
	(void)what;
	if (in->error != 0) {
		in->paused = 1;
		in->end(in, in->error, in->arg);
		return;
	}
	in->freed = &freed;
	read_once(in);
	if (freed)
		return;
	in->freed = NULL;
	if (in->is_file && !in->paused)
		wait_ready(&in->ready, 1, &in->error);
}

void inflow_init(struct inflow *in, struct event_base *base, int fd,
	size_t limit,
	void (*data)(struct inflow *, char *, size_t, void *),
	void (*end)(struct inflow *, int, void *), void *arg)
{
	*in = (struct inflow){
		.fd = fd,
		.is_file = flow_is_file(fd),
		.paused = 1,
		.limit = limit,
		.data = data,
		.end = end,
		.arg = arg,
	};
	if (in->is_file)
		evtimer_assign(&in->ready, base, readable_cb, in);
	else
		event_assign(&in->ready, base, fd, EV_READ | EV_PERSIST,
			readable_cb, in);
}

void inflow_fini(struct inflow *in)
{
	event_del(&in->ready);
	in->paused = 1;
	if (in->freed != NULL)
		*in->freed = 1;
}

void inflow_pause(struct inflow *in, int on)
{
	if (in->paused == on)
		return;
	in->paused = on;
	if (on)
		event_del(&in->ready);
	else
		wait_ready(&in->ready, in->is_file, &in->error);
}

void inflow_drain(struct inflow *in)
{
	int freed = 0, *outer = in->freed;
	size_t n, sum = 0;

	in->freed = &freed;
	do {
		n = read_once(in);
		sum += n;
	} while (n > 0 && !freed && sum < DRAIN_MAX);
	if (freed) {
		if (outer != NULL)
			*outer = 1;
		return;
	}
	in->freed = outer;
}

/*
 * One write, which takes what there is room for. The bytes that it took, or -1
 * and errno; 0 when it would block.
 */
static ssize_t write_once(int fd, const struct iovec *iov, int n)
{
	ssize_t written;

	do
		written = writev(fd, iov, n);
	while (written == -1 && errno == EINTR);
	return written == -1 && errno == EAGAIN ? 0 : written;
}

/* Write what the descriptor takes now. 0, or the errno value of a failure. */
static int flush(struct outflow *out)
{
	struct iovec iov = { buf_data(&out->queue), out->queue.len };
	ssize_t n = iov.iov_len > 0 ? write_once(out->fd, &iov, 1) : 0;

	if (n == -1)
		return errno;
	buf_consume(&out->queue, n);
	loop_held(&out->counted, out->queue.len);
	return 0;
}

static void serve_writable(struct outflow *out)
{
	int error = out->error ? out->error : flush(out);

	out->error = 0;
	if (error != 0) {
		out->dead = 1;
		buf_fini(&out->queue);
		loop_held(&out->counted, 0);
		out->failed(out, error, out->arg);
		return;
	}
	if (out->queue.len > 0)
		wait_ready(&out->ready, out->is_file, &out->error);
	if (out->queue.len == 0 ||
		(out->was_full && out->queue.len < QUEUE_FULL / 2)) {
		out->was_full = 0;
		out->drained(out, out->arg);
	}
}

static void writable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct outflow *out = arg;
	int freed = 0;

	(void)fd;
	(void)what;
	out->freed = &freed;
	serve_writable(out);
	if (!freed)
		out->freed = NULL;
}

void outflow_init(struct outflow *out, struct event_base *base, int fd,
	void (*drained)(struct outflow *, void *),
	void (*failed)(struct outflow *, int, void *), void *arg)
{
	*out = (struct outflow){
		.fd = fd,
		.is_file = flow_is_file(fd),
		.drained = drained,
		.failed = failed,
		.arg = arg,
	};
	if (out->is_file)
		evtimer_assign(&out->ready, base, writable_cb, out);
	else
		event_assign(&out->ready, base, fd, EV_WRITE, writable_cb,
			out);
}

void outflow_fini(struct outflow *out)
{
	event_del(&out->ready);
	buf_fini(&out->queue);
	loop_held(&out->counted, 0);
	out->dead = 1;
	if (out->freed != NULL)
		*out->freed = 1;
}

/* Queue what is behind the first n bytes of iov. */
static void queue_rest(struct outflow *out, const struct iovec *iov, int count,
	size_t n)
{
	for (; count > 0; iov++, count--) {
		size_t skip = n < iov->iov_len ? n : iov->iov_len;

		buf_append(&out->queue, (char *)iov->iov_base + skip,
			iov->iov_len - skip);
		n -= skip;
	}
}

void outflow_writev(struct outflow *out, const struct iovec *iov, int count)
{
	int waiting = out->queue.len > 0;
	ssize_t n = 0;

	if (out->dead || out->error != 0 || count == 0)
		return;
	if (!waiting)
		n = write_once(out->fd, iov, count);
	if (n == -1) {
		out->error = errno;
		event_active(&out->ready, EV_WRITE, 0);
		return;
	}
	queue_rest(out, iov, count, n);
	if (out->queue.len == 0)
		return;
	loop_held(&out->counted, out->queue.len);
	if (outflow_is_full(out))
		out->was_full = 1;
	if (!waiting)
		wait_ready(&out->ready, out->is_file, &out->error);
}

void outflow_write(struct outflow *out, const void *data, size_t len)
{
	struct iovec iov = { (void *)data, len };

	if (len > 0)
		outflow_writev(out, &iov, 1);
}
