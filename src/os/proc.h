/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PROC_H
#define OS_PROC_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "os/procstat.h"

/*
 * Processes as /proc shows them. A pid alone names nobody for long: keep it
 * with its start time, and with the boot id across reboots.
 * All return -1 with errno set on failure (ENOENT or ESRCH: no such process).
 */
int proc_stat(pid_t pid, struct procstat *out)
	__attribute__((warn_unused_result));
int proc_stat_use(pid_t pid, struct procstat *out, struct procuse *use)
	__attribute__((warn_unused_result));
int proc_starttime(pid_t pid, unsigned long long *ticks)
	__attribute__((warn_unused_result));

/* id gets 36 characters and a NUL. */
int proc_boot_id(char id[37]) __attribute__((warn_unused_result));

/*
 * All descendants of root, without itself, each before its parent. *pids is for
 * the caller to free(), NULL when *n is 0. It is a picture of the past: take it
 * again until it is empty.
 */
int proc_descendants(pid_t root, pid_t **pids, size_t *n)
	__attribute__((warn_unused_result));

/* The same with what /proc tells of each, and each behind its parent. */
struct procmember {
	struct procstat st;
	struct procuse use;
};
int proc_family(pid_t root, struct procmember **members, size_t *n)
	__attribute__((warn_unused_result));

/* Whether the process has a handler for that signal. */
int proc_catches(pid_t pid, int sig);

/*
 * Children of ours, at most max, from the one file that tells of them at once;
 * 0 also where the kernel has no such file.
 */
size_t proc_children(pid_t *pids, size_t max);

/*
 * No core with a key in it, and no ptrace by other programs of the user. Does
 * nothing in a sanitized build, which looks for leaks by ptrace.
 */
void proc_hide(void);

/* Append the arguments, each with its NUL; nothing for a zombie. */
int proc_cmdline(pid_t pid, struct buf *out)
	__attribute__((warn_unused_result));

/*
 * A file /proc/PID/NAME, at most max bytes of it, into out (not ended by NUL);
 * their number, or -1.
 */
ssize_t proc_file(pid_t pid, const char *name, char *out, size_t max)
	__attribute__((warn_unused_result));

/* What the symlink /proc/PID/NAME says, cut and ended by NUL; its length. */
ssize_t proc_link(pid_t pid, const char *name, char *out, size_t max)
	__attribute__((warn_unused_result));

#endif
