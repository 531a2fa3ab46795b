/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_SUBMIT_H
#define LAUNCH_SLURMCLI_CLI_SUBMIT_H

#include "base/kv.h"

/* The verbs about a job that is made, or would be. */
void cli_submit(const struct kv *request);
void cli_check(const struct kv *request);
void cli_describe(const struct kv *request);
void cli_estimate(const struct kv *request);

#endif
