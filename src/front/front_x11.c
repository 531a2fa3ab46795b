/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DISPLAY is a port of sshd here, or a socket of a server of this host. Its cookie
 * goes to the agent with the offer. Who listens at a port must be the user, or root,
 * and at a socket the user: when ssh ends its port may be another's, who would see
 * what the job draws.
 */
#include "front/front_x11.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "front/front_service.h"
#include "front/xcookie.h"
#include "net/portdial.h"
#include "net/probe.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/pathdial.h"
#include "os/peeruid.h"
#include "proto/message.h"
#include "proto/x11.h"

/* A connection to the display, for the job. */
struct display_dial {
	struct front_x11 *all;
	struct front_want *want;
	struct probe *probe;	/* of a path; */
	struct portdial *dial;	/* of a port */
};

struct front_x11 {
	const struct invocation *inv;
	struct front_service *service;
	const char *name;	/* DISPLAY */
	char host[256];		/* this one */
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

/* Its port, when it has one. */
static struct portowner port_of_display(struct front_x11 *x)
{
	return (struct portowner){ .peeruid = &x->peeruid, .node = x->host,
		.port = port_of(x), .with_root = 1 };
}

/* As portowner_look(). */
static int has_listener(struct front_x11 *x, struct err *e)
{
	const struct portowner port = port_of_display(x);
	uint32_t inode;
	int family;

	return portowner_look(&port, &family, &inode, e);
}

static void free_display_dial(void *attempt)
{
	struct display_dial *d = attempt;

	probe_free(d->probe);
	portdial_free(d->dial);
	free(d);
}

/*
 * An ssh that is gone, while we stay for ports that others may come to, has taken
 * its display along: an older front may have one.
 */
static void decline_display(struct display_dial *d, const struct err *why)
{
	struct front_x11 *x = d->all;
	struct err e;

	if (x->display.is_tcp && has_listener(x, &e) == 0) {
		log_info("X11: the display is gone: %s", e.text);
		front_service_withdraw(x->service, SERVICE_X11);
	}
	front_want_decline(d->want, EX_UNAVAILABLE, why);
	free_display_dial(d);
}

static void display_dialed(struct display_dial *d, int fd,
	const struct err *why)
{
	if (why != NULL) {
		decline_display(d, why);
		return;
	}
	front_want_have(d->want, fd);
	free_display_dial(d);
}

static void display_port_dialed(int fd, const struct err *why, void *arg)
{
	struct display_dial *d = arg;

	d->dial = NULL;
	display_dialed(d, fd, why);
}

static void display_path_dialed(int fd, const struct err *why, void *arg)
{
	struct display_dial *d = arg;

	d->probe = NULL;
	display_dialed(d, fd, why);
}

static void dial_display_port(struct display_dial *d)
{
	const struct portowner port = port_of_display(d->all);
	struct err e;

	d->dial = portdial_new(d->all->inv->base, &port, display_port_dialed, d,
		&e);
	if (d->dial == NULL)
		decline_display(d, &e);
}

static void display_wanted(struct front_want *w, const char *target, void *arg)
{
	struct front_x11 *x = arg;
	struct display_dial *d = mem_alloc(sizeof *d);
	char path[64];

	(void)target;
	*d = (struct display_dial){ .all = x, .want = w };
	front_want_begin(w, free_display_dial, d);
	if (x->display.is_tcp) {
		dial_display_port(d);
		return;
	}
	x11_display_path(&x->display, path, sizeof path);
	d->probe = probe_new(x->inv->base, path, PATHDIAL_DIAL,
		display_path_dialed, d);
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
static int is_here(const struct x11_display *d, const char *own)
{
	return !d->is_tcp || strcmp(d->host, "localhost") == 0 ||
		strcmp(d->host, "127.0.0.1") == 0 ||
		strcmp(d->host, "::1") == 0 || strcmp(d->host, own) == 0;
}

/* -1 with e set */
static int look_at_display(struct front_x11 *x, struct err *e)
{
	char path[64];

	if (x11_display_read(&x->display, x->name, e) == -1)
		return -1;
	if (!is_here(&x->display, x->host))
		return err_set(e, "it is on another host");
	if (peeruid_open(&x->peeruid, e) == -1)
		return -1;
	if (x->display.is_tcp)
		return has_listener(x, e) == 1 ? 0 : -1;
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
	(void)hostaddr_name(x->host, sizeof x->host);
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
