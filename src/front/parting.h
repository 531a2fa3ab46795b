/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_PARTING_H
#define FRONT_PARTING_H

#include <event2/event.h>

/*
 * How a front ends: with which exit status, and when. Whoever learns of an end
 * tells it here and nowhere else.
 */
struct parting;

/* What a command does when the ssh goes; without, the front ends. */
struct parting_ops {
	/* The ssh connection is gone. NULL: the front ends. */
	void (*hung_up)(void *arg);
	/* Ctrl-C where there is no shell to get it. NULL: the front ends. */
	void (*interrupted)(void *arg);
	/* Whether a front that lingers is of use still. */
	int (*is_used)(void *arg);
};

struct parting *parting_new(struct event_base *base);
void parting_free(struct parting *p);

void parting_set_ops(struct parting *p, const struct parting_ops *ops,
	void *arg);

/* There is a shell, whose last words are waited for. */
void parting_shell_starts(struct parting *p);

/* Leave the loop with this status; the first one counts. */
void parting_exit(struct parting *p, int status);

/*
 * The same as soon as the shell has said its last words and they are written,
 * or after three seconds.
 */
void parting_leave(struct parting *p, int status);

/* The ssh connection is gone; Ctrl-C where there is no shell to get it. */
void parting_hang_up(struct parting *p);
void parting_interrupt(struct parting *p);

/* Stay without an ssh, and look each so many seconds whether that is of use. */
void parting_linger(struct parting *p, long seconds);
int parting_lingers(const struct parting *p);

/* The exit status of the program, once the loop is left. */
int parting_status(const struct parting *p);

#endif
