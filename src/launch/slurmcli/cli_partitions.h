/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_PARTITIONS_H
#define LAUNCH_SLURMCLI_CLI_PARTITIONS_H

#include "base/kv.h"

/* The verb partitions. */
void cli_partitions(const struct kv *request);

/* How many nodes of a partition are not there; -1: not known. */
long cli_partitions_missing(const char *partition);

#endif
