/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_OUTBOUND_OUTDIAL_H
#define FRONT_OUTBOUND_OUTDIAL_H

#include <event2/event.h>

#include "base/err.h"
#include "net/relay.h"
#include "opt/opttable.h"

/* Connections out of the job, dialed from this login node, or by the laptop. */
struct outdial;

/* What it knows of this host; the files usually are /etc/resolv.conf and /etc/hosts. */
struct outdial_host {
	char *const *env;		/* as environ: its proxy variables count */
	const char *resolv_conf, *hosts;
};

/* All outlive it. Patterns of opt have been read before: options refuse others. */
struct outdial *outdial_new(struct event_base *base,
	const struct options_outbound *opt, const struct outdial_host *host);

/* When nothing is dialed any more. NULL is ignored. */
void outdial_free(struct outdial *o);

/* The networks that the compute node is in, "10.77.0.21/24,...": none is dialed. */
void outdial_set_networks(struct outdial *o, const char *list);

struct outdial_attempt;

/*
 * Connect to target (front/outbound/outtarget.h). done() is called once, perhaps
 * before this returns, which then is NULL; the attempt is gone then. With fd, which
 * is the owner's; or with -1, why not, and a status. With fd and head it leads to a
 * proxy, to which the job says the head of one request of http through these filters
 * (front/outbound/outhead.h), the owner's as well.
 *	EX_DATAERR	target is none
 *	EX_NOPERM	it is not to be dialed
 *	EX_NOHOST	it cannot be reached
 *	EX_TEMPFAIL	nobody has answered in time
 *	EX_UNAVAILABLE	what should dial it is not there: another front may
 */
struct outdial_attempt *outdial_start(struct outdial *o, const char *target,
	void (*done)(int fd, struct relay_filters *head, int status,
		const struct err *why, void *arg), void *arg);

/* No callback any more. */
void outdial_cancel(struct outdial_attempt *a);

#endif
