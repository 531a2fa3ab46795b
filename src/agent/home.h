/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_HOME_H
#define AGENT_HOME_H

#include "agent/agent.h"

/* Tell fronts where we are, those that wait and those that will come. */
int home_announce(struct agent *a, struct err *e)
	__attribute__((warn_unused_result));

/* Calls that did not get through. */
void home_free_all(struct agent *a);

#endif
