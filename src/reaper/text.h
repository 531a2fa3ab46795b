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
void reaptext_outcome(struct buf *out, const char *what, size_t n, int pid,
	unsigned uid);

/* "   75950    75897    " and, once a level, "  |-  ", then the command. */
#define REAPTEXT_COMMAND_MAX 32
void reaptext_tree_line(struct buf *out, int pid, int ppid, unsigned depth,
	const char *command);

/*
 * /proc/PID/cmdline for people: words with spaces between, made visible, cut to
 * max bytes.
 */
void reaptext_command(struct buf *out, const char *cmdline, size_t len,
	size_t max);

/* Seconds as 3d4h, 2h5m, 45s. */
void reaptext_duration(struct buf *out, long seconds);

/* What a pass found and did, of one kind. */
struct reaptext_sum {
	size_t trees[REAPPLAN_VERDICTS];
	size_t processes;
	unsigned long long rss;
	size_t killed, failed;		/* processes */
};

/* OpenMetrics; now is in seconds since the epoch, cpu what the pass took. */
void reaptext_metrics(struct buf *out, const struct reapkind *kinds,
	const struct reaptext_sum *sum, double now, double cpu);

/* A number, or a range of numbers as 5000-5999? */
int reaptext_is_range(const char *word);

/* Is this id one of these? Names stand for nobody. */
int reaptext_listed(const struct opt_list *list, unsigned id);

/* Is each word well formed for that? The first that is not, or NULL. */
const char *reaptext_bad_word(const struct opt_list *list);

#endif
