/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the nodes of a partition that a job cannot have now, by two lists of
 * slurmctld, which are long on a large cluster: callers ask seldom.
 */
#include "launch/slurm/slurm_nodes.h"

#include <errno.h>
#include <string.h>

#include "launch/slurm/slurm_compat.h"

static int is_missing(uint32_t state)
{
	switch (state & NODE_STATE_BASE) {
	case NODE_STATE_UNKNOWN:
	case NODE_STATE_DOWN:
	case NODE_STATE_FUTURE:
		return 1;
	default:
		return (state & (NODE_STATE_POWERED_DOWN |
			NODE_STATE_POWERING_DOWN)) != 0;
	}
}

/* node_inx: first and last of each run of nodes in the list, -1 at the end */
static long count(const int *node_inx, const node_info_msg_t *nodes)
{
	long missing = 0;

	for (; node_inx != NULL && node_inx[0] >= 0; node_inx += 2)
		for (int i = node_inx[0]; i <= node_inx[1] &&
			(uint32_t)i < nodes->record_count; i++)
			/* A node without a name only keeps a number free. */
			if (nodes->node_array[i].name != NULL)
				missing += is_missing(
					nodes->node_array[i].node_state);
	return missing;
}

static const partition_info_t *slurm_nodes_pick(
	const partition_info_msg_t *partitions, const char *name)
{
	for (uint32_t i = 0; i < partitions->record_count; i++)
		if (strcmp(partitions->partition_array[i].name, name) == 0)
			return &partitions->partition_array[i];
	errno = ESLURM_INVALID_PARTITION_NAME;
	return NULL;
}

long slurm_nodes_missing(const char *partition)
{
	const uint16_t flags = SHOW_ALL | SHOW_LOCAL;
	partition_info_msg_t *partitions = NULL;
	node_info_msg_t *nodes = NULL;
	const partition_info_t *p;
	long missing = -1;

	if (slurm_load_partitions(0, &partitions, flags) != 0)
		return -1;
	p = slurm_nodes_pick(partitions, partition);
	if (p != NULL && slurm_load_node(0, &nodes, flags | SHOW_FUTURE) == 0) {
		missing = count(p->node_inx, nodes);
		slurm_free_node_info_msg(nodes);
	}
	slurm_free_partition_info_msg(partitions);
	return missing;
}
