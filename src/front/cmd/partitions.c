/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command partitions: where a job of this user could run, and what is idle
 * there. The launcher knows them, and why one would not take the job.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/table.h"
#include "base/timespan.h"
#include "front/cmd/commands.h"
#include "front/cmd/newverb.h"
#include "front/cmd/show.h"
#include "front/job/front_request.h"
#include "front/job/launcher.h"
#include "front/job/partition.h"
#include "front/parting.h"
#include "os/log.h"

#define PARTITIONS_MAX 4096

struct partitions {
	const struct invocation *inv;
	struct launcher_call *call;
	size_t n, refused;
	struct partition *row;
};

/* ---- the table ---------------------------------------------------------------- */

static void add_time(struct table *t, long seconds)
{
	if (seconds == -1)
		table_add(t, "UNLIMITED");
	else
		table_add(t, seconds > 0 ? timespan_text(seconds).s : NULL);
}

static void add_share(struct table *t, const struct partition_share *s)
{
	if (s->total == -1)
		table_add(t, NULL);
	else
		table_addf(t, "%ld/%ld", s->idle, s->total);
}

/* Memory that is idle is rounded down, or it could not be had. */
static void add_memory_share(struct table *t, const struct partition_share *s)
{
	const char *unit = s->total < 10240 ? "M" : "G";
	long by = s->total < 10240 ? 1 : 1024;

	if (s->total == -1)
		table_add(t, NULL);
	else
		table_addf(t, "%ld/%ld%s", s->idle / by, s->total / by, unit);
}

static void add_gpus(struct table *t, const struct partition *p)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < p->n_gpus; i++) {
		const struct partition_gpu *g = &p->gpu[i];

		buf_printf(&text, "%s%s%s%ld/%ld", i > 0 ? "," : "", g->type,
			g->type[0] ? ":" : "", g->share.idle, g->share.total);
	}
	buf_append(&text, "", 1);
	table_add(t, buf_data(&text));
	buf_fini(&text);
}

static void add_partition(struct table *t, const struct partition *p, int all)
{
	table_addf(t, "%s%s", p->name, p->is_default ? "*" : "");
	add_time(t, p->time_limit);
	add_time(t, p->default_time);
	add_share(t, &p->nodes);
	add_share(t, &p->cpus);
	add_memory_share(t, &p->memory);
	add_share(t, &p->node_cpus);
	add_memory_share(t, &p->node_memory);
	add_gpus(t, p);
	if (all)
		table_add(t, p->refused);
}

static void put_table(const struct partitions *p, struct buf *out)
{
	static const char *const titles[] = { "PARTITION", "TIMELIMIT",
		"DEFAULTTIME", "NODES(I/T)", "CPUS(I/T)", "MEMORY(I/T)",
		"CPUS/NODE", "MEMORY/NODE", "GPUS(I/T)", "REFUSED" };
	const struct options_flags *flags = &p->inv->opt->flags;
	size_t columns = flags->all ? 10 : 9;
	struct table t;

	table_init(&t, flags->all ? "lrrrrrrrll" : "lrrrrrrrl");
	for (size_t i = 0; i < columns && !flags->no_header; i++)
		table_add(&t, titles[i]);
	for (size_t i = 0; i < p->n; i++)
		add_partition(&t, &p->row[i], flags->all);
	table_write(&t, out);
	table_fini(&t);
}

/* ---- the launcher ------------------------------------------------------------- */

static void partitions_record(const struct kv *kv, void *arg)
{
	struct partitions *p = arg;
	struct partition one;

	if (p->n == PARTITIONS_MAX || partition_read(&one, kv) == -1)
		return;
	if (one.refused[0] != '\0' && !p->inv->opt->flags.all) {
		p->refused++;
		return;
	}
	p->row = mem_realloc(p->row, (p->n + 1) * sizeof *p->row);
	p->row[p->n++] = one;
}

static void partitions_told(const struct launcher_end *end, void *arg)
{
	struct partitions *p = arg;
	struct buf out = { 0 };
	int status = EX_OK;
	struct err e;

	p->call = NULL;
	if (!end->ok) {
		status = newverb_explain(p->inv, "partitions", end, &e);
		log_fail("%s", e.text);
		parting_exit(p->inv->parting, status);
		return;
	}
	if (p->n == 0)
		log_tell("there is no partition that you can use now%s",
			p->refused > 0 ? "; --all tells why" : "");
	if (p->inv->opt->flags.json)
		status = show_json_partitions(p->row, p->n, &out, &e);
	else if (p->n > 0)
		put_table(p, &out);
	parting_exit(p->inv->parting, show_out(&out, status, &e));
}

static void *partitions_begin(const struct invocation *inv)
{
	struct partitions *p = mem_alloc(sizeof *p);
	struct buf request = { 0 };

	p->inv = inv;
	front_request_partitions(inv, inv->opt->flags.all, &request);
	p->call = launcher_run(inv, "partitions", &request,
		inv->opt->job.launcher_timeout, partitions_record,
		partitions_told, p);
	return p;
}

static void partitions_free(void *arg)
{
	struct partitions *p = arg;

	launcher_cancel(p->call);
	free(p->row);
	free(p);
}

static const struct command_ops partitions_ops = {
	.begin = partitions_begin,
	.end = partitions_free,
};

const struct command cmd_partitions = {
	.name = "partitions",
	.session = COMMAND_NONE,
	.help = "list the partitions that you can use, with time limits and what is idle",
	.more = "I/T is idle/total; CPUS/NODE and MEMORY/NODE are the most that is idle on one node, and the most that one has. A '*' marks the default. With --all also those that would not take your job, and why; that is asked for the options of the job that are given.",
	.ops = &partitions_ops,
	.want = SESSION_ALLOC,	/* options of the job mean something */
};
