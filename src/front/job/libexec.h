/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_LIBEXEC_H
#define FRONT_JOB_LIBEXEC_H

#include "base/buf.h"

/* The directory of launchers and agent. To be freed. */
char *libexec_find(void);

/* Whether launch-NAME is there, to be run. */
int libexec_has(const char *libexec, const char *name);

/* Append the names of the launchers that are there, "local, slurm". */
void libexec_put_launchers(const char *libexec, struct buf *out);

/*
 * The launcher that --launcher=auto means here, by name. To be freed. *alone: no
 * scheduler is set up here.
 */
char *libexec_launcher(const char *libexec, int *alone);

#endif
