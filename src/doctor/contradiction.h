/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DOCTOR_CONTRADICTION_H
#define DOCTOR_CONTRADICTION_H

#include "doctor/finding.h"
#include "opt/opttable.h"

/*
 * Options that have good values each, and together make no sense: the first that is
 * found. is_cluster: jobs run on other hosts.
 */
void contradiction_find(const struct options *o, int is_cluster,
	struct finding *f);

#endif
