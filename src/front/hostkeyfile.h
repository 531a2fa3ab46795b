/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_HOSTKEYFILE_H
#define FRONT_HOSTKEYFILE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * STATE/ssh_host_key: the key by which ssh knows the sessions of this user on
 * this cluster, whichever node they are on. It is made when it is missing. Append
 * it to pem, and its public half to public. Returns an exit status; e is set when
 * that is not EX_OK.
 */
int hostkeyfile_get(int state_fd, const char *state_dir, struct buf *pem,
	struct buf *public, struct err *e) __attribute__((warn_unused_result));

#endif
