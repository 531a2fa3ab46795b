/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SHELL_H
#define FRONT_SHELL_H

#include <sys/socket.h>

#include "front/front.h"

/* Our shell in the job. */

struct shell *shell_new(struct front *f, const struct place *p,
	const struct sockaddr *addr, socklen_t len);
void shell_free(struct shell *s);
void shell_signal(struct shell *s, int sig);
void shell_window(struct shell *s);

#endif
