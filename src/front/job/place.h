/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_PLACE_H
#define FRONT_JOB_PLACE_H

#include "net/tls/tls.h"
#include "proto/endpoint.h"

/*
 * Where a session is and how to prove that it is ours: what a front knows when its
 * way there has ended, and before it has a link.
 */
struct place {
	char job[64], tag[17];
	long long ends_ms;	/* its time limit, as in struct job */
	char scope[128];	/* as in struct about; "": not known */
	char asked[17];		/* the same */
	int by_agent;		/* its agent answered, nobody asked the scheduler */
	struct endpoint at;
	struct tls_key key;
};

#endif
