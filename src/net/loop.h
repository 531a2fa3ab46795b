/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <event2/event.h>

/*
 * The event loop of a program. What libevent takes for fatal ends the program
 * with one line and EX_OSERR; so does a descriptor that the kernel does not
 * watch, since whatever waits for it would wait for ever.
 */
struct event_base *loop_new(void);

/*
 * From here on a descriptor that is not watched is only logged: event_add()
 * tells who asked, and the rest goes on.
 */
void loop_be_lenient(void);

#endif
