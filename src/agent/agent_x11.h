/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_X11_H
#define AGENT_AGENT_X11_H

#include "agent/jobenv.h"
#include "agent/service.h"
#include "agent/wrappers.h"
#include "os/peeruid.h"

/*
 * --forward-x11: a display in the job that stays the same, and leads to that of the
 * newest connection that has brought one.
 */
struct agent_x11;

/*
 * All outlive it. env gets DISPLAY and XAUTHORITY when a front offers a display.
 */
struct agent_x11 *agent_x11_new(struct jobenv *env, struct services *services,
	struct wrappers *wrappers, struct peeruid *peeruid);
void agent_x11_free(struct agent_x11 *x);	/* NULL is ignored */

#endif
