/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Partitions and their nodes as sinfo counts them: a node on which a job runs is
 * not idle, but what is left of its CPUs, memory and GPUs is; of one that is
 * drained or down nothing is. Hidden partitions, and those of other groups, are
 * left out by slurmctld unless all are wanted.
 */
#include "launch/slurm/slurm_partitions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "launch/slurm/gres.h"
#include "launch/slurm/slurm_accounts.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_compat.h"
#include "launch/slurm/slurm_desc.h"
#include "launch/slurm/slurm_reach.h"
#include "os/usergroup.h"

struct share {
	uint64_t idle, total;
};

/* Who asks: for a job with these options. */
struct asker {
	struct salloc options;
	struct slurm_accounts accounts;	/* if it matters which he has */
};

/* What the nodes of a partition have. */
struct tally {
	struct share nodes, cpus, mem;
	struct share node_cpus, node_mem;	/* most on one node */
	struct gres_tally gpus;
};

static void add_share(struct share *sum, struct share *most,
	const struct share *one)
{
	sum->idle += one->idle;
	sum->total += one->total;
	if (one->idle > most->idle)
		most->idle = one->idle;
	if (one->total > most->total)
		most->total = one->total;
}

/* -1: it takes no job, 0: a job runs on it, 1: it is idle. */
static int is_idle(const node_info_t *n)
{
	uint32_t base = n->node_state & NODE_STATE_BASE;

	if ((n->node_state & NODE_STATE_DRAIN) || base == NODE_STATE_DOWN ||
		base == NODE_STATE_FUTURE)
		return -1;
	return base != NODE_STATE_ALLOCATED && base != NODE_STATE_MIXED &&
		!(n->node_state & NODE_STATE_COMPLETING);
}

static uint64_t rest(uint64_t all, uint64_t used)
{
	return all > used ? all - used : 0;
}

static void add_node(struct tally *t, const node_info_t *n)
{
	uint64_t cpus, mem, spec = n->mem_spec_limit;
	int idle = is_idle(n);
	struct share c = { 0, n->cpus };
	struct share m = { 0, rest(n->real_memory, spec) };

	slurm_node_used(n, &cpus, &mem);
	if (idle != -1) {
		c.idle = rest(c.total, cpus);
		m.idle = rest(m.total, mem);
	}
	add_share(&t->cpus, &t->node_cpus, &c);
	add_share(&t->mem, &t->node_mem, &m);
	t->nodes.total++;
	t->nodes.idle += idle == 1;
	gres_count(&t->gpus, n->gres, n->gres_used, idle != -1);
}

static void add_nodes(struct tally *t, const partition_info_t *p,
	const node_info_msg_t *nodes)
{
	const int32_t *inx = p->node_inx;

	for (; inx != NULL && inx[0] >= 0; inx += 2)
		for (int32_t i = inx[0]; i <= inx[1] &&
			(uint32_t)i < nodes->record_count; i++)
			/* A node without a name only keeps a number free. */
			if (nodes->node_array[i].name != NULL)
				add_node(t, &nodes->node_array[i]);
}

static const char *state_word(uint16_t state)
{
	switch (state) {
	case PARTITION_UP:
		return "UP";
	case PARTITION_DOWN:
		return "DOWN";
	case PARTITION_DRAIN:
		return "DRAIN";
	default:
		return "INACTIVE";
	}
}

/* ---- who may ---------------------------------------------------------------- */

/* Slurm has all of a user's groups, we those of this login, mostly the same. */
static int has_our_group(const char *list)
{
	char *copy = mem_strdup(list), *save = NULL, *word;
	int found = 0;

	for (word = strtok_r(copy, ",", &save); word != NULL && !found;
		word = strtok_r(NULL, ",", &save))
		found = usergroup_has_me(word);
	free(copy);
	return found;
}

static int excludes(const char *allow, const char *deny, const char *name)
{
	if (name == NULL)
		return 0;
	return allow != NULL ? !slurm_accounts_has(allow, name) :
		deny != NULL && slurm_accounts_has(deny, name);
}

/* The account that is asked for, or else each that the user has. */
static int excludes_accounts(const partition_info_t *p, const struct asker *by)
{
	const char *allow = p->allow_accounts, *deny = p->deny_accounts;

	return (allow != NULL || deny != NULL) && slurm_accounts_exclude(
		&by->accounts, by->options.account, p->name, allow, deny);
}

/*
 * Why a job with these options would not be taken, or never start, in scontrol's
 * words; NULL: nothing is known of that. Groups were looked at by slurmctld where
 * it was not asked for all.
 */
