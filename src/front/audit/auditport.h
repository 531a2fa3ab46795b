/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_AUDIT_AUDITPORT_H
#define FRONT_AUDIT_AUDITPORT_H

#include "front/audit/findings.h"
#include "opt/optrow.h"

/*
 * What processes of this program listen on beyond loopback: only front and agent
 * may, for links, and only on these ports, unless they are 0-0. -1 with e set when
 * the kernel does not tell. Root sees everybody's.
 */
int auditport_look(struct findings *f, struct opt_ports ports, struct err *e)
	__attribute__((warn_unused_result));

#endif
