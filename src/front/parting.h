/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_PARTING_H
#define FRONT_PARTING_H

#include <event2/event.h>

#include "base/err.h"
#include "front/parting_table.h"

/*
 * Who says the last word: with which exit status a front ends, when, and which
 * of two that could tell why does. Whoever learns of an end tells it here, and
 * nobody else keeps what it means. The table in parting_table.c decides.
 *
 *   BEFORE
 *     | the shell starts
 *   SHELL ---ended n---> ENDED ---written---> OVER: n          WRITES -> OVER
 *     |  \                                                      ^  ^ written
 *     |   +--killed by HUP, TERM, KILL: 128+n--> KILLED --1 s---+  |
 *     |   +--its link is down: 75--------------> CUT -----1 s---+  |
 *     |                                           | agent ends, or |
 *     | agent ends, or control link broke:        | control link   |
 *     | fate.c asks the scheduler                 v broke          |
 *   ASKS ---killed: 128+n, link down: 75----> ASKS_ALONE --told: 69+
 *     | the end is told                                            |
 *   TOLD ---killed, link down: 69----------------------------------+
 *     |
 *     | told, and the control link is gone; so from each above, BEFORE: OVER.
 *     | 69 the agent has said that it ends, 75 the link was lost
 *     v
 *   LAST_WORDS ---the shell ends---> LAST_WRITES ---written, or late--> OVER
 *      a shell is there                 none is there any more
 *
 *   ssh gone   LAST_*: OVER. attach, shell or proxy with none yet, with
 *              --on-hangup=cancel: GIVES_UP, until the job is taken back. A port
 *              was announced, and neither --linger=0 nor --listen-port given:
 *              LINGERS, until the job ends (69, 75) or nobody comes back (0).
 *              Else OVER: 129.
 *   Ctrl-C     the shell's, once; again, or when there is none to hear it, OVER:
 *              130. While the job is waited for the session is given up first.
 *   written    in ENDED, of a forced command that has ports: LINGERS, and n is told.
 *   late       in LAST_*: when no byte comes for 3 s, or the client takes none of
 *              those that came for 30 s, and after 2 minutes.
 *   done n     from any part, which has told why: OVER, n.
 *
 * In LAST_* the status of the job's end stands, in ENDED that of the shell: the
 * job can end then, and a slow reader still gets all. Until then a later event
 * decides it anew; when it is over none does.
 */
struct parting;

/* Of a command, for what only it knows. */
struct parting_ops {
	/*
	 * The ssh connection is gone, and how the front ends is open: tell
	 * PARTING_SSH_GONE or PARTING_SSH_GONE_GIVE_UP, or parting_linger().
	 * NULL: the first.
	 */
	void (*hung_up)(void *arg);
	/* Ctrl-C where there is no shell to get it. NULL: the front ends. */
	void (*interrupted)(void *arg);
	/*
	 * The shell has ended by itself, with this status, and all is written:
	 * for how many seconds its ports are needed on, and whoever waits for
	 * the status has it; 0: the front ends. NULL: always.
	 */
	long (*stays)(int status, void *arg);
	/* Whether a front that lingers is of use still. */
	int (*is_used)(void *arg);
};

struct parting *parting_new(struct event_base *base);
void parting_free(struct parting *p);

void parting_set_ops(struct parting *p, const struct parting_ops *ops,
	void *arg);

/* An event, with its status if that is one of those that have one, or 0. */
void parting_tell(struct parting *p, enum parting_event event, int status);

/* PARTING_DONE: the program ends with this status, and its reason was told. */
void parting_exit(struct parting *p, int status);

/* What a shell has said: whether all that came of it is out, how many bytes. */
struct parting_output {
	int (*is_written)(void *arg);
	unsigned long long (*delivered)(void *arg);
};

/*
 * There is a shell from now on, of which this is asked; also at parting_written(),
 * to be called when all may have become written.
 */
void parting_shell_starts(struct parting *p, const struct parting_output *output,
	void *arg);
void parting_written(struct parting *p);

/* PARTING_SHELL_CUT, and why, for the user if nobody knows better. */
void parting_shell_cut(struct parting *p, const struct err *why);

/* PARTING_SSH_GONE_LINGER; look each so many seconds whether it is of use. */
void parting_linger(struct parting *p, long seconds);

/* The ssh connection is gone; Ctrl-C where there is no shell to get it. */
void parting_hang_up(struct parting *p);
void parting_interrupt(struct parting *p);

enum parting_state parting_state(const struct parting *p);
int parting_lingers(const struct parting *p);

/* The exit status of the program, once the loop is left. */
int parting_status(const struct parting *p);

#endif
