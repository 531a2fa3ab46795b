/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_DIRUSERS_H
#define OS_DIRUSERS_H

#include <sys/types.h>

/*
 * Who uses a directory, which is known by a part of its path that is unique on
 * the machine: has it, or something below it, open, mapped, mounted or as
 * working or root directory, is a socket there, or has its name in the
 * environment, and may come back to it. A path may look different in another
 * namespace, hence the part; it has no '/' at its ends. Only processes that this
 * user may look into are seen: no other can enter a directory of mode 0700.
 */
struct dirusers {
	pid_t pid;		/* 0: a socket of unknown owner */
	char comm[32];		/* the process's name */
	const char *how;	/* for a message: "has it open", ... */
};

/*
 * 1 and *user set when there is one besides this process; 0 when there is none;
 * -1 with errno set when /proc cannot be read.
 */
int dirusers_find(const char *part, struct dirusers *user)
	__attribute__((warn_unused_result));

#endif
