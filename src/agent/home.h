/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_HOME_H
#define AGENT_HOME_H

#include "agent/job.h"
#include "net/link.h"
#include "proto/endpoint.h"

struct home;

/* Where we are, and the key by which a front knows that it is us: they stay. */
struct home *home_new(const struct agent_job *job,
	const struct endpoint *endpoint, const struct tls_key *key);

/* With the calls that did not get through. */
void home_free(struct home *h);

/* Tell fronts where we are, those that wait and those that will come. */
int home_announce(struct home *h, struct err *e)
	__attribute__((warn_unused_result));

/* Calls that are under way. */
unsigned home_calls(const struct home *h);

#endif
