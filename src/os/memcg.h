/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_MEMCG_H
#define OS_MEMCG_H

#include <stddef.h>

/*
 * What files of the kernel say about the memory of a control group. A version 1
 * and a version 2 hierarchy may be there at once; version 1 has the memory
 * where both are.
 */

/*
 * The group's path within its hierarchy, from /proc/PID/cgroup, for version 1
 * or 2, cut from that text. -1: there is none of that version.
 */
int memcg_path(const char *text, int version, char *out, size_t size);

/*
 * Where that hierarchy is mounted, from /proc/PID/mountinfo, and which of its
 * groups is seen there as the top.
 */
int memcg_mount(const char *text, int version, char *out, char *top,
	size_t size);

/*
 * What of a group's path is below root, the group seen as the top there: begins
 * with '/', or is "". All of it when it is not below root.
 */
const char *memcg_below(const char *path, const char *root);

/* The number behind "NAME " in lines of such; -1: it is not there. */
long long memcg_number(const char *text, const char *name);

/* A victim, from a line of the kernel's log. -1: the line is of none. */
int memcg_victim(const char *line, unsigned *uid, int *pid, char name[16]);

#endif
