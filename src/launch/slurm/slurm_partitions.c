/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partitions and nodes of libslurm's lists, as launch/slurmpart.h has them.
 */
#include "launch/slurm/slurm_partitions.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "launch/slurm/slurm_accounts.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_compat.h"
#include "launch/slurm/slurm_desc.h"
#include "launch/slurm/slurm_reach.h"
#include "launch/slurmpart.h"
#include "os/usergroup.h"

/* Who asks, and for what. */
struct asker {
	struct salloc options;
	struct slurm_accounts accounts;	/* unless one is asked for */
};

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

static void add_node(struct slurmpart_tally *t, const node_info_t *n)
{
	struct slurmnode node = { .idle = is_idle(n), .cpus = n->cpus,
		.gres = n->gres, .gres_used = n->gres_used };

	if (n->real_memory > n->mem_spec_limit)
		node.mem = n->real_memory - n->mem_spec_limit;
	slurm_node_used(n, &node.cpus_used, &node.mem_used);
	slurmpart_count(t, &node);
}

static void add_nodes(struct slurmpart_tally *t, const partition_info_t *p,
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

static int excludes_account(const partition_info_t *p, const struct asker *by)
{
	const char *allow = p->allow_accounts, *deny = p->deny_accounts;

	return (allow != NULL || deny != NULL) && slurm_accounts_exclude(
		&by->accounts, by->options.account, p->name, allow, deny);
}

static long seconds_of(uint32_t minutes)
{
	return minutes == INFINITE ? SLURMPART_UNLIMITED :
		minutes == NO_VAL ? 0 : minutes * 60L;
}

static void say_partition(const partition_info_t *p,
	const node_info_msg_t *nodes, const struct asker *by)
{
	const struct slurmpart_user user = { getuid() == 0, usergroup_has_me };
	const struct slurmpart part = {
		.name = p->name,
		.state = state_word(p->state_up),
		.is_default = (p->flags & PART_FLAG_DEFAULT) != 0,
		.is_root_only = (p->flags & PART_FLAG_ROOT_ONLY) != 0,
		.needs_reservation = (p->flags & PART_FLAG_REQ_RESV) != 0,
		.groups = p->allow_groups,
		.accounts = p->allow_accounts,
		.not_accounts = p->deny_accounts,
		.excludes_account = excludes_account(p, by),
		.qos = p->allow_qos,
		.not_qos = p->deny_qos,
		.max_time = seconds_of(p->max_time),
		.default_time = seconds_of(p->default_time),
	};
	struct slurmpart_tally t = { 0 };
	struct buf out = { 0 };

	add_nodes(&t, p, nodes);
	slurmpart_describe(&out, &part, &t, &by->options, &user);
	slurm_answer(&out);
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
