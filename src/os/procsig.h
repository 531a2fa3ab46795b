/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PROCSIG_H
#define OS_PROCSIG_H

#include <sys/types.h>

/*
 * Signals to processes. kill(2) takes -1 for all that we may signal, which are
 * all of the user's on this machine, and 0 for our own group; a child that is
 * gone or was never made is one slip away from either. So all signals go through
 * here, and for a number that is no process or group of anybody's own, below 2,
 * nothing happens: -1 with ESRCH.
 */
int procsig_send(pid_t pid, int sig);
int procsig_send_group(pid_t pgrp, int sig);

#endif
