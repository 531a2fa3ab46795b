/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FORCED_WAITER_H
#define FRONT_FORCED_WAITER_H

#include "opt/opttable.h"

/*
 * The waiter is the process that sshd has started and waits for, where the rest of
 * the program is another one: so ssh's command can end while its ports stay. An
 * editor that gives ssh its script as a command comes to them afterwards.
 */

/* Goes on in a child; the process that was there waits. Without one there is none. */
void forced_waiter_start(struct options *o);

/* 0: there is none; sshd waits for us. */
int forced_waiter_is_there(const struct options *o);

/* It ends with this status. */
void forced_waiter_tell(const struct options *o, int status);

#endif
