/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_SHOW_H
#define FRONT_CMD_SHOW_H

#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "front/job/job.h"
#include "front/job/partition.h"
#include "proto/report.h"

/* A session as the user is shown it: what scheduler and agent say of it. */
struct shown {
	const struct job *job;
	const struct report *report;	/* NULL: the agent did not answer */
};

/*
 * `list`: a table in the words of squeue, users: with whose each is. Each appends
 * to out.
 */
void show_table(const struct shown *all, size_t n, int header, int users,
	struct buf *out);

/* `status`: a line a value. */
void show_status(const struct shown *s, const char *state_dir, time_t now,
	struct buf *out);

/* `list --metrics`: gauges of all users' sessions; now is the clock. */
void show_metrics(const struct shown *all, size_t n, time_t now,
	struct buf *out);

/* Seconds until the time limit: -1 none, -2 not known. */
long show_left(const struct shown *s);

struct config;
struct options;

struct opt;

/* A value as one would write it behind "KEY = ", and a NUL. */
void show_value(const struct opt *row, const struct options *o, struct buf *out);

/* What a profile asks for, as one would type it, and a NUL. */
void show_asked(const struct options *o, struct buf *out);

/*
 * A profile of the settings, as whoever asks for it gets it: put() is called once,
 * with all options, its name, what it asks for, and its description, NULL where it
 * has none; they are gone when it returns. -1 with e set: its settings are bad, and
 * put() is not called.
 */
int show_profile(struct config *c, const char *name,
	void (*put)(const struct options *o, const char *name, const char *asked,
		const char *about, void *arg), void *arg, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The end of a command: write what out has to stdout, and free it. Returns the exit
 * status: that one, or, when stdout cannot be written, or status is -1 with e set,
 * another, and why is told.
 */
int show_out(struct buf *out, int status, struct err *e);

/* The state in the words of squeue. */
struct show_state {
	char s[16];
};
struct show_state show_state(const struct job *j);

/* The same as JSON, by jansson. -1 with e set when built without it. */
int show_json_list(const struct shown *all, size_t n, struct buf *out,
	struct err *e) __attribute__((warn_unused_result));
int show_json_status(const struct shown *s, struct buf *out, struct err *e)
	__attribute__((warn_unused_result));

/* When a job would start; texts are "" where nothing is to be said. */
struct shown_estimate {
	const char *profile;	/* NULL: none */
	const char *asks, *refused, *notes;
	const struct job *job;
};
int show_json_estimates(const struct shown_estimate *all, size_t n,
	struct buf *out, struct err *e) __attribute__((warn_unused_result));

int show_json_partitions(const struct partition *all, size_t n,
	struct buf *out, struct err *e) __attribute__((warn_unused_result));

/*
 * {"NAME": [an object a row]}, whose members are strings or null: cell has n rows
 * of a text for each of the keys.
 */
int show_json_cells(const char *name, const char *const *key, size_t keys,
	char *const *cell, size_t n, struct buf *out, struct err *e)
	__attribute__((warn_unused_result));

#endif
