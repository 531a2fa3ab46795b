/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_OUTBOUND_OUTHEAD_H
#define FRONT_OUTBOUND_OUTHEAD_H

#include "net/relay.h"

/*
 * What the job says to a proxy of ours, when that is one request of http: its head
 * is read here, and said anew, so that the proxy is asked for target alone,
 * "HOST:PORT", and its password stays here. fd is the connection to the proxy, which
 * is lent; auth: see front/outbound/outproxy.h. The connection sees its end when
 * the head is of another target, or none.
 */
struct relay_filters *outhead_new(int fd, const char *target, const char *auth);

#endif
