/* SPDX-License-Identifier: BSD-2-Clause */
/* How many nodes of a partition are missing; slurmctld's answers are ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "launch/slurm/slurm_compat.h"
#include "launch/slurm/slurm_nodes.h"

#define NODES 7

static node_info_t nodes[NODES];
static node_info_msg_t node_list = { .node_array = nodes };
static partition_info_t partitions[2];
static partition_info_msg_t partition_list = { .record_count = 2,
	.partition_array = partitions };
static int loads, frees, fails;

int slurm_load_partitions(time_t since, partition_info_msg_t **out,
	uint16_t flags)
{
	(void)since;
	(void)flags;
	if (fails == 1)
		return -1;
	loads++;
	*out = &partition_list;
	return 0;
}

int slurm_load_node(time_t since, node_info_msg_t **out, uint16_t flags)
{
	(void)since;
	/* Without this there are none that a cloud may start. */
	assert_true(flags & SHOW_FUTURE);
	if (fails == 2)
		return -1;
	loads++;
	*out = &node_list;
	return 0;
}

void slurm_free_partition_info_msg(partition_info_msg_t *m)
{
	assert_ptr_equal(m, &partition_list);
	frees++;
}

void slurm_free_node_info_msg(node_info_msg_t *m)
{
	assert_ptr_equal(m, &node_list);
	frees++;
}

static void set(int i, uint32_t state)
{
	nodes[i].name = (char *)"n";
	nodes[i].node_state = state;
}

static int setup(void **state)
{
	static int gpu[] = { 0, 2, 4, 5, -1 }, none[] = { -1 };

	(void)state;
	memset(nodes, 0, sizeof nodes);
	node_list.record_count = NODES;
	partitions[0].name = (char *)"none";
	partitions[0].node_inx = none;
	partitions[1].name = (char *)"gpu";
	partitions[1].node_inx = gpu;
	set(0, NODE_STATE_IDLE);
	set(1, NODE_STATE_DOWN);
	set(2, NODE_STATE_IDLE | NODE_STATE_POWERED_DOWN);
	set(3, NODE_STATE_DOWN);		/* of another partition */
	set(4, NODE_STATE_FUTURE);
	nodes[5].node_state = NODE_STATE_DOWN;	/* has no name */
	loads = frees = fails = 0;
	return 0;
}

static void counts_those_of_the_partition(void **state)
{
	(void)state;
	assert_int_equal(slurm_nodes_missing("gpu"), 3);
	assert_int_equal(slurm_nodes_missing("none"), 0);
	assert_int_equal(frees, loads);
	/* A list that is shorter than the partition says. */
	node_list.record_count = 2;
	assert_int_equal(slurm_nodes_missing("gpu"), 1);
}

static void says_when_it_does_not_know(void **state)
{
	(void)state;
	assert_int_equal(slurm_nodes_missing("nowhere"), -1);
	assert_int_equal(errno, ESLURM_INVALID_PARTITION_NAME);
	for (fails = 1; fails <= 2; fails++)
		assert_int_equal(slurm_nodes_missing("gpu"), -1);
	assert_int_equal(frees, loads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_those_of_the_partition, setup),
		cmocka_unit_test_setup(says_when_it_does_not_know, setup),
	};

	return cmocka_run_group_tests_name("slurm_nodes", tests, NULL, NULL);
}
