/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SSHGONE_H
#define FRONT_SSHGONE_H

#include <event2/event.h>

struct parting;

/*
 * Looks every few seconds whether anybody is there who reads stdout, of a command
 * that itself neither reads nor writes any more: a client of ssh that was killed
 * gives no SIGHUP without a terminal. When nobody is, parting is told.
 */
struct sshgone;

struct sshgone *sshgone_new(struct event_base *base, struct parting *parting);
void sshgone_free(struct sshgone *s);	/* NULL is ignored */

#endif
