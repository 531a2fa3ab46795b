/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * slurmctld serves many, so it is asked seldom, and a record is told once: it may be
 * the last of a state, and who reads it cannot ask again.
 */
#include "launch/jobwatch.h"

#include <stdio.h>
#include <string.h>

#include "base/kv.h"

/*
 * Seconds between looks. An expected start that moves is no reason to look more
 * often, or a full cluster would be asked the most.
 */
#define POLL_FIRST 10
#define POLL_SLOWER 5
#define POLL_MAX 30

#define NOTE_EVERY 60	/* s */
#define NODES_EVERY 300	/* s: a list of all nodes is long */

void jobwatch_init(struct jobwatch *w, const char *id, int ask_nodes,
	long (*count)(const char *partition))
{
	*w = (struct jobwatch){ .id = id, .wait = POLL_FIRST, .missing = -1,
		.ask_nodes = ask_nodes, .count = count };
}

void jobwatch_fini(struct jobwatch *w)
{
	buf_fini(&w->last);
}

/* Whether it is known how many nodes are missing. */
static int count_nodes(struct jobwatch *w, const char *partition, long now)
{
	if (w->missing == -1 || now - w->counted >= NODES_EVERY) {
		w->missing = w->count(partition);
		w->counted = now;
	}
	return w->missing != -1;
}

/* A job of a federation may start on another cluster than ours. */
static void tell_never(struct jobwatch *w, struct buf *out,
	const struct slurmjob *job, long now)
{
	const char *change = never_look(&w->never, job->is_federated ?
		NULL : slurmjob_waits_for(job), job->partition, now);

	if (change == NULL)
		return;
	kv_write(out, "never", change);
	if (w->ask_nodes && count_nodes(w, job->partition, now))
		kv_writef(out, "nodes-missing", "%ld", w->missing);
}

static void tell_gone(struct buf *out, const char *id)
{
	kv_write(out, "job", id);
	kv_write(out, "state", "ended");
	kv_write(out, "reason", "Gone");
	kv_write(out, "by", "itself");
	kv_write(out, "text", "Slurm does not know it any more");
}

int jobwatch_look(struct jobwatch *w, const struct slurmjob *job, long now,
	struct buf *out)
{
	const char *state = job ? jobstate_word(job->state) : "ended";

	if (job) {
		slurmjob_describe(out, job);
		tell_never(w, out, job, now);
	} else {
		tell_gone(out, w->id);
	}
	if (strcmp(state, w->state) != 0)
		w->wait = POLL_FIRST;
	snprintf(w->state, sizeof w->state, "%s", state);
	if (out->len == w->last.len &&
		memcmp(buf_data(out), buf_data(&w->last), out->len) == 0) {
		buf_consume(out, out->len);
	} else {
		buf_consume(&w->last, w->last.len);
		buf_append(&w->last, buf_data(out), out->len);
	}
	return strcmp(state, "ended") == 0;
}

int jobwatch_is_news(struct jobwatch *w, long now)
{
	if (w->noted != 0 && now - w->noted < NOTE_EVERY)
		return 0;
	w->noted = now;
	return 1;
}

int jobwatch_pause(struct jobwatch *w)
{
	int wait = w->wait;

	if (w->wait < POLL_MAX)
		w->wait += POLL_SLOWER;
	return wait;
}
