/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_LAUNCH_REQUEST_H
#define LAUNCH_LAUNCH_REQUEST_H

#include "base/buf.h"
#include "base/err.h"
#include "base/kv.h"

/* What every launcher has of vscode-remote-launcher(7): its two ends. */

/* The whole of stdin as one request. -1 with e set when it is none. */
int launch_request_read(struct kv *request, struct err *e)
	__attribute__((warn_unused_result));

/*
 * A value that must be there, and be what it is called. NULL with e set when it
 * is not; owned by request.
 */
const char *launch_request_value(const struct kv *request, const char *key,
	struct err *e);
const char *launch_request_session(const struct kv *request, struct err *e);
const char *launch_request_tag(const struct kv *request, struct err *e);
/* A number, as the text it is, or its value; -1 as NULL. */
const char *launch_request_digits(const struct kv *request, const char *key,
	long max, struct err *e);
int launch_request_number(const struct kv *request, const char *key, long max,
	long *out, struct err *e) __attribute__((warn_unused_result));

/*
 * Of find: whether jobs of all users are wanted, as far as the scheduler shows them.
 */
int launch_request_all_users(const struct kv *request);

/* Write one record, its empty line added, and empty it. -1: nobody reads. */
int launch_request_answer(struct buf *record);

/* Write the record of an error. class: vscode-remote-launcher(7). */
int launch_request_refuse(const char *class, const char *message);

#endif
