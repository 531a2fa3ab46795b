/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_TEXT_H
#define REAPER_TEXT_H

#include <stddef.h>

#include "base/buf.h"
#include "opt/opt.h"
#include "reaper/plan.h"

/*
 * What the reaper writes, in the shapes of the program it replaces: its log
 * lines, its tree; and the metrics.
 */

/* "Killed 10 process(es) under pid 75950 (uid 1001)", "Failed to kill ...". */
void text_outcome(struct buf *out, const char *what, size_t n, int pid,
	unsigned uid);

/* "   75950    75897    " and, once a level, "  |-  ", then the command. */
#define TEXT_COMMAND_MAX 32
void text_tree_line(struct buf *out, int pid, int ppid, unsigned depth,
	const char *command);

/*
 * /proc/PID/cmdline for people: words with spaces between, made visible, cut to
 * max bytes.
 */
void text_command(struct buf *out, const char *cmdline, size_t len,
	size_t max);

/* Seconds as 3d4h, 2h5m, 45s. */
void text_duration(struct buf *out, long seconds);

/* What a pass found and did, of one kind. */
struct text_sum {
	size_t trees[PLAN_VERDICTS];
	size_t processes;
	unsigned long long rss;
	size_t killed, failed;		/* processes */
};

/* OpenMetrics; now is in seconds since the epoch, cpu what the pass took. */
void text_metrics(struct buf *out, const struct kind *kinds,
	const struct text_sum *sum, double now, double cpu);

/* A number, or a range of numbers as 5000-5999? */
int text_is_range(const char *word);

/* Is this id one of these? Names stand for nobody. */
int text_listed(const struct opt_list *list, unsigned id);

/* Is each word well formed for that? The first that is not, or NULL. */
const char *text_bad_word(const struct opt_list *list);

#endif
