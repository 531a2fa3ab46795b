/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SSHGONE_H
#define FRONT_SSHGONE_H

#include <event2/event.h>

struct parting;

/*
 * Looks every five seconds whether anybody is there who reads stdout, where nothing
 * else tells: a client of ssh that was killed gives no SIGHUP without a terminal, and
 * a command may neither read nor write any more. When nobody is, parting is told, once
 * and last of all: it may free this.
 */
struct sshgone;

struct sshgone *sshgone_new(struct event_base *base, struct parting *parting);
void sshgone_free(struct sshgone *s);	/* NULL is ignored */

#endif
