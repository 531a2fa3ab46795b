/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_CONTROL_H
#define FRONT_FRONT_CONTROL_H

#include <sys/socket.h>

#include "front/job/invocation.h"
#include "front/job/place.h"
#include "proto/message.h"

/* The control stream to the agent. */
struct front_control;

/*
 * up() once, with the address that answered, when the agent can be asked; or
 * failed() once, which may free it.
 */
struct front_control *front_control_new(const struct invocation *inv, const struct place *p,
	void (*up)(const struct sockaddr *addr, socklen_t len,
		const char *node, void *arg),
	void (*failed)(const struct err *why, int auth, void *arg),
	void *arg);
void front_control_free(struct front_control *c);

/*
 * Is target a listener of ours in the job? The agent waits for it for wait_ms;
 * 0: a look at one that was announced before. answer() is called once, at the
 * latest CHECK_GRACE seconds behind that: ours is 1, or 0 when there is none,
 * or -1 when the agent did not say, with why in words.
 */
void front_control_check(struct front_control *c, const struct target *target,
	long wait_ms,
	void (*answer)(int ours, const char *why, void *arg), void *arg);

/*
 * Call answer() when the agent has read what was sent to it before, as its answer
 * to a question about no listener proves; or when it gives none, as above.
 */
void front_control_await_heard(struct front_control *c,
	void (*answer)(int ours, const char *why, void *arg), void *arg);

/*
 * A shell's link says this of its front, by which the agent knows the shells to
 * which the control stream belongs.
 */
const char *front_control_mark(const struct front_control *c);

/*
 * Whole frames that b holds, which is emptied: for our shells, beside their links,
 * or of services. -1: there is no control stream any more, and b is as it was.
 */
int front_control_send(struct front_control *c, struct buf *b);

/* Whether the agent takes so little that what is sent only waits: link_is_full(). */
int front_control_is_full(const struct front_control *c);

/* From now on the agent's news go to the log: the user is told them by the owner. */
void front_control_log_news(struct front_control *c);

/* Questions that were asked with arg get no answer any more. */
void front_control_forget(struct front_control *c, const void *arg);

/*
 * Tell the agent when, by clock_ms(), the time limit ends the job; 0: there is
 * none. Nothing is sent to one that does not know what that is.
 */
void front_control_limit(struct front_control *c, long long ends_ms);

/*
 * Tell the agent to end the session, and why. An older one, which does not know
 * that a front may say so, goes on.
 */
void front_control_end(struct front_control *c, const char *reason);

/* asked() is called whenever the agent wants to know it. NULL: no more. */
void front_control_on_limit(struct front_control *c, void (*asked)(void *arg), void *arg);

/* wanted() is called with each WANTED of the agent. NULL: no more. */
void front_control_on_wanted(struct front_control *c,
	void (*wanted)(const struct frame *f, void *arg), void *arg);

/* The networks of the agent's node, as struct control_ok has them. */
const char *front_control_networks(const struct front_control *c);

/* The version of the protocol that the agent's link speaks; 0: there is none. */
uint16_t front_control_version(const struct front_control *c);

/* As fate_has_begun(). */
int front_control_is_ending(const struct front_control *c);

/* Whether the agent knows what a limit is. */
int front_control_takes_limit(const struct front_control *c);

#endif
