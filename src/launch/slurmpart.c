/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Partitions and their nodes as sinfo counts them: a node on which a job runs is
 * not idle, but what is left of its CPUs, memory and GPUs is; of one that is
 * drained or down nothing is. Hidden partitions, and those of other groups, are
 * left out by slurmctld unless all are wanted.
 */
#include "launch/slurmpart.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/kv.h"
#include "base/mem.h"

static void add_share(struct slurmpart_share *sum, struct slurmpart_share *most,
	const struct slurmpart_share *one)
{
	sum->idle += one->idle;
	sum->total += one->total;
	if (one->idle > most->idle)
		most->idle = one->idle;
	if (one->total > most->total)
		most->total = one->total;
}

static uint64_t left_of(uint64_t all, uint64_t used)
{
	return all > used ? all - used : 0;
}

void slurmpart_count(struct slurmpart_tally *t, const struct slurmnode *n)
{
	struct slurmpart_share c = { 0, n->cpus }, m = { 0, n->mem };

	if (n->idle != -1) {
		c.idle = left_of(n->cpus, n->cpus_used);
		m.idle = left_of(n->mem, n->mem_used);
	}
	add_share(&t->cpus, &t->node_cpus, &c);
	add_share(&t->mem, &t->node_mem, &m);
	t->nodes.total++;
	t->nodes.idle += n->idle == 1;
	gres_count(&t->gpus, n->gres, n->gres_used, n->idle != -1);
}

/* ---- who may ---------------------------------------------------------------- */

int slurmpart_has(const char *list, const char *name, size_t len,
	int (*compare)(const char *, const char *, size_t))
{
	for (size_t n; *list != '\0'; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n == len && compare(list, name, len) == 0)
			return 1;
	}
	return 0;
}

int slurmpart_excludes(const char *allow, const char *deny, const char *name)
{
	const char *list = allow != NULL ? allow : deny;

	return list != NULL && name != NULL && slurmpart_has(list, name,
		strlen(name), strncasecmp) == (list == deny);
}

/* Slurm has all of a user's groups, we those of this login, mostly the same. */
static int has_our_group(const char *list, int (*has_group)(const char *))
{
	char *copy = mem_strdup(list), *save = NULL, *word;
	int found = 0;

	for (word = strtok_r(copy, ",", &save); word != NULL && !found;
		word = strtok_r(NULL, ",", &save))
		found = has_group(word);
	free(copy);
	return found;
}

/*
 * Why a job with these options would not be taken, or never start, in scontrol's
 * words: "NAME=VALUE"; nothing when nothing is known of that. Groups were looked at
 * by slurmctld where it was not asked for all.
 */
static void put_refusal(struct buf *out, const struct slurmpart *p,
	const struct salloc *o, const struct slurmpart_user *user)
{
	const char *name = NULL, *value = NULL;

	if (strcmp(p->state, "UP") != 0)
		name = "State", value = p->state;
	else if (p->is_root_only && !user->is_root)
		name = "RootOnly", value = "YES";
	else if (p->groups != NULL && !user->is_root &&
		!has_our_group(p->groups, user->has_group))
		name = "AllowGroups", value = p->groups;
	else if (p->needs_reservation && o->reservation == NULL)
		name = "ReqResv", value = "YES";
	else if (p->excludes_account)
		name = p->accounts ? "AllowAccounts" : "DenyAccounts",
		value = p->accounts ? p->accounts : p->not_accounts;
	else if (slurmpart_excludes(p->qos, p->not_qos, o->qos))
		name = p->qos ? "AllowQos" : "DenyQos",
		value = p->qos ? p->qos : p->not_qos;
	if (name != NULL)
		kv_writef(out, "refused", "%s=%s", name, value);
}

/* ---- the record ------------------------------------------------------------- */

static void put_time(struct buf *out, const char *key, long seconds)
{
	if (seconds == SLURMPART_UNLIMITED)
		kv_write(out, key, "unlimited");
	else if (seconds > 0)
		kv_writef(out, key, "%ld", seconds);
}

static void put_share(struct buf *out, const char *key,
	const struct slurmpart_share *s)
{
	kv_writef(out, key, "%llu/%llu", (unsigned long long)s->idle,
		(unsigned long long)s->total);
}

void slurmpart_describe(struct buf *out, const struct slurmpart *p,
	const struct slurmpart_tally *t, const struct salloc *options,
	const struct slurmpart_user *user)
{
	kv_write(out, "partition", p->name);
	if (p->is_default)
		kv_write(out, "default", "yes");
	kv_write(out, "state", p->state);
	put_refusal(out, p, options, user);
	put_time(out, "time-limit", p->max_time);
	put_time(out, "default-time", p->default_time != 0 ?
		p->default_time : p->max_time);
	put_share(out, "nodes", &t->nodes);
	put_share(out, "cpus", &t->cpus);
	put_share(out, "memory", &t->mem);
	put_share(out, "node-cpus", &t->node_cpus);
	put_share(out, "node-memory", &t->node_mem);
	for (size_t i = 0; i < t->gpus.n; i++) {
		const struct gres_row *g = &t->gpus.row[i];

		kv_writef(out, "gpu", "%lu/%lu%s%s", g->idle, g->total,
			g->type[0] ? " " : "", g->type);
	}
}
