/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PROCSTAT_H
#define OS_PROCSTAT_H

#include <stddef.h>

/* What we need of one /proc/PID/stat. */
struct procstat {
	int pid, ppid, pgrp, session;
	char state;			/* R S D Z T ... */
	unsigned long long starttime;	/* clock ticks since boot */
};

/* More of it, for who wants to know what a process is and what it uses. */
struct procuse {
	char name[16];			/* without path, cut by the kernel */
	int tty;			/* device number, 0: none */
	unsigned long long cpu;		/* ticks, with its waited-for children */
	unsigned long long threads;	/* a dead one may have some left */
	unsigned long long pages;	/* resident */
};

/*
 * text is the whole file; it need not end in NUL. The program's name in it may
 * hold anything, ") S 1 1" too. -1 when it is not such a line.
 */
int procstat_parse_use(const char *text, size_t len, struct procstat *out,
	struct procuse *use);

#endif
