/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_PORTOWNER_H
#define AGENT_PORTOWNER_H

#include <stdint.h>

#include "base/err.h"
#include "os/peeruid.h"

/*
 * Whether a listener of this uid is on that port of the loopback: 1, the address
 * family that it listens on, and which socket it is; 0 with e saying what it is
 * instead. node is its name in messages.
 */
int portowner_is_us(struct peeruid *p, const char *node, uint16_t port,
	int *family, uint32_t *inode, struct err *e);

#endif
