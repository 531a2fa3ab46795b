/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_WARNSIG_H
#define OS_WARNSIG_H

#include "base/err.h"

/*
 * The signal that warns of the time limit, written as for sbatch's --signal:
 * SIG[@SECONDS], where SIG is a number or a name, with or without "SIG".
 */
#define WARNSIG_SECONDS 60	/* without @SECONDS */
#define WARNSIG_SECONDS_MAX 65535

struct warnsig {
	int signal;		/* 0: none */
	long seconds;		/* before the end */
};

/*
 * NULL is none. -1 with e set when it is not such a signal, or one that nothing
 * can handle.
 */
int warnsig_parse(struct warnsig *w, const char *text, struct err *e)
	__attribute__((warn_unused_result));

#endif
