/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_USERNS_H
#define OS_USERNS_H

#include "base/err.h"

/*
 * Whether this kernel lets an ordinary user make a user namespace, by which most
 * runtimes of containers work. 0: it does, so something else is wrong; -1 with e
 * set: by which setting it does not. For a child: it may fork.
 */
int userns_try(struct err *e);

/*
 * The same of what was found: errno of unshare(2), 0 where it succeeded, and what
 * the files of the settings say; NULL: there is no such file.
 */
struct userns_found {
	int error;
	const char *most;	/* user.max_user_namespaces */
	const char *unprivileged; /* kernel.unprivileged_userns_clone */
	const char *apparmor;	/* kernel.apparmor_restrict_unprivileged_userns */
};
int userns_judge(const struct userns_found *found, struct err *e);

#endif
