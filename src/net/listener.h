/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <event2/event.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "os/peeruid.h"

/*
 * Sockets that accept. A guarded listener lets in only connections whose other
 * end belongs to our uid: asked of the kernel after accept() and before any
 * byte is read. Never SO_REUSEPORT: another process could share the port.
 */
struct listener;

struct listener_guard {
	struct peeruid *peeruid;	/* NULL: everybody is let in */
	int allow_root;			/* uid 0 may connect too */
	const char *root_is;		/* uid 0 in the log; NULL: "root" */
	int prefer;			/* an unknown uid is let in */
};

/* Owns fd. It may not close the listener that it is called by. */
typedef void listener_cb(int fd, void *arg);

/*
 * Listen on host (a numeric address, or localhost). Of the loopback address of
 * IPv4 the one of IPv6 is taken on the same number too, where there is IPv6:
 * nobody else shall have it. port 0 lets the kernel choose. The callback owns
 * the descriptors it gets. NULL with e set.
 */
struct listener *listener_open(struct event_base *base, const char *host,
	uint16_t port, int backlog, const struct listener_guard *guard,
	listener_cb *accepted, void *arg, struct err *e);

/*
 * For strangers: on a free port of low..high; 0 and 0: any. host may be NULL:
 * all. They come behind whoever is there already: one at a time, when nothing but
 * bulk is to be done, and then whoever is there is looked for again.
 */
struct listener *listener_open_range(struct event_base *base,
	const char *host, uint16_t low, uint16_t high, int backlog,
	listener_cb *accepted, void *arg, struct err *e);

/*
 * On a Unix socket at path, mode 0600, which is made anew: in a directory that is
 * ours alone, on a file system that does answer. Its name stays. NULL with e set.
 */
struct listener *listener_open_unix(struct event_base *base, const char *path,
	const struct listener_guard *guard, listener_cb *accepted, void *arg,
	struct err *e);

/*
 * fd is a Unix socket that listens, non-blocking, and is closed with the
 * listener; its name is the caller's. Never NULL.
 */
struct listener *listener_take_unix(struct event_base *base, int fd,
	const struct listener_guard *guard, listener_cb *accepted, void *arg);

/* NULL is ignored. */
void listener_close(struct listener *l);

uint16_t listener_port(const struct listener *l);

#endif
