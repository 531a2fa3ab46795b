/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVICE_H
#define AGENT_SERVICE_H

#include <sys/queue.h>

#include "agent/agent_job.h"
#include "agent/farewell.h"
#include "agent/fronts.h"
#include "agent/serve.h"
#include "net/link.h"
#include "os/peeruid.h"

/*
 * Services: what programs of the job reach at the end of a front. A listener of
 * ours accepts a connection, and hands it over here; the newest front that
 * offers the service is asked for it, and then carries it.
 */
struct services;

/* Links of connections that are over go back to serve. All outlive it. */
struct services *services_new(const struct agent_job *job,
	struct fronts *fronts, struct peeruid *peeruid, struct serve *serve);

/* When no front is attached any more: connections that run see a reset. */
void services_free(struct services *s);	/* NULL is ignored */

/* How many there may be. */
#define SERVICES_MAX 4

struct service_ops {
	/*
	 * The front that would be asked is another one, or says something else
	 * of it: about, which is the service's own. NULL: there is none. May be
	 * NULL.
	 */
	void (*offered)(const char *about, void *arg);
	/* What about says is good for that front alone: ask no other instead. */
	int newest_only;
	/* Why a connection fails while no front offers it. */
	const char *nobody;
	/* What a program hears of service_enter(); NULL: the end alone, at once. */
	farewell_words *words;
};

/* One that fronts may offer. name is of a table that both ends have; it and ops stay. */
struct service *services_add(struct services *s, const char *name,
	const struct service_ops *ops, void *arg);

/* A line of the log that is for the user, too. */
__attribute__((format(printf, 2, 3)))
void service_notice(struct service *service, const char *fmt, ...);

/* A connection that waits for a front. */
struct service_call;

struct service_call_ops {
	/*
	 * A front has it, and says about, which is the service's own; both are
	 * carried from now on: what is sent on l, or written to fd, by this comes
	 * before all else. May be NULL.
	 */
	void (*taken)(int fd, struct link *l, const char *about, void *arg);
	/* Later: it was carried, and is over; bytes, both ways. May be NULL. */
	void (*ended)(unsigned long long moved, void *arg);
	/*
	 * No front has it, and why; fd is the caller's again. In here no other call
	 * may be cancelled.
	 */
	void (*failed)(int fd, int status, const struct err *why, void *arg);
};

/*
 * Have a front connect to target, which is the service's own, and carry fd there.
 * One of taken() and failed() is called, once, in less than a minute; failed()
 * perhaps before this returns, which then is NULL. EX_UNAVAILABLE means that
 * nobody is there, or can have it; another status is a front's that refuses it.
 */
struct service_call *service_connect(struct service *service, const char *target,
	int fd, const struct service_call_ops *ops, void *arg);

/* The same for a program that a listener has let in: a listener_cb. */
void service_enter(int fd, void *service);

/* Who is told that it is not served: this, see farewell(). */
void service_refuse(struct service *service, int fd, const void *text, size_t len);

/* Nobody waits for it any more; fd is the caller's again. */
void service_cancel(struct service_call *call);

/* The fronts, each in what owns its control stream. */
struct service_front {
	TAILQ_ENTRY(service_front) next;
	struct link *link;
	unsigned long long serial;	/* the newest has the greatest */
	unsigned n_asked[SERVICES_MAX];	/* connections, of WANTED_MAX each */
	long long heard;		/* the last frame of it, by clock_ms() */
	int is_late;			/* nothing came since it was asked */
	char *about[SERVICES_MAX];	/* NULL: not offered */
};

/* From its request to its end. */
void services_join(struct services *s, struct service_front *f,
	struct link *control);
void services_leave(struct services *s, struct service_front *f);

/* Any frame of it, which shows that it lives. 1: it was OFFER or DECLINED, and is done. */
int services_heard(struct services *s, struct service_front *f,
	const struct frame *frame);

/* The request TAKE, whose link is its own from now on. */
void services_take(struct services *s, struct link *l, const struct frame *f);

#endif
