/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PROCFILE_H
#define OS_PROCFILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Files of /proc/PID other than stat. text need not end in NUL, may be cut
 * anywhere, and is written by whoever owns the process.
 */

/* The real uid in /proc/PID/status; -1 when there is none. */
int procfile_uid(const char *text, size_t len, unsigned *uid);

/* The pid in the innermost pid namespace, in the same; 0 where it has no other. */
long procfile_inner_pid(const char *text, size_t len);

/*
 * Does /proc/PID/cgroup put the process inside a Slurm job? That is a group
 * called slurm..., or job_N, of either version of cgroups.
 */
int procfile_in_slurm(const char *text, size_t len);

/* "socket:[123]" of /proc/PID/fd: its inode, or 0. */
uint32_t procfile_socket(const char *link);

/*
 * The value of a variable in /proc/PID/environ and its length; NULL when it is
 * not there.
 */
const char *procfile_env(const char *text, size_t len, const char *name,
	size_t *vlen);

/*
 * The file that an interpreter was told to run, in /proc/PID/cmdline: the first
 * argument, options without a value skipped. NULL when that is no file (-c TEXT,
 * -m MODULE), or when it is not certain. Copied to out, cut never: NULL then.
 */
const char *procfile_script(const char *text, size_t len, char *out,
	size_t max);

#endif
