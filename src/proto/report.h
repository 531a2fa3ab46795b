/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_REPORT_H
#define PROTO_REPORT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * A record: how a session is, as its agent knows it: the kv record of a REPORT frame.
 * Times are durations in seconds, since the clocks of two hosts differ. What an
 * agent does not know, or a version of it does not say, is "" or -1.
 */
struct report {
	char version[64];	/* of the agent */
	char session[65];
	char job[64];		/* the scheduler's id */
	char node[256];
	char image[1024];	/* in which its programs run; "": none */
	char runtime[32];	/* that runs them there; or auto, until it is found */
	long started;		/* so long ago */
	long left;		/* until the time limit */
	long idle;		/* nobody was connected for so long; 0: in use */
	long idle_timeout;	/* 0: never */
	long clients;		/* open client connections */
	long fronts;
	long shells;
	long memory_used;	/* MB, of the job on its node */
	long memory_limit;
};

void report_write(struct buf *out, const struct report *r);

/* -1 with e set when it is not a whole record, or a number is none. */
int report_parse(struct report *r, const char *data, size_t len,
	struct err *e);

#endif
