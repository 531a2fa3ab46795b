/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partitions and nodes of scontrol's lists, as launch/slurmpart.h has them: two
 * questions to slurmctld, as launch-slurm asks.
 */
#include "launch/slurmcli/cli_partitions.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/timespan.h"
#include "launch/slurmcli/cli_answer.h"
#include "launch/slurmcli/cli_ask.h"
#include "launch/slurmcli/cli_oneline.h"
#include "launch/slurmcli/cli_words.h"
#include "launch/slurmpart.h"
#include "os/usergroup.h"

enum { NAME, STATE, DEFAULT, ROOT, RESV, GROUPS, ACCOUNTS, NOT_ACCOUNTS, QOS,
	NOT_QOS, MAX_TIME, DEFAULT_TIME, PART_KEYS };

static const char *const part_keys[PART_KEYS] = {
	[NAME] = "PartitionName", [STATE] = "State", [DEFAULT] = "Default",
	[ROOT] = "RootOnly", [RESV] = "ReqResv", [GROUPS] = "AllowGroups",
	[ACCOUNTS] = "AllowAccounts", [NOT_ACCOUNTS] = "DenyAccounts",
	[QOS] = "AllowQos", [NOT_QOS] = "DenyQos", [MAX_TIME] = "MaxTime",
	[DEFAULT_TIME] = "DefaultTime",
};

enum { NODE, OF, NODE_STATE, CPUS, CPUS_USED, MEM, MEM_USED, MEM_SPEC, GRES,
	GRES_USED, NODE_KEYS };

static const char *const node_keys[NODE_KEYS] = {
	[NODE] = "NodeName", [OF] = "Partitions", [NODE_STATE] = "State",
	[CPUS] = "CPUTot", [CPUS_USED] = "CPUAlloc", [MEM] = "RealMemory",
	[MEM_USED] = "AllocMem", [MEM_SPEC] = "MemSpecLimit",
	[GRES] = "Gres", [GRES_USED] = "GresUsed",
};

struct node {
	const char *partitions;
	struct slurmnode has;
};

struct nodes {
	struct node *list;
	size_t n;
};

static int is_yes(const char *value)
{
	return value != NULL && strcmp(value, "YES") == 0;
}

/* A list that anybody is in is none. */
static const char *list_of(const char *value)
{
	return value == NULL || strcmp(value, "ALL") == 0 ? NULL : value;
}

static long seconds_of(const char *value)
{
	long seconds;

	if (value == NULL)
		return 0;
	if (strcmp(value, "UNLIMITED") == 0)
		return SLURMPART_UNLIMITED;
	return timespan_slurm(value, &seconds) == 0 ? seconds : 0;
}

static uint64_t count_of(const char *value)
{
	long n;

	return value != NULL && number_read(value, 0, UINT32_MAX, &n) == 0 ?
		(uint64_t)n : 0;
}

/* Whether a word of "IDLE+DRAIN" or "MIXED*" begins so. */
static int has_state(const char *state, const char *word)
{
	for (const char *at = state; (at = strstr(at, word)) != NULL; at++)
		/* POWERED_DOWN is no DOWN. */
		if (at == state || at[-1] == '+')
			return 1;
	return 0;
}

/* -1: it takes no job, 0: a job runs on it, 1: it is idle */
static int idle_of(const char *state)
{
	static const struct {
		const char *word;
		int idle;
	} words[] = {
		{ "DRAIN", -1 }, { "DOWN", -1 }, { "FUTURE", -1 },
		{ "ALLOC", 0 }, { "MIX", 0 }, { "COMPLETING", 0 },
	};

	for (size_t i = 0; state != NULL &&
		i < sizeof words / sizeof *words; i++)
		if (has_state(state, words[i].word))
			return words[i].idle;
	return state != NULL ? 1 : -1;
}

static int is_missing(const char *state)
{
	static const char *const words[] = { "DOWN", "FUTURE", "UNKNOWN",
		"POWERED_DOWN", "POWERING_DOWN" };
	int missing = 0;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		missing |= has_state(state, words[i]);
	return missing;
}

