/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_INSTALLATION_H
#define FRONT_UPDATE_INSTALLATION_H

#include "base/err.h"
#include "front/update/origin.h"

/*
 * An installation that updates itself: the directory of a version, others beside it
 * whose names differ in the version alone, and a link to the one that counts.
 *
 *	PARENT/1.2		PARENT/vscode-remote-shell-1.2-linux-x86_64
 *	PARENT/current -> 1.2	PARENT/vscode-remote-shell-current -> ...
 */
struct installation {
	char *dir;	/* ours, without symlinks */
	char *parent;
	char *name;	/* of dir in there */
	char *before, *behind;	/* the version in that name */
	char *link;	/* a path */
	struct origin origin;
};

enum installation_whose {
	INSTALLATION_OURS,
	INSTALLATION_SITES,	/* somebody else updates it; e says who */
	INSTALLATION_FIXED,	/* it cannot be updated so; e says why */
};

/*
 * The one of which libexec is the directory of launchers and agent. Nothing is to be
 * freed unless it is ours.
 */
enum installation_whose installation_find(struct installation *in,
	const char *libexec, const char *home, struct err *e);
void installation_fini(struct installation *in);

/*
 * Whether nobody else may write to where it lies, up to that home. -1 with e set.
 */
int installation_check_writers(const struct installation *in, const char *home,
	struct err *e) __attribute__((warn_unused_result));

/*
 * One works at a time at an installation, whatever the state directory: its origin is
 * locked until the program ends. -1 with e set.
 */
int installation_lock(const struct installation *in, struct err *e)
	__attribute__((warn_unused_result));

/* The name of another version, to be freed. */
char *installation_name(const struct installation *in, const char *version);

/*
 * A new directory in parent, to be freed; those that were left by who was killed are
 * removed. NULL with e set.
 */
char *installation_stage(const struct installation *in, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Put STAGE/new/NAME beside us, whole or not at all, with its origin. key: see
 * origin_put(). -1 with e set.
 */
int installation_put(const struct installation *in, const char *stage,
	const char *version, const char *key, struct err *e)
	__attribute__((warn_unused_result));

/* Whether that version is there. */
int installation_has(const struct installation *in, const char *version);

/* Let the link lead to it, in one step. -1 with e set. */
int installation_switch(const struct installation *in, const char *stage,
	const char *version, struct err *e) __attribute__((warn_unused_result));

/* The newest version that is there and older than ours, to be freed; or NULL. */
char *installation_before(const struct installation *in);

/*
 * Remove the versions that are there, but for these two, ours, and those of which
 * is_used() says that they are. Returns how many stayed that are too many.
 */
int installation_prune(const struct installation *in, const char *version,
	int (*is_used)(const char *dir, void *arg), void *arg);

#endif
