/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --json. Every key is always there, null when its value is not known; the man
 * page lists them, and a test compares the two. Keys are added, never changed.
 */
#include "front/cmd/show.h"

#include "config.h"

#ifdef HAVE_JANSSON
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vis.h"

/* "" is not known. */
static json_t *text(const char *value)
{
	char seen[1024];
	json_t *j;

	if (value == NULL || value[0] == '\0')
		return json_null();
	j = json_stringn(seen, vis_encode(seen, sizeof seen, value,
		strlen(value)));
	return j != NULL ? j : json_null();
}

static json_t *show_json_number(long long value, int known)
{
	return known ? json_integer(value) : json_null();
}

/* What an agent said, -1 when it did not. */
static json_t *told(const struct report *r, long value)
{
	return show_json_number(value, r != NULL && value >= 0);
}

static json_t *session(const void *of)
{
	const struct shown *s = of;
	static const struct report none = { .started = -1, .idle = -1,
		.idle_timeout = -1, .clients = -1, .fronts = -1, .shells = -1,
		.memory_used = -1, .memory_limit = -1 };
	const struct report *r = s->report ? s->report : &none;
	const struct job *j = s->job;
	int runs = job_is(j, "running");
	long left = show_left(s);
	json_t *o = json_object();

	json_object_set_new(o, "session", text(j->session));
	json_object_set_new(o, "job", text(j->id));
	json_object_set_new(o, "user", text(j->user));
	json_object_set_new(o, "tag", text(j->tag));
	json_object_set_new(o, "state", text(show_state(j).s));
	json_object_set_new(o, "reason", text(runs ? "" : j->reason));
	json_object_set_new(o, "reason_text", text(runs ? "" : j->text));
	json_object_set_new(o, "node", text(j->node));
	json_object_set_new(o, "partition", text(j->partition));
	json_object_set_new(o, "age", json_integer(j->age));
	json_object_set_new(o, "start_time", show_json_number(j->start, j->start > 0));
	json_object_set_new(o, "end_time",
		show_json_number(j->end_epoch, j->end_epoch > 0));
	json_object_set_new(o, "time_left", show_json_number(left, left >= 0));
	json_object_set_new(o, "time_limit",
		show_json_number(j->time_limit, j->time_limit > 0));
	json_object_set_new(o, "cpus", show_json_number(j->cpus, j->cpus > 0));
	json_object_set_new(o, "memory_mb", show_json_number(j->mem, j->mem > 0));
	json_object_set_new(o, "memory_used_mb", told(r, r->memory_used));
	json_object_set_new(o, "memory_limit_mb", told(r, r->memory_limit));
	json_object_set_new(o, "gres", text(j->gres));
	json_object_set_new(o, "idle", told(r, r->idle));
	json_object_set_new(o, "idle_timeout", told(r, r->idle_timeout));
	json_object_set_new(o, "clients", told(r, r->clients));
	json_object_set_new(o, "connections", told(r, r->fronts));
	json_object_set_new(o, "shells", told(r, r->shells));
	json_object_set_new(o, "container", text(r->image));
	json_object_set_new(o, "container_runtime", text(r->runtime));
	json_object_set_new(o, "agent", text(r->version));
	return o;
}

/* Takes j over. */
static int show_json_put(json_t *j, struct buf *out)
{
	char *dump = json_dumps(j, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

	buf_puts(out, dump != NULL ? dump : "null");
	buf_puts(out, "\n");
	free(dump);
	json_decref(j);
	return 0;
}

/* {"NAME": [one of each of the n things, which lie size bytes apart]} */
static int put_list(const char *name, const void *all, size_t n, size_t size,
	json_t *(*one)(const void *of), struct buf *out)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, one((const char *)all + i * size));
	return show_json_put(json_pack("{s:o}", name, list), out);
}

int show_json_list(const struct shown *all, size_t n, struct buf *out,
	struct err *e)
{
	(void)e;
	return put_list("sessions", all, n, sizeof *all, session, out);
}

int show_json_status(const struct shown *s, struct buf *out, struct err *e)
{
	(void)e;
	return show_json_put(s != NULL ? session(s) : json_null(), out);
}

