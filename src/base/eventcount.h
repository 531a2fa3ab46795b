/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_EVENTCOUNT_H
#define BASE_EVENTCOUNT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/kv.h"

/*
 * Counts what sessions have written to the system log (sessionevent_put_words()),
 * by kinds that are known here: whatever a user writes there, no more than these
 * numbers come of it, and they only grow.
 */
#define EVENTCOUNT_EVENTS 12	/* the last: other */
#define EVENTCOUNT_ENDS 6	/* the same */

struct eventcount {
	unsigned long long event[EVENTCOUNT_EVENTS];
	unsigned long long end[EVENTCOUNT_ENDS];	/* why sessions ended */
	unsigned long long gaps;	/* how often lines were missed */
};

/*
 * One line of the log, without its newline, as syslog daemons and journalctl write it:
 * "TIME HOST TAG[PID]: TEXT". A line of another program is none. 1: it was counted.
 */
int eventcount_line(struct eventcount *c, const char *line, size_t len);

/* In OpenMetrics; now is in seconds since the epoch. */
void eventcount_metrics(const struct eventcount *c, long long now, struct buf *out);

/* Lines of base/kv.h, and back. -1 with e set. A kind that is not there is zero. */
void eventcount_write(const struct eventcount *c, struct buf *out);
int eventcount_read(struct eventcount *c, const struct kv *kv, struct err *e)
	__attribute__((warn_unused_result));

#endif
