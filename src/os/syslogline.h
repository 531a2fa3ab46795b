/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_SYSLOGLINE_H
#define OS_SYSLOGLINE_H

/*
 * A line to this machine's system log, as syslog(3) would write it; but that waits
 * where the daemon is slow. Here the line is lost then. priority: a facility and
 * a level; tag: who writes. -1 and errno.
 */
int syslogline_send(const char *path, int priority, const char *tag,
	const char *text);

#define SYSLOGLINE_PATH "/dev/log"

#endif
