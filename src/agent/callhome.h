/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_CALLHOME_H
#define AGENT_CALLHOME_H

#include "agent/agent_job.h"
#include "net/link.h"
#include "proto/endpoint.h"

struct callhome;

/* Where we are, and the key by which a front knows that it is us: they stay. */
struct callhome *callhome_new(const struct agent_job *job,
	const struct endpoint *endpoint, const struct tls_key *key);

/* With the calls that did not get through. */
void callhome_free(struct callhome *h);

/* Tell fronts where we are, those that wait and those that will come. */
int callhome_announce(struct callhome *h, struct err *e)
	__attribute__((warn_unused_result));

/* Calls that are under way. */
unsigned callhome_calls(const struct callhome *h);

#endif
