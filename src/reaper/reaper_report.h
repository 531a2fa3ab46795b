/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_REAPER_REPORT_H
#define REAPER_REAPER_REPORT_H

#include "reaper/picture.h"
#include "reaper/text.h"

/*
 * What the reaper says. Its log has the lines of the program it replaces,
 * "[2024-04-25T23:00:00] text"; stdout has those of vscode-cleanup, or JSON.
 */
int reaper_report_open(const struct reaper_options *o, struct err *e)
	__attribute__((warn_unused_result));
void reaper_report_close(void);

/* Level 0 always, 1 with -v, 2 with -vv. */
void reaper_report_log(int level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The trees of a picture, as -v and -vv show them. */
void reaper_report_trees(const struct picture *p, const struct kind *kinds);

/* A line of stdout: "PID", "PID KILLED", "PID FAILED (why)". */
void reaper_report_listed(int pid);
void reaper_report_victim(const struct victim *v);

/*
 * strerror(3), and our own: EBUSY is in a Slurm job, EUSERS another user's,
 * ETIMEDOUT still there.
 */
const char *reaper_report_reason(int error);

/* One line to syslog. */
void reaper_report_syslog(int bad, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The processes of each tree with their commands, while they live. */
struct json_t *reaper_report_json_members(const struct picture *p);

/*
 * All of a pass as one JSON object on stdout; members, as above, is freed here,
 * all is NULL for a dry run. -1 with e set when stdout cannot be written.
 */
int reaper_report_json(const struct picture *p, const struct kind *kinds,
	struct json_t *members, const struct victims *all,
	const struct err *warning, double cpu, struct err *e)
	__attribute__((warn_unused_result));

#endif
