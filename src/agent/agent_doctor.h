/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_DOCTOR_H
#define AGENT_AGENT_DOCTOR_H

#include "base/err.h"
#include "opt/opttable.h"

/*
 * Take the looks of a node (doctor/check.h) and print them for the login node.
 * Returns the exit status; e is set where that is not EX_OK.
 */
int agent_doctor(const struct options *o, struct err *e);

#endif
