/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_HOSTPATTERN_H
#define BASE_HOSTPATTERN_H

#include "base/err.h"
#include "base/network.h"

#define HOSTPATTERN_NAME 254	/* bytes of a host's name, with its NUL */

/*
 * Where connections may go, as people write it: a network or an address, or the
 * name of a host, each with or without a port.
 */
struct hostpattern {
	char name[HOSTPATTERN_NAME];	/* "": it is a network */
	struct network net;
	unsigned port;			/* 0: any */
};

/*
 * Parse "10.1.0.0/16", "10.1.2.3:443", "[fd00::/8]:443", "git.example.org" or
 * "git.example.org:22". -1 with e set.
 */
int hostpattern_parse(struct hostpattern *p, const char *text, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Whether it can be the name of a host: no empty label, and the last one does not
 * begin with a digit, since what does is an address to some.
 */
int hostpattern_is_name(const char *s);

/* Whether it is a network that has the address, which has its port with it. */
int hostpattern_has(const struct hostpattern *p, const struct sockaddr *addr);

/* Whether it is that name, in any case, with or without the root's dot. */
int hostpattern_names(const struct hostpattern *p, const char *name,
	unsigned port);

#endif
