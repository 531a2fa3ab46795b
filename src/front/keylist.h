/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_KEYLIST_H
#define FRONT_KEYLIST_H

#include "base/buf.h"
#include "base/err.h"

/*
 * STATE/authorized_keys: public keys of the user by which ssh clients are let in on
 * nodes whose sshd cannot take just any key. It goes with each request, so its size
 * is bounded.
 */
#define KEYLIST_MAX 3072	/* bytes */

/* Append it to out; nothing, when there is none. Returns an exit status. */
int keylist_get(int state_fd, struct buf *out, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Add what is in text, lines of public keys, as far as it is not there, and tell
 * how many are new, and how many there are. Nothing is changed when one line is
 * no key. Returns an exit status; e is set when that is not EX_OK.
 */
int keylist_add(int state_fd, const struct buf *text, unsigned *n_new,
	unsigned *n_all, struct err *e) __attribute__((warn_unused_result));

/*
 * Take what is in text out of the list, and tell how many there were of them; the
 * rest is as above.
 */
int keylist_remove(int state_fd, const struct buf *text, unsigned *n_gone,
	struct err *e) __attribute__((warn_unused_result));

#endif