static const char *why_not(const partition_info_t *p, const struct asker *by,
	struct buf *why)
{
	const struct salloc *o = &by->options;
	const char *name = NULL, *value = NULL;

	if (p->state_up != PARTITION_UP)
		name = "State", value = state_word(p->state_up);
	else if ((p->flags & PART_FLAG_ROOT_ONLY) && getuid() != 0)
		name = "RootOnly", value = "YES";
	else if (p->allow_groups != NULL && getuid() != 0 &&
		!has_our_group(p->allow_groups))
		name = "AllowGroups", value = p->allow_groups;
	else if ((p->flags & PART_FLAG_REQ_RESV) && o->reservation == NULL)
		name = "ReqResv", value = "YES";
	else if (excludes_accounts(p, by))
		name = p->allow_accounts ? "AllowAccounts" : "DenyAccounts",
		value = p->allow_accounts ? p->allow_accounts : p->deny_accounts;
	else if (excludes(p->allow_qos, p->deny_qos, o->qos))
		name = p->allow_qos ? "AllowQos" : "DenyQos",
		value = p->allow_qos ? p->allow_qos : p->deny_qos;
	if (name == NULL)
		return NULL;
	buf_printf(why, "%s=%s", name, value);
	buf_append(why, "", 1);
	return buf_data(why);
}

/* ---- the answer ------------------------------------------------------------- */

static void say_time(struct buf *out, const char *key, uint32_t minutes)
{
	if (minutes == INFINITE)
		kv_write(out, key, "unlimited");
	else if (minutes != NO_VAL)
		kv_writef(out, key, "%llu", minutes * 60ULL);
}

static void say_share(struct buf *out, const char *key, const struct share *s)
{
	kv_writef(out, key, "%llu/%llu", (unsigned long long)s->idle,
		(unsigned long long)s->total);
}

static void say_partition(const partition_info_t *p,
	const node_info_msg_t *nodes, const struct asker *by)
{
	struct tally t = { 0 };
	struct buf out = { 0 }, why = { 0 };

	add_nodes(&t, p, nodes);
	kv_write(&out, "partition", p->name);
	if (p->flags & PART_FLAG_DEFAULT)
		kv_write(&out, "default", "yes");
	kv_write(&out, "state", state_word(p->state_up));
	if (why_not(p, by, &why) != NULL)
		kv_write(&out, "refused", buf_data(&why));
	say_time(&out, "time-limit", p->max_time);
	say_time(&out, "default-time", p->default_time == NO_VAL ?
		p->max_time : p->default_time);
	say_share(&out, "nodes", &t.nodes);
	say_share(&out, "cpus", &t.cpus);
	say_share(&out, "memory", &t.mem);
	say_share(&out, "node-cpus", &t.node_cpus);
	say_share(&out, "node-memory", &t.node_mem);
	for (size_t i = 0; i < t.gpus.n; i++) {
		const struct gres_row *g = &t.gpus.row[i];

		kv_writef(&out, "gpu", "%lu/%lu%s%s", g->idle, g->total,
			g->type[0] ? " " : "", g->type);
	}
	slurm_answer(&out);
	buf_fini(&why);
}

static int any_is_by_account(const partition_info_msg_t *all)
{
	for (uint32_t i = 0; i < all->record_count; i++)
		if (all->partition_array[i].allow_accounts != NULL ||
			all->partition_array[i].deny_accounts != NULL)
			return 1;
	return 0;
}

void slurm_partitions(const struct kv *request)
{
	uint16_t all = kv_get(request, "all") != NULL ? SHOW_ALL : 0;
	partition_info_msg_t *partitions = NULL;
	node_info_msg_t *nodes = NULL;
	struct asker by = { .accounts = { 0 } };
	struct err e;

	if (slurm_desc_options(&by.options, request, &e) == -1)
		slurm_fail("usage", "%s", e.text);
	slurm_reach_begin();
	errno = 0;
	if (slurm_load_partitions(0, &partitions, all | SHOW_LOCAL) != 0 ||
		slurm_load_node(0, &nodes,
			SHOW_ALL | SHOW_DETAIL | SHOW_LOCAL) != 0)
		slurm_reach_fail("does not list its partitions", errno);
	if (any_is_by_account(partitions))
		slurm_accounts_get(&by.accounts);
	for (uint32_t i = 0; i < partitions->record_count; i++)
		say_partition(&partitions->partition_array[i], nodes, &by);
	slurm_free_node_info_msg(nodes);
	slurm_free_partition_info_msg(partitions);
	slurm_accounts_fini(&by.accounts);
	salloc_fini(&by.options);
}
