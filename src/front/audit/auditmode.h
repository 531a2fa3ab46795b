/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_AUDIT_AUDITMODE_H
#define FRONT_AUDIT_AUDITMODE_H

#include <sys/stat.h>

#include "base/err.h"

/* What something in the file system is for, and so who may change it. */
enum auditmode {
	AUDITMODE_OURS,		/* a program or a file of settings */
	AUDITMODE_ABOVE,	/* a directory on the way to one */
	AUDITMODE_SHARED,	/* a directory in which each user makes his own */
	AUDITMODE_PRIVATE,	/* of one user, and nobody else's to look at */
};

/*
 * Whether that is so: 0; -1 with e saying what is wrong and what to do. owner is,
 * beside root, who may own what is ours; of what is private whose it must be.
 */
int auditmode_look(enum auditmode mode, const struct stat *st, uid_t owner,
	struct err *e);

#endif
