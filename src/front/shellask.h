/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SHELLASK_H
#define FRONT_SHELLASK_H

#include "net/link.h"
#include "opt/optlist.h"
#include "proto/message.h"

/* The request for a program in the job, on a link that has none yet. */

/* What -e says goes with it. */
void shellask_env(struct shell_request *r, const struct opt_list *env);

/* As an agent of this version reads it. -1 with e set, and nothing sent: it is too long. */
int shellask_send(struct link *l, const struct shell_request *r,
	uint16_t version, struct err *e) __attribute__((warn_unused_result));

#endif