static void put_share(json_t *o, const char *what,
	const struct partition_share *s)
{
	char key[32];

	snprintf(key, sizeof key, "%s_idle", what);
	json_object_set_new(o, what, show_json_number(s->total, s->total >= 0));
	json_object_set_new(o, key, show_json_number(s->idle, s->total >= 0));
}

static json_t *gpus(const struct partition *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_gpus; i++) {
		const struct partition_gpu *g = &p->gpu[i];
		json_t *o = json_object();

		json_object_set_new(o, "type", text(g->type));
		json_object_set_new(o, "idle", json_integer(g->share.idle));
		json_object_set_new(o, "total", json_integer(g->share.total));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *partition(const void *of)
{
	const struct partition *p = of;
	json_t *o = json_object();

	json_object_set_new(o, "partition", text(p->name));
	json_object_set_new(o, "default", json_boolean(p->is_default));
	json_object_set_new(o, "state", text(p->state));
	json_object_set_new(o, "refused", text(p->refused));
	json_object_set_new(o, "time_limit",
		show_json_number(p->time_limit, p->time_limit > 0));
	json_object_set_new(o, "default_time",
		show_json_number(p->default_time, p->default_time > 0));
	put_share(o, "nodes", &p->nodes);
	put_share(o, "cpus", &p->cpus);
	put_share(o, "memory_mb", &p->memory);
	put_share(o, "node_cpus", &p->node_cpus);
	put_share(o, "node_memory_mb", &p->node_memory);
	json_object_set_new(o, "gpus", gpus(p));
	return o;
}

int show_json_partitions(const struct partition *all, size_t n,
	struct buf *out, struct err *e)
{
	(void)e;
	return put_list("partitions", all, n, sizeof *all, partition, out);
}

static json_t *estimate(const void *of)
{
	const struct shown_estimate *s = of;
	const struct job *j = s->job;
	int starts = s->refused[0] == '\0' && j->reason[0] == '\0' &&
		j->start > 0;
	json_t *o = json_object();

	json_object_set_new(o, "profile", text(s->profile));
	json_object_set_new(o, "options", text(s->asks));
	json_object_set_new(o, "start_time",
		show_json_number(j->start, starts));
	json_object_set_new(o, "node", text(starts ? j->node : ""));
	json_object_set_new(o, "partition", text(j->partition));
	json_object_set_new(o, "cpus", show_json_number(j->cpus, j->cpus > 0));
	json_object_set_new(o, "refused", text(s->refused));
	json_object_set_new(o, "reason", text(j->reason));
	json_object_set_new(o, "reason_text", text(j->text));
	json_object_set_new(o, "note", text(s->notes));
	return o;
}

int show_json_estimates(const struct shown_estimate *all, size_t n,
	struct buf *out, struct err *e)
{
	(void)e;
	return put_list("estimates", all, n, sizeof *all, estimate, out);
}

int show_json_cells(const char *name, const char *const *key, size_t keys,
	char *const *cell, size_t n, struct buf *out, struct err *e)
{
	json_t *list = json_array();

	(void)e;
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		for (size_t k = 0; k < keys; k++) {
			const char *s = cell[i * keys + k];

			json_object_set_new(o, key[k], strcmp(s, "-") == 0 ?
				json_null() : json_string(s));
		}
		json_array_append_new(list, o);
	}
	return show_json_put(json_pack("{s:o}", name, list), out);
}
#else
static int without(struct err *e)
{
	return err_set(e, "--json: this program was built without jansson");
}

int show_json_list(const struct shown *all, size_t n, struct buf *out,
	struct err *e)
{
	(void)all;
	(void)n;
	(void)out;
	return without(e);
}

int show_json_status(const struct shown *s, struct buf *out, struct err *e)
{
	(void)s;
	(void)out;
	return without(e);
}

int show_json_partitions(const struct partition *all, size_t n,
	struct buf *out, struct err *e)
{
	(void)all;
	(void)n;
	(void)out;
	return without(e);
}

int show_json_estimates(const struct shown_estimate *all, size_t n,
	struct buf *out, struct err *e)
{
	(void)all;
	(void)n;
	(void)out;
	return without(e);
}

int show_json_cells(const char *name, const char *const *key, size_t keys,
	char *const *cell, size_t n, struct buf *out, struct err *e)
{
	(void)name;
	(void)key;
	(void)keys;
	(void)cell;
	(void)n;
	(void)out;
	return without(e);
}
#endif
