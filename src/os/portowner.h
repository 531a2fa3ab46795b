/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PORTOWNER_H
#define OS_PORTOWNER_H

#include <stdint.h>

#include "base/err.h"
#include "os/peeruid.h"

/* A port of this host's loopback, and whose its listener must be. */
struct portowner {
	struct peeruid *peeruid;
	const char *node;	/* this host's name in messages */
	uint16_t port;
	int with_root;		/* not ours alone, but root's as well */
};

/*
 * Whether it is theirs: 1, the address family that it listens on, and which socket it
 * is; 0 with e saying what it is instead; -1 with e set: nobody can tell.
 */
int portowner_look(const struct portowner *o, int *family, uint32_t *inode,
	struct err *e);

#endif