static void read_nodes(struct nodes *nodes, struct buf *printed)
{
	char *line, *at = NULL;

	while ((line = cli_oneline_next(printed, &at)) != NULL) {
		const char *v[NODE_KEYS];
		uint64_t mem, spec;

		cli_oneline_take(line, node_keys, NODE_KEYS, v);
		if (v[NODE] == NULL || v[OF] == NULL)
			continue;
		mem = count_of(v[MEM]);
		spec = count_of(v[MEM_SPEC]);
		nodes->list = mem_realloc(nodes->list,
			(nodes->n + 1) * sizeof *nodes->list);
		nodes->list[nodes->n++] = (struct node){
			.partitions = v[OF],
			.has = { idle_of(v[NODE_STATE]), count_of(v[CPUS]),
				count_of(v[CPUS_USED]),
				mem > spec ? mem - spec : 0,
				count_of(v[MEM_USED]), v[GRES], v[GRES_USED] },
		};
	}
}

static void say_partition(const char *const *v, const struct nodes *nodes,
	const struct salloc *options)
{
	const struct slurmpart_user user = { getuid() == 0, usergroup_has_me };
	const struct slurmpart part = {
		.name = v[NAME],
		.state = v[STATE] ? v[STATE] : "UP",
		.is_default = is_yes(v[DEFAULT]),
		.is_root_only = is_yes(v[ROOT]),
		.needs_reservation = is_yes(v[RESV]),
		.groups = list_of(v[GROUPS]),
		.accounts = list_of(v[ACCOUNTS]),
		.not_accounts = v[NOT_ACCOUNTS],
		.excludes_account = slurmpart_excludes(list_of(v[ACCOUNTS]),
			v[NOT_ACCOUNTS], options->account),
		.qos = list_of(v[QOS]),
		.not_qos = v[NOT_QOS],
		.max_time = seconds_of(v[MAX_TIME]),
		.default_time = seconds_of(v[DEFAULT_TIME]),
	};
	struct slurmpart_tally t = { 0 };
	struct buf out = { 0 };

	for (size_t i = 0; i < nodes->n; i++)
		if (slurmpart_has(nodes->list[i].partitions, part.name,
			strlen(part.name), strncmp))
			slurmpart_count(&t, &nodes->list[i].has);
	slurmpart_describe(&out, &part, &t, options, &user);
	cli_answer(&out);
	buf_fini(&out);
}

static int ask_scontrol(struct tool *t, const char *details, const char *what,
	struct cli_failure *f)
{
	const char *argv[] = { "scontrol", "--oneliner", details, "show", what,
		NULL };

	return cli_ask_plainly(t, (char *const *)argv, f);
}

long cli_partitions_missing(const char *partition)
{
	char *line, *at = NULL;
	struct cli_failure f;
	long missing = -1;
	struct tool t;

	if (ask_scontrol(&t, "--future", "node", &f) == 0) {
		missing = 0;
		while ((line = cli_oneline_next(&t.out, &at)) != NULL) {
			const char *v[NODE_KEYS];

			cli_oneline_take(line, node_keys, NODE_KEYS, v);
			missing += v[OF] != NULL && v[NODE_STATE] != NULL &&
				slurmpart_has(v[OF], partition,
					strlen(partition), strncmp) &&
				is_missing(v[NODE_STATE]);
		}
	}
	cli_tool_fini(&t);
	return missing;
}

void cli_partitions(const struct kv *request)
{
	const int all = kv_get(request, "all") != NULL;
	struct tool partitions, nodes;
	struct nodes list = { NULL, 0 };
	char *line, *at = NULL;
	struct cli_failure f;
	struct cli_words w;
	struct err e;

	if (cli_words_init(&w, request, &e) == -1)
		cli_fail("usage", "%s", e.text);
	if (ask_scontrol(&partitions, all ? "--all" : "--hide", "partition",
		&f) == -1 ||
		ask_scontrol(&nodes, "--details", "node", &f) == -1)
		cli_fail_by(&f, "does not list its partitions");
	read_nodes(&list, &nodes.out);
	while ((line = cli_oneline_next(&partitions.out, &at)) != NULL) {
		const char *v[PART_KEYS];

		cli_oneline_take(line, part_keys, PART_KEYS, v);
		if (v[NAME] != NULL)
			say_partition(v, &list, &w.options);
	}
	free(list.list);
	cli_tool_fini(&nodes);
	cli_tool_fini(&partitions);
	cli_words_fini(&w);
}
