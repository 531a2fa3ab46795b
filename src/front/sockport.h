/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SOCKPORT_H
#define FRONT_SOCKPORT_H

#include "base/err.h"
#include "net/listener.h"

/*
 * A Unix socket in a private directory of this host, which a client reaches by
 * name for as long as the front runs. Without XDG_RUNTIME_DIR that is in /tmp,
 * where somebody may remove the directory, and another user make it anew: then
 * the client would talk to him. So it is locked, and watched: what was removed
 * is made anew at once, and if another was faster lost() is called, which must
 * see to it that the client does not come back.
 */
struct sockport;

/* NULL with e set. lost() may not close it. */
struct sockport *sockport_open(struct event_base *base, int backlog,
	const struct listener_guard *guard, listener_cb *accepted,
	void (*lost)(const struct err *why, void *arg), void *arg,
	struct err *e);
const char *sockport_path(const struct sockport *s);

/* NULL is ignored. */
void sockport_close(struct sockport *s);

#endif
