/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_OWNGROUP_H
#define OS_OWNGROUP_H

#include <stddef.h>
#include <sys/stat.h>

/*
 * Whether the right of its group to write to fd, a file or directory of which
 * st tells, is a right of ours alone. So it is where each user has a group of
 * the own name and the umask is 002. It is not when the group has another
 * member, by name or as anybody's primary group, nor when an access list gives
 * rights to others: the group's bits are then the most that they may. Not
 * known is no.
 */
int owngroup_only(int fd, const struct stat *st);

/* Whether an access list as NFSv4 has it (system.nfs4_acl) names anybody. */
int owngroup_nfs4_names(const void *acl, size_t len);

#endif
