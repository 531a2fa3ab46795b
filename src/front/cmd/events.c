/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command events: counters for a site's graphs, of what sessions have written to
 * the system log since they were counted last. How far it was read and what was
 * counted are in one file of the state directory, which is replaced in one step: a
 * line is counted once, whatever fails.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/eventcount.h"
#include "base/kv.h"
#include "base/mem.h"
#include "base/number.h"
#include "front/cmd/commands.h"
#include "front/job/invocation.h"
#include "front/parting.h"
#include "os/log.h"
#include "os/logfollow.h"
#include "os/replace.h"
#include "os/safepath.h"

#define EVENTS_FILE "events"
#define EVENTS_BYTES 65536

struct events {
	struct eventcount count;
	struct logfollow place;
};

/* Where it was read last: its fields, by their keys. */
#define PLACE_KEYS 4
static unsigned long long *place_field(struct logfollow *f, int i, const char **key)
{
	static const char *const keys[PLACE_KEYS] = {
		"inode", "offset", "head", "hash",
	};
	unsigned long long *const fields[PLACE_KEYS] = {
		&f->ino, &f->offset, &f->head, &f->hash,
	};

	*key = keys[i];
	return fields[i];
}

static int parse_events(struct events *v, const struct kv *kv, struct err *e)
{
	for (int i = 0; i < PLACE_KEYS; i++) {
		const char *key, *text, *at;
		unsigned long long *field = place_field(&v->place, i, &key);

		at = text = kv_get(kv, key);
		if (text == NULL || number_take(&at, text + strlen(text),
			UINT64_MAX, field) == -1 || *at != '\0')
			return err_set(e, "%s is no number", key);
	}
	if (v->place.head > LOGFOLLOW_HEAD || v->place.offset > INT64_MAX)
		return err_set(e, "there is no such place in a log");
	return eventcount_read(&v->count, kv, e);
}

/* Nothing was counted yet when there is no file. */
static int read_events(struct events *v, const struct invocation *inv,
	struct err *e)
{
	struct buf text = { 0 };
	struct err why;
	struct kv kv;
	int ret = safepath_read(inv->state_fd, EVENTS_FILE, EVENTS_BYTES, &text,
		&why);

	if (ret == -1 && errno == ENOENT)
		return 0;
	if (ret == 0 && (ret = kv_parse_whole(&kv, buf_data(&text), text.len,
		&why)) == 0) {
		ret = parse_events(v, &kv, &why);
		kv_fini(&kv);
	}
	buf_fini(&text);
	return ret == 0 ? 0 : err_set(e, "%s/" EVENTS_FILE ": %s; remove that file to begin anew",
		inv->state_dir, why.text);
}

static int write_events(struct events *v, const struct invocation *inv,
	struct err *e)
{
	struct buf text = { 0 };
	int ret;

	for (int i = 0; i < PLACE_KEYS; i++) {
		const char *key;
		unsigned long long *field = place_field(&v->place, i, &key);

		kv_writef(&text, key, "%llu", *field);
	}
	eventcount_write(&v->count, &text);
	buf_puts(&text, "\n");
	ret = safepath_write(inv->state_fd, EVENTS_FILE, buf_data(&text), text.len,
		e);
	buf_fini(&text);
	return ret == 0 ? 0 : err_prefix(e, "%s/" EVENTS_FILE ": ", inv->state_dir);
}

static void count_line(const char *line, size_t len, void *arg)
{
	(void)eventcount_line(arg, line, len);
}

static int write_counters(const struct events *v, const char *path, struct err *e)
{
	struct buf text = { 0 };
	int ret;

	eventcount_metrics(&v->count, (long long)time(NULL), &text);
	ret = replace_file(path, 0644, buf_data(&text), text.len, e);
	buf_fini(&text);
	return ret;
}

/* Returns the exit status; e is set unless that is EX_OK. */
static int count_events(const struct invocation *inv, struct err *e)
{
	const char *log = inv->opt->line.operands.word[0];
	const char *metrics = inv->opt->flags.metrics;
	struct events v = { .place.ino = 0 };
	int lost;

	if (metrics == NULL) {
		err_set(e, "events: --metrics=FILE must say where the counters go");
		return EX_USAGE;
	}
	if (read_events(&v, inv, e) == -1)
		return EX_DATAERR;
	if (logfollow(log, &v.place, count_line, &v.count, &lost, e) == -1)
		return EX_NOINPUT;
	if (lost) {
		v.count.gaps++;
		log_tell("%s: what was read last is not there any more: some lines may not be counted; let it be read before it is removed or compressed",
			log);
	}
	if (write_events(&v, inv, e) == -1 || write_counters(&v, metrics, e) == -1)
		return EX_CANTCREAT;
	return EX_OK;
}

static void *events_begin(const struct invocation *inv)
{
	struct err e;
	int status = count_events(inv, &e);

	if (status != EX_OK)
		log_fail("%s", e.text);
	parting_exit(inv->parting, status);
	return NULL;
}

static void events_end(void *work)
{
	(void)work;
}

static const struct command_ops events_ops = {
	.begin = events_begin,
	.end = events_end,
};

const struct command cmd_events = {
	.name = "events",
	.operands = "LOG --metrics=FILE",
	.session = COMMAND_NONE,
	.min = 1,
	.max = 1,
	.help = "count what sessions have written to a system log, for node_exporter",
	.more = "Each line is counted once, also when LOG was rotated meanwhile. How far it was read, and what was counted, is kept in the state directory.",
	.ops = &events_ops,
};
