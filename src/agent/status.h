/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_STATUS_H
#define AGENT_STATUS_H

#include "agent/agent.h"
#include "net/link.h"

/* Answer a STATUS request with a REPORT; the link ends with it. */
void status_answer(struct agent *a, struct link *l);

#endif
