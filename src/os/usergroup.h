/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_USERGROUP_H
#define OS_USERGROUP_H

/*
 * Whether this process is in the Unix group of that name, by its real groups: a
 * user can leave none of them. One question to the directory service of the site,
 * which may take its time.
 */
int usergroup_has_me(const char *name);

#endif
