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
 *
 * The directory may be on a file system that hangs: nothing here waits for it.
 */
struct sockport;

struct sockport_ops {
	/* Once, and never from sockport_open(). It may be closed in here. */
	void (*made)(void *arg);
	void (*failed)(const struct err *why, void *arg);
	listener_cb *accepted;
	/*
	 * In place of the two when it has a name that was given and another user has
	 * its directory; or later. It may not be closed in here.
	 */
	void (*lost)(const struct err *why, void *arg);
};

/*
 * Never NULL. made() or failed() is called within so many milliseconds. name is
 * copied; NULL: one that nobody else has. One that is given is taken over from an
 * earlier front that has it, which gets it back when this one ends.
 */
struct sockport *sockport_open(struct event_base *base, const char *name,
	int backlog, const struct listener_guard *guard, long long wait_ms,
	const struct sockport_ops *ops, void *arg);

/* NULL: it is not made yet. */
const char *sockport_path(const struct sockport *s);

/* NULL is ignored. */
void sockport_close(struct sockport *s);

#endif
