/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_LOCAL_LOCAL_H
#define LAUNCH_LOCAL_LOCAL_H

#include "base/kv.h"

/*
 * The verbs of the launcher protocol for this machine. Each answers on stdout and
 * returns when it was carried out; what it cannot do ends the program with an
 * error record. Who we are is said before (launch/local/local_job.h).
 */
struct local_verb {
	const char *name;
	void (*run)(const struct kv *request);
};

/* NULL: no such verb. */
const struct local_verb *local_verb_find(const char *name);

#endif
