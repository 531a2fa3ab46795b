/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_LIBEXEC_H
#define FRONT_JOB_LIBEXEC_H

/* The directory of launchers and agent. To be freed. */
char *libexec_find(void);

/* Whether launch-NAME is there, to be run. */
int libexec_has(const char *libexec, const char *name);

/*
 * The launcher that --launcher=auto means here, by name. To be freed. *alone: no
 * scheduler is set up here.
 */
char *libexec_launcher(const char *libexec, int *alone);

#endif
