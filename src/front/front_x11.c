/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DISPLAY is a port of sshd here, or a socket of a server of this host. Its cookie
 * goes to the agent with the offer. Who listens at a port must be the user, or root,
 * and at a socket the user: when ssh ends its port may be another's, who would see
 * what the job draws.
 */
#include "front/front_x11.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/front_service.h"
#include "front/xcookie.h"
#include "net/probe.h"
#include "net/sock.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/pathdial.h"
#include "os/peeruid.h"
#include "proto/message.h"
#include "proto/x11.h"

#define DIAL_SECONDS 10

/* A connection to the display, for the job. */
struct display_dial {
	struct front_x11 *all;
	struct front_want *want;
	struct probe *probe;	/* of a path; else: */
	struct event *done;
	int fd, family;
	uint32_t inode;		/* of who listens */
};

struct front_x11 {
	const struct invocation *inv;
	struct front_service *service;
	const char *name;	/* DISPLAY */
	struct x11_display display;
	struct peeruid peeruid;
	struct xcookie *cookie;	/* that is asked for; NULL: no more */
	void (*settled)(void *);
	void *arg;
};

static uint16_t port_of(const struct front_x11 *x)
{
	return (uint16_t)(X11_PORT + x->display.number);
}

/*
 * Of those loopback addresses on which there is one. 0 with e set: none of ours; -1:
 * nobody can tell.
 */
static int has_listener(struct front_x11 *x, int *family, uint32_t *inode,
	struct err *e)
{
	static const int families[] = { AF_INET, AF_INET6 };
	uid_t uid;
	int has;

	for (int i = 0; i < 2; i++) {
		*family = families[i];
		has = peeruid_listener_inode(&x->peeruid, *family, port_of(x),
			&uid, inode);
		if (has == -1)
			return err_set(e, "whose port %u is cannot be asked: %s",
				port_of(x), strerror(errno));
		if (has == 0)
			continue;
		if (uid == x->peeruid.uid || uid == 0)
			return 1;
		err_set(e, "port %u belongs to uid %ld", port_of(x), (long)uid);
		return 0;
	}
	err_set(e, "nothing listens on port %u", port_of(x));
	return 0;
}

/*
 * The same, of a display that was offered. An ssh that is gone, while we stay for
 * ports that others may come to, has taken it along: an older front may have one.
 */
static int has_display(struct front_x11 *x, int *family, uint32_t *inode,
	struct err *e)
{
	int has = has_listener(x, family, inode, e);

	if (has == 0) {
		log_info("X11: the display is gone: %s", e->text);
		front_service_withdraw(x->service, SERVICE_X11);
	}
	return has == 1;
}

static void free_display_dial(void *attempt)
{
	struct display_dial *d = attempt;

	probe_free(d->probe);
	if (d->done != NULL)
		event_free(d->done);
	if (d->fd != -1)
		close(d->fd);
	free(d);
}

static void decline_display(struct display_dial *d, const struct err *why)
{
	front_want_decline(d->want, EX_UNAVAILABLE, why);
	free_display_dial(d);
}

static void display_is_there(struct display_dial *d)
{
	int fd = d->fd;

	d->fd = -1;
	front_want_have(d->want, fd);
	free_display_dial(d);
}

static void port_dialed(evutil_socket_t fd, short what, void *arg)
{
	struct display_dial *d = arg;
	int error = what & EV_TIMEOUT ? ETIMEDOUT : sock_error(fd);
	int family;
	uint32_t inode;
	struct err e;

	if (error != 0) {
		err_set(&e, "the display: %s", strerror(error));
		decline_display(d, &e);
	} else if (!has_display(d->all, &family, &inode, &e)) {
		decline_display(d, &e);
	} else if (family != d->family || inode != d->inode) {
		err_set(&e, "the display changed hands while it was dialed");
		decline_display(d, &e);
	} else {
		display_is_there(d);
	}
}

static void path_dialed(int fd, const struct err *why, void *arg)
{
	struct display_dial *d = arg;

	d->probe = NULL;
	d->fd = fd;
	if (why != NULL)
		decline_display(d, why);
	else
		display_is_there(d);
}

