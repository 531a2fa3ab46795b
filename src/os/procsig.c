/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only callers of kill(2) in the program; `make layers` looks that they
 * stay that.
 */
#include "os/procsig.h"

#include <errno.h>
#include <signal.h>

static int is_somebody(pid_t id)
{
	if (id > 1)
		return 1;
	errno = ESRCH;
	return 0;
}

int procsig_send(pid_t pid, int sig)
{
	return is_somebody(pid) ? kill(pid, sig) : -1;
}

int procsig_send_group(pid_t pgrp, int sig)
{
	return is_somebody(pgrp) ? kill(-pgrp, sig) : -1;
}
