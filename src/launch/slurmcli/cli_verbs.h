/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_VERBS_H
#define LAUNCH_SLURMCLI_CLI_VERBS_H

#include "base/kv.h"

/*
 * The verbs of the launcher protocol. Each returns when it was carried out, and
 * ends the program with the record of an error otherwise.
 */
struct cli_verb {
	const char *name;
	void (*run)(const struct kv *request);
};

/* NULL: no such verb. */
const struct cli_verb *cli_verb_find(const char *name);

#endif
