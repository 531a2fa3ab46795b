/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_X11_H
#define FRONT_FRONT_X11_H

#include "front/job/invocation.h"

struct front_service;

/* The display that ssh has brought, as a service (--forward-x11). */
struct front_x11;

/* As front_sshagent_new(). */
struct front_x11 *front_x11_new(const struct invocation *inv,
	struct front_service *service, void (*settled)(void *arg), void *arg);
void front_x11_free(struct front_x11 *x);	/* NULL is ignored */

#endif
