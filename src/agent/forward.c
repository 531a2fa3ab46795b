/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections to listeners of the job. Only loopback, and only a listener that
 * belongs to this uid at the moment of dialing: after a crash of the server its
 * port may be anybody's.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/forward.h"
#include "agent/idle.h"
#include "agent/serve.h"
#include "net/relay.h"
#include "net/sock.h"
#include "os/log.h"
#include "pure/mem.h"
#include "pure/turn.h"

#define DIAL_TIMEOUT 10

struct dialing {
	struct agent *agent;
	struct link *link;
	struct target target;
	int fd;
	struct event *done;
};

static int socket_is_ours(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return err_set(e, "%s: %s", path, strerror(errno)), 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, "%s is not a socket", path), 0;
	if (st.st_uid != geteuid())
		return err_set(e, "%s belongs to uid %ld", path,
			(long)st.st_uid), 0;
	return 1;
}

int forward_is_ours(struct agent *a, const struct target *t, int *family,
	struct err *e)
{
	static const int families[] = { AF_INET, AF_INET6 };
	uid_t uid, other = (uid_t)-1;
	int error = 0;

	*family = AF_UNIX;
	if (t->port == 0)
		return socket_is_ours(t->path, e);
	for (int i = 0; i < 2; i++) {
		int r = peeruid_listener(&a->peeruid, families[i], t->port,
			&uid);

		if (r == 1 && uid == geteuid()) {
			*family = families[i];
			return 1;
		}
		if (r == 1)
			other = uid;
		else if (r == -1 && families[i] == AF_INET)
			error = errno;	/* a node may be without IPv6 */
	}
	if (other != (uid_t)-1)
		err_set(e, "port %u on %s is listened on by uid %ld, not by "
			"you", t->port, a->node, (long)other);
	else if (error != 0)
		err_set(e, "cannot tell who listens on port %u of %s: %s",
			t->port, a->node, strerror(error));
	else
		err_set(e, "nothing listens on 127.0.0.1 port %u of %s",
			t->port, a->node);
	return 0;
}

static socklen_t target_addr(const struct target *t, int family,
	struct sockaddr_storage *addr)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_un *un = (struct sockaddr_un *)addr;

	*addr = (struct sockaddr_storage){ .ss_family = family };
	switch (family) {
	case AF_INET:
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		v4->sin_port = htons(t->port);
		return sizeof *v4;
	case AF_INET6:
		v6->sin6_addr = in6addr_loopback;
		v6->sin6_port = htons(t->port);
		return sizeof *v6;
	default:
		memcpy(un->sun_path, t->path, sizeof un->sun_path);
		return sizeof *un;
	}
}

static void relay_done(struct relay *r, struct link *l, void *arg)
{
	(void)r;
	idle_count(arg, USE_CLIENT, -1);
	if (l != NULL)
		serve_again(arg, l);
}

/* The descriptor and the link have found another owner, or are closed. */
static void free_dialing(struct dialing *d)
{
	event_free(d->done);
	free(d);
}

static void give_up(struct dialing *d, const struct err *why)
{
	serve_refuse(d->link, EX_UNAVAILABLE, why);
	event_del(d->done);
	close(d->fd);
	free_dialing(d);
}

static void dialed(evutil_socket_t fd, short what, void *arg)
{
	struct dialing *d = arg;
	int error = what & EV_TIMEOUT ? ETIMEDOUT : sock_error(fd);
	char name[SOCKET_PATH_MAX + 16];
	struct err e;
	uid_t uid;

	if (error != 0) {
		err_set(&e, "connect: %s", strerror(error));
		give_up(d, &e);
		return;
	}
	if (d->target.port == 0 && (peeruid_unix(fd, &uid) == -1 ||
		uid != geteuid())) {
		err_set(&e, "%s is served by another user", d->target.path);
		give_up(d, &e);
		return;
	}
	link_send(d->link, FRAME_OK, 0, NULL, 0);
	if (d->target.port != 0)
		snprintf(name, sizeof name, "port %u", d->target.port);
	else
		snprintf(name, sizeof name, "%s", d->target.path);
	link_pause(d->link, 0);
	idle_count(d->agent, USE_CLIENT, 1);
	relay_new(d->agent->base, fd, d->link, TURN_LONG, name, relay_done,
		d->agent);
	free_dialing(d);
}

static void down(struct link *l, const struct err *why, int auth, void *arg)
{
	struct dialing *d = arg;

	(void)why;
	(void)auth;
	link_free(l);
	event_del(d->done);
	close(d->fd);
	free_dialing(d);
}

static void ignore(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;
}

static const struct link_ops ops = { .frame = ignore, .down = down };

void forward_new(struct agent *a, struct link *l, const struct frame *request)
{
	struct sockaddr_storage addr;
	struct dialing *d;
	struct target t;
	struct err e;
	socklen_t len;
	int family, fd;

	if (connect_get(&t, request, &e) == -1) {
		serve_refuse(l, EX_PROTOCOL, &e);
		return;
	}
	if (!forward_is_ours(a, &t, &family, &e)) {
		serve_refuse(l, EX_UNAVAILABLE, &e);
		return;
	}
	len = target_addr(&t, family, &addr);
	fd = sock_dial((struct sockaddr *)&addr, len);
	if (fd == -1) {
		err_set(&e, "connect: %s", strerror(errno));
		serve_refuse(l, EX_UNAVAILABLE, &e);
		return;
	}
	d = mem_alloc(sizeof *d);
	d->agent = a;
	d->link = l;
	d->target = t;
	d->fd = fd;
	d->done = event_new(a->base, fd, EV_WRITE, dialed, d);
	/* Data that follows the request waits for the connection. */
	link_set_ops(l, &ops, d);
	link_pause(l, 1);
	event_add(d->done, &(struct timeval){ .tv_sec = DIAL_TIMEOUT });
}
