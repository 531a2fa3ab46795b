/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the target says may stand right behind the proxy's answer, and belongs to
 * whoever reads next: so bytes are looked at first, and taken when it is known
 * whose they are.
 */
#include "front/outbound/outtunnel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/outbound/outproxy.h"

#define PIECE 2048

struct outtunnel {
	struct event_base *base;
	int fd;
	struct event *ready;
	struct buf question;	/* what is to be written still; a secret */
	struct buf answer;	/* what has been taken */
	void (*done)(int, const struct err *, void *);
	void *arg;
};

void outtunnel_free(struct outtunnel *t)
{
	if (t == NULL)
		return;
	event_free(t->ready);
	buf_wipe(&t->question);
	buf_fini(&t->answer);
	if (t->fd != -1)
		close(t->fd);
	free(t);
}

/* why NULL: it leads to the target. */
static void tunnel_over(struct outtunnel *t, const struct err *why)
{
	void (*done)(int, const struct err *, void *) = t->done;
	int fd = why == NULL ? t->fd : -1;
	void *arg = t->arg;

	if (why == NULL)
		t->fd = -1;
	outtunnel_free(t);
	done(fd, why, arg);
}

static void tunnel_failed(struct outtunnel *t, const char *what)
{
	struct err e;

	err_set(&e, "the proxy: %s", what);
	tunnel_over(t, &e);
}

/*
 * Take what is the answer's of the bytes that came. 1: it is whole, and good. 0:
 * more is to come. -1: the tunnel is over.
 */
static int take_head(struct outtunnel *t, char *data, size_t len)
{
	size_t had = t->answer.len, head = 0;
	struct err e;
	int got;

	buf_append(&t->answer, data, len);
	got = outproxy_answer(buf_data(&t->answer), t->answer.len, &head, &e);
	if (got == 1)
		len = head - had;
	if (got == -1)
		tunnel_over(t, &e);
	else if (recv(t->fd, data, len, 0) != (ssize_t)len)
		tunnel_failed(t, "bytes of it were lost");
	else
		return got;
	return -1;
}

static void tunnel_readable(evutil_socket_t fd, short what, void *arg)
{
	struct outtunnel *t = arg;
	char data[PIECE];
	ssize_t len = recv(fd, data, sizeof data, MSG_PEEK);

	(void)what;
	if (len == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0)
		tunnel_failed(t, len == 0 ? "it has closed the connection" :
			strerror(errno));
	else if (take_head(t, data, (size_t)len) == 1)
		tunnel_over(t, NULL);
}

static void tunnel_writable(evutil_socket_t fd, short what, void *arg)
{
	struct outtunnel *t = arg;
	ssize_t len = send(fd, buf_data(&t->question), t->question.len,
		MSG_NOSIGNAL);

	(void)what;
	if (len == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len == -1) {
		tunnel_failed(t, strerror(errno));
		return;
	}
	buf_consume(&t->question, (size_t)len);
	if (t->question.len > 0)
		return;
	event_free(t->ready);
	t->ready = event_new(t->base, fd, EV_READ | EV_PERSIST,
		tunnel_readable, t);
	event_add(t->ready, NULL);
}

struct outtunnel *outtunnel_new(struct event_base *base, int fd,
	const char *target, const char *auth,
	void (*done)(int, const struct err *, void *), void *arg)
{
	struct outtunnel *t = mem_alloc(sizeof *t);

	*t = (struct outtunnel){ .base = base, .fd = fd, .done = done,
		.arg = arg };
	outproxy_ask(&t->question, target, auth);
	t->ready = event_new(base, fd, EV_WRITE | EV_PERSIST, tunnel_writable,
		t);
	event_add(t->ready, NULL);
	return t;
}
