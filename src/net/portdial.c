/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/portdial.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/sock.h"

#define DIAL_SECONDS 10

struct portdial {
	struct portowner to;
	int family;		/* where it is listened on, */
	uint32_t inode;		/* and by which socket */
	int fd;			/* -1: it is the owner's */
	struct event *done_event;
	void (*done)(int, const struct err *, void *);
	void *arg;
};

void portdial_free(struct portdial *p)
{
	if (p == NULL)
		return;
	if (p->done_event != NULL)
		event_free(p->done_event);
	if (p->fd != -1)
		close(p->fd);
	free(p);
}

/* -1 with e set: it is not who was asked for, after all. */
static int check_connection(struct portdial *p, int error, struct err *e)
{
	int family;
	uint32_t inode;

	if (error != 0)
		return err_set(e, "connect: %s", strerror(error));
	if (peeruid_was_ours(p->to.peeruid, p->fd, p->family, p->to.port,
		p->inode, p->to.with_root))
		return 0;
	if (portowner_look(&p->to, &family, &inode, e) != 1)
		return -1;
	return err_set(e, "port %u on %s changed hands while it was dialed",
		p->to.port, p->to.node);
}

static void portdial_done(evutil_socket_t fd, short what, void *arg)
{
	struct portdial *p = arg;
	struct err e;
	int error = what & EV_TIMEOUT ? ETIMEDOUT : sock_error(fd);

	if (check_connection(p, error, &e) == -1) {
		p->done(-1, &e, p->arg);
	} else {
		p->fd = -1;
		p->done((int)fd, NULL, p->arg);
	}
	portdial_free(p);
}

static socklen_t loopback_addr(uint16_t port, int family,
	struct sockaddr_storage *addr)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)addr;

	*addr = (struct sockaddr_storage){ .ss_family = family };
	if (family == AF_INET) {
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		v4->sin_port = htons(port);
		return sizeof *v4;
	}
	v6->sin6_addr = in6addr_loopback;
	v6->sin6_port = htons(port);
	return sizeof *v6;
}

static int portdial_start(struct portdial *p, struct event_base *base,
	struct err *e)
{
	struct sockaddr_storage addr;
	socklen_t len;

	if (portowner_look(&p->to, &p->family, &p->inode, e) != 1)
		return -1;
	len = loopback_addr(p->to.port, p->family, &addr);
	p->fd = sock_dial((struct sockaddr *)&addr, len);
	if (p->fd == -1)
		return err_set(e, "connect: %s", strerror(errno));
	p->done_event = event_new(base, p->fd, EV_WRITE, portdial_done, p);
	if (event_add(p->done_event, &(struct timeval){
		.tv_sec = DIAL_SECONDS }) == -1)
		return err_set(e, "connect: it cannot be waited for");
	return 0;
}

struct portdial *portdial_new(struct event_base *base, const struct portowner *to,
	void (*done)(int, const struct err *, void *), void *arg,
	struct err *e)
{
	struct portdial *p = mem_alloc(sizeof *p);

	*p = (struct portdial){ .to = *to, .fd = -1, .done = done, .arg = arg };
	if (portdial_start(p, base, e) == 0)
		return p;
	portdial_free(p);
	return NULL;
}