static void dial_display_port(struct display_dial *d)
{
	struct sockaddr_storage addr;
	socklen_t len;
	struct err e;

	if (!has_display(d->all, &d->family, &d->inode, &e)) {
		decline_display(d, &e);
		return;
	}
	if (sock_parse_addr(d->family == AF_INET ? "127.0.0.1" : "::1",
		port_of(d->all), &addr, &len, &e) == 0) {
		d->fd = sock_dial((struct sockaddr *)&addr, len);
		if (d->fd == -1)
			err_set(&e, "the display: %s", strerror(errno));
	}
	if (d->fd == -1) {
		decline_display(d, &e);
		return;
	}
	d->done = event_new(d->all->inv->base, d->fd, EV_WRITE, port_dialed, d);
	if (event_add(d->done, &(struct timeval){ .tv_sec = DIAL_SECONDS }) == 0)
		return;
	err_set(&e, "the display: it cannot be waited for");
	decline_display(d, &e);
}

static void display_wanted(struct front_want *w, const char *target, void *arg)
{
	struct front_x11 *x = arg;
	struct display_dial *d = mem_alloc(sizeof *d);
	char path[64];

	(void)target;
	*d = (struct display_dial){ .all = x, .want = w, .fd = -1 };
	front_want_begin(w, free_display_dial, d);
	if (x->display.is_tcp) {
		dial_display_port(d);
		return;
	}
	x11_display_path(&x->display, path, sizeof path);
	d->probe = probe_new(x->inv->base, path, 1, path_dialed, d);
}

static const struct front_service_ops service_ops = { .want = display_wanted,
	.of_ssh = 1 };

static void cookie_known(const char *cookie, const struct err *why, void *arg)
{
	struct front_x11 *x = arg;

	x->cookie = NULL;
	if (cookie != NULL)
		front_service_offer(x->service, SERVICE_X11, cookie,
			&service_ops, x);
	else
		log_tell("--forward-x11 has no effect: the display %s cannot be used: %s",
			x->name, why->text);
	x->settled(x->arg);
}

/* A display of another host would have to be looked up, and would be no sshd's. */
static int is_here(const struct x11_display *d)
{
	char own[256];

	hostaddr_name(own, sizeof own);
	return !d->is_tcp || strcmp(d->host, "localhost") == 0 ||
		strcmp(d->host, "127.0.0.1") == 0 ||
		strcmp(d->host, "::1") == 0 || strcmp(d->host, own) == 0;
}

/* -1 with e set */
static int look_at_display(struct front_x11 *x, struct err *e)
{
	char path[64];
	uint32_t inode;
	int family;

	if (x11_display_read(&x->display, x->name, e) == -1)
		return -1;
	if (!is_here(&x->display))
		return err_set(e, "it is on another host");
	if (peeruid_open(&x->peeruid, e) == -1)
		return -1;
	if (x->display.is_tcp)
		return has_listener(x, &family, &inode, e) == 1 ? 0 : -1;
	/* Of a server of root each connection would be declined. */
	x11_display_path(&x->display, path, sizeof path);
	return pathdial_is_ours(path, e) ? 0 : -1;
}

struct front_x11 *front_x11_new(const struct invocation *inv,
	struct front_service *service, void (*settled)(void *), void *arg)
{
	const char *name = getenv("DISPLAY");
	struct front_x11 *x;
	struct err e;

	if (name == NULL || name[0] == '\0') {
		log_tell("--forward-x11 has no effect: ssh has brought no display here; `ForwardX11 yes' in the entry of this host, or ssh -X, brings it");
		return NULL;
	}
	x = mem_alloc(sizeof *x);
	*x = (struct front_x11){ .inv = inv, .service = service, .name = name,
		.peeruid.fd = -1, .settled = settled, .arg = arg };
	if (look_at_display(x, &e) == -1) {
		log_tell("--forward-x11 has no effect: the display %s cannot be used: %s",
			name, e.text);
		front_x11_free(x);
		return NULL;
	}
	x->cookie = xcookie_new(inv->base, inv->children, name, cookie_known,
		x);
	return x;
}

void front_x11_free(struct front_x11 *x)
{
	if (x == NULL)
		return;
	xcookie_free(x->cookie);
	if (x->peeruid.fd != -1)
		peeruid_close(&x->peeruid);
	free(x);
}
