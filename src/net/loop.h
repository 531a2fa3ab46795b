/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <event2/event.h>
#include <stddef.h>

/*
 * The event loop of a program, in which the events of streams that move bulk
 * come behind all others. What libevent takes for fatal ends the program
 * with one line and EX_OSERR; so does a descriptor that the kernel does not
 * watch, since whatever waits for it would wait for ever.
 */
struct event_base *loop_new(void);

/*
 * From here on a descriptor that is not watched is only logged: event_add()
 * tells who asked, and the rest goes on.
 */
void loop_be_lenient(void);

/* The most bytes of payload that a stream should move in one event. */
size_t loop_budget(void);

/*
 * So many bytes wait in a queue now. *counted is what the loop knows of it: 0 at
 * first and, by a last call, at its end.
 */
void loop_held(size_t *counted, size_t waiting);

/* The bytes in a queue from which on its source should stop. */
size_t loop_full(void);

/*
 * That many were moved for `who`, one pointer for all events of a stream.
 * Returns whether that is bulk.
 */
int loop_moved(const void *who, size_t bytes);

/* In a callback of ev, or before it is added. */
void loop_set_bulk(struct event *ev, int bulk);

#endif
