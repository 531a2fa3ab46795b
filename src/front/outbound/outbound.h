/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_OUTBOUND_OUTBOUND_H
#define FRONT_OUTBOUND_OUTBOUND_H

#include <event2/event.h>

#include "base/err.h"
#include "opt/opttable.h"

/* Connections out of the job, dialed from this login node, or by the laptop. */
struct outbound;

/* What it knows of this host; the files usually are /etc/resolv.conf and /etc/hosts. */
struct outbound_host {
	char *const *env;		/* as environ: its proxy variables count */
	const char *resolv_conf, *hosts;
};

/* All outlive it. Patterns of opt have been read before: options refuse others. */
struct outbound *outbound_new(struct event_base *base,
	const struct options_outbound *opt, const struct outbound_host *host);

/* When nothing is dialed any more. NULL is ignored. */
void outbound_free(struct outbound *o);

/* The networks that the compute node is in, "10.77.0.21/24,...": none is dialed. */
void outbound_set_networks(struct outbound *o, const char *list);

struct outattempt;

/*
 * Connect to target (front/outbound/outtarget.h). done() is called once, perhaps
 * before this returns, which then is NULL; the attempt is gone then. With fd, which
 * is the owner's; or with -1, why not, and
 *	EX_DATAERR	target is none
 *	EX_NOPERM	it is not to be dialed
 *	EX_NOHOST	it cannot be reached
 *	EX_TEMPFAIL	nobody has answered in time
 *	EX_UNAVAILABLE	what should dial it is not there: another front may
 */
struct outattempt *outbound_dial(struct outbound *o, const char *target,
	void (*done)(int fd, int status, const struct err *why, void *arg),
	void *arg);

/* No callback any more. */
void outattempt_cancel(struct outattempt *a);

#endif
