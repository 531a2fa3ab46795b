/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_OUTBOUND_OUTTARGET_H
#define FRONT_OUTBOUND_OUTTARGET_H

#include "base/err.h"

/* Where an agent wants a connection to, as it says it: "[http://]HOST:PORT". */
struct outtarget {
	int is_http;		/* what comes first is a request of http */
	char host[256];		/* without brackets */
	unsigned port;
	char text[280];		/* "HOST:PORT", "[::1]:443" */
};

/* -1 with e set: it is none. */
int outtarget_parse(struct outtarget *t, const char *text, struct err *e)
	__attribute__((warn_unused_result));

#endif
