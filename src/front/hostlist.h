/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_HOSTLIST_H
#define FRONT_HOSTLIST_H

#include "base/err.h"
#include "opt/optlist.h"
#include "proto/message.h"

/*
 * Of a site's list of other hosts that forward may reach, in the words of
 * base/hostpattern.h, what an agent is told about r->host and r->port, into
 * r->allow: names that are that one, and networks that its address may be in. -1
 * with e set: the list does not name it, or too often.
 */
int hostlist_allow(struct reach *r, const struct opt_list *hosts, struct err *e)
	__attribute__((warn_unused_result));

#endif
