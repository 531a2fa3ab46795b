/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_AUDIT_FINDINGS_H
#define FRONT_AUDIT_FINDINGS_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "front/audit/auditmode.h"
#include "opt/optlist.h"

/* What an audit has found, a line each, and of which paths it has looked at. */
struct findings {
	struct buf text;
	size_t n;
	uid_t owner;		/* may own what is ours, beside root */
	struct opt_list seen;	/* paths: each is told of once, with all below a state directory */
};

void findings_fini(struct findings *f);

/* "WHAT: what is wrong with it". Control characters are shown. */
void findings_add(struct findings *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Look at a path and, unless it is private, at all directories above it, links
 * followed. One that is not there is a finding if it must be. Returns whether it is
 * there.
 */
int findings_path(struct findings *f, enum auditmode mode, const char *path,
	int must);

/* The same of each entry of a directory, and of itself. */
void findings_directory(struct findings *f, const char *path);

/* A state directory and what is in it, owner's. */
void findings_state(struct findings *f, const char *path, uid_t owner);

#endif
