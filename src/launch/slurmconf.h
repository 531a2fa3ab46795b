/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCONF_H
#define LAUNCH_SLURMCONF_H

#include <stddef.h>

#include "base/err.h"

/* Slurm's configuration on this host, as far as it is seen without its library. */

/* Where it is looked for; for messages. Static text. */
const char *slurmconf_where(void);

/*
 * -1 with e set: SLURM_CONF names a file that cannot be read, for which Slurm's
 * commands and its library would wait a minute.
 */
int slurmconf_look(struct err *e) __attribute__((warn_unused_result));

/*
 * The name of the cluster, as Slurm writes it, if a file of the usual places says
 * it; else "", as where the controller hands the configuration out.
 */
void slurmconf_cluster(char *name, size_t size);

#endif
