/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_AUDIT_AUDITUNIT_H
#define FRONT_AUDIT_AUDITUNIT_H

#include "front/audit/findings.h"

/*
 * Units of systemd that run something of this program: only those that it installs
 * may be there, and what they run must be root's.
 */
void auditunit_look(struct findings *f);

#endif
