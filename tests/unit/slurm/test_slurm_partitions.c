/* SPDX-License-Identifier: BSD-2-Clause */
/* The verb partitions; slurmctld's lists are the test's. */
#include "fake.h"

#include <grp.h>
#include <pwd.h>

#include "base/mem.h"
#include "launch/slurm/slurm_accounts.h"
#include "launch/slurm/slurm_verbs.h"

#define NODES 6

static node_info_t nodes[NODES];
static partition_info_t parts[2];
static int part_fails, node_fails;

/* The user's associations. */
static slurmdb_assoc_rec_t assocs[3];
static int assocs_fail;
static unsigned assocs_asked;
static const char *assocs_of;
static unsigned asked, part_flags, node_flags;

int slurm_load_partitions(time_t since, partition_info_msg_t **out,
	uint16_t flags)
{
	(void)since;
	asked++;
	part_flags = flags;
	errno = part_fails;
	if (part_fails != 0)
		return -1;
	*out = mem_alloc(sizeof **out);
	(*out)->record_count = parts[1].name != NULL ? 2 : 1;
	(*out)->partition_array = parts;
	return 0;
}

int slurm_load_node(time_t since, node_info_msg_t **out, uint16_t flags)
{
	(void)since;
	asked++;
	node_flags = flags;
	errno = node_fails;
	if (node_fails != 0)
		return -1;
	*out = mem_alloc(sizeof **out);
	(*out)->record_count = NODES;
	(*out)->node_array = nodes;
	return 0;
}

int slurm_load_assoc_mgr_info(assoc_mgr_info_request_msg_t *ask,
	assoc_mgr_info_msg_t **out)
{
	assocs_asked++;
	assert_int_equal(slurm_list_count(ask->user_list), 1);
	assocs_of = slurm_list_pop(ask->user_list);
	if (assocs_fail)
		return -1;
	*out = mem_alloc(sizeof **out);
	(*out)->assoc_list = slurm_list_create(NULL);
	for (size_t i = 0; i < 3 && assocs[i].acct != NULL; i++)
		slurm_list_append((*out)->assoc_list, &assocs[i]);
	return 0;
}

void slurm_free_assoc_mgr_info_msg(assoc_mgr_info_msg_t *m)
{
	slurm_list_destroy(m->assoc_list);
	free(m);
}

void slurm_free_partition_info_msg(partition_info_msg_t *m)
{
	free(m);
}

void slurm_free_node_info_msg(node_info_msg_t *m)
{
	free(m);
}

#if !SLURM_GE(25, 5)
/* What is in use stands in the node's weight and owner. */
int slurm_get_select_nodeinfo(dynamic_plugin_data_t *info,
	enum select_nodedata_type type, enum node_states state, void *data)
{
	const node_info_t *n = (const void *)info;

	assert_int_equal(state, NODE_STATE_ALLOCATED);
	if (type == SELECT_NODEDATA_SUBCNT)
		*(uint16_t *)data = (uint16_t)n->weight;
	else
		*(uint64_t *)data = n->owner;
	return 0;
}
#endif

static void set(int i, uint32_t state, uint16_t cpus, uint16_t used,
	const char *gres, const char *gres_used)
{
	nodes[i] = (node_info_t){ .name = (char *)"n", .node_state = state,
		.cpus = cpus, .real_memory = cpus * 1000u,
		.gres = (char *)(uintptr_t)gres,
		.gres_used = (char *)(uintptr_t)gres_used };
#if SLURM_GE(25, 5)
	nodes[i].alloc_cpus = used;
	nodes[i].alloc_memory = used * 100u;
#else
	nodes[i].weight = used;
	nodes[i].owner = used * 100u;
	nodes[i].select_nodeinfo = (void *)&nodes[i];
#endif
}

static int setup(void **state)
{
	static int all[] = { 0, 3, 5, 5, -1 }, none[] = { -1 };

	part_fails = node_fails = assocs_fail = 0;
	asked = assocs_asked = 0;
	memset(assocs, 0, sizeof assocs);
	set(0, NODE_STATE_IDLE, 4, 0, "gpu:a:2", "gpu:a:0(IDX:N/A)");
	set(1, NODE_STATE_MIXED, 8, 6, "gpu:a:2,gpu:b:1", "gpu:a:1(IDX:0)");
	set(2, NODE_STATE_IDLE | NODE_STATE_DRAIN, 16, 0, "gpu:a:4", NULL);
	set(3, NODE_STATE_DOWN, 32, 0, NULL, NULL);
	set(4, NODE_STATE_IDLE, 64, 0, NULL, NULL);	/* of no partition */
	set(5, NODE_STATE_IDLE, 128, 0, NULL, NULL);
	nodes[5].name = NULL;
	parts[0] = (partition_info_t){ .name = (char *)"p", .node_inx = all,
		.state_up = PARTITION_UP, .flags = PART_FLAG_DEFAULT,
		.max_time = 60, .default_time = 10 };
	parts[1] = (partition_info_t){ .name = NULL, .node_inx = none,
		.state_up = PARTITION_UP, .max_time = INFINITE,
		.default_time = NO_VAL };
	return fake_slurm_begin(state);
}

static void counts_as_sinfo_does(void **state)
{
	(void)state;
	parts[1].name = (char *)"q";
	assert_string_equal(fake_verb("partitions", "state-dir=/x\n"), "");
	assert_string_equal(fake_answer(),
		"partition=p\ndefault=yes\nstate=UP\ntime-limit=3600\n"
		"default-time=600\nnodes=1/4\ncpus=6/60\n"
		"memory=11400/60000\nnode-cpus=4/32\nnode-memory=7400/32000\n"
		"gpu=3/8 a\ngpu=1/1 b\n\n"
		"partition=q\nstate=UP\ntime-limit=unlimited\n"
		"default-time=unlimited\nnodes=0/0\ncpus=0/0\nmemory=0/0\n"
		"node-cpus=0/0\nnode-memory=0/0\n\n");
	assert_int_equal(asked, 2);
	/* Those that the user may not see are left out by slurmctld. */
	assert_int_equal(part_flags & SHOW_ALL, 0);
	assert_int_equal(node_flags & SHOW_DETAIL, SHOW_DETAIL);
	assert_string_equal(fake_verb("partitions", "all=1\n"), "");
	assert_int_equal(part_flags & SHOW_ALL, SHOW_ALL);
}

static char refused[256];

static const char *why(const char *options)
{
	const char *at;

	assert_string_equal(fake_verb("partitions", options), "");
	at = strstr(fake_answer(), "refused=");
	if (at == NULL)
		return "";
	snprintf(refused, sizeof refused, "%.*s", (int)strcspn(at, "\n"), at);
	return refused + 8;
}

static void says_what_keeps_it_from_the_user(void **state)
{
	static const struct group *ours;
	char *groups;

	(void)state;
	assert_string_equal(why(""), "");
	parts[0].allow_accounts = (char *)"phys,chem";
	assert_string_equal(why(""), "");
	assert_string_equal(why("option=--account=chem\n"), "");
	assert_string_equal(why("option=-Abio\n"), "AllowAccounts=phys,chem");
	parts[0].allow_accounts = NULL;
	parts[0].deny_accounts = (char *)"bio";
	assert_string_equal(why("option=-Abio\n"), "DenyAccounts=bio");
	assert_string_equal(why("option=-Achem\n"), "");
	/* Such names are the same in large letters and small ones. */
	assert_string_equal(why("option=-ABIO\n"), "DenyAccounts=bio");
	parts[0].allow_qos = (char *)"High";
	assert_string_equal(why("option=-qhigh\n"), "");
	assert_string_equal(why("option=-qhig\n"), "AllowQos=High");
	parts[0].allow_qos = (char *)"high";
	assert_string_equal(why("option=--qos=low\n"), "AllowQos=high");
	parts[0].flags |= PART_FLAG_REQ_RESV;
	assert_string_equal(why(""), "ReqResv=YES");
	assert_string_equal(why("option=--reservation=r\n"), "");
	parts[0].state_up = PARTITION_DRAIN;
	assert_string_equal(why(""), "State=DRAIN");
	parts[0].state_up = PARTITION_INACTIVE;
	assert_string_equal(why(""), "State=INACTIVE");
	setup(state);
	ours = getgrgid(getgid());
	if (getuid() == 0 || ours == NULL)
		return;
	parts[0].allow_groups = (char *)"nosuchgroup";
	assert_string_equal(why(""), "AllowGroups=nosuchgroup");
	groups = mem_printf("nosuchgroup,%s", ours->gr_name);
	parts[0].allow_groups = groups;
	assert_string_equal(why(""), "");
	parts[0].flags |= PART_FLAG_ROOT_ONLY;
	assert_string_equal(why(""), "RootOnly=YES");
	free(groups);
}

static void associate(int i, const char *account, const char *partition)
{
	assocs[i] = (slurmdb_assoc_rec_t){ .acct = (char *)(uintptr_t)account,
		.user = (char *)"u",
		.partition = (char *)(uintptr_t)partition };
}

/* Without --account those count that the user has. */
static void knows_the_users_accounts(void **state)
{
	const struct passwd *pw = getpwuid(getuid());

	(void)state;
	associate(0, "phys", NULL);
	associate(1, "bio", NULL);
	slurm_conf.accounting_storage_enforce = 1;
	assert_string_equal(why(""), "");
	assert_int_equal(assocs_asked, 0);
	parts[0].allow_accounts = (char *)"chem,physics";
	assert_string_equal(why(""), "AllowAccounts=chem,physics");
	assert_int_equal(assocs_asked, 1);
	assert_string_equal(assocs_of, pw->pw_name);
	parts[0].allow_accounts = (char *)"chem,bio";
	assert_string_equal(why(""), "");
	/* What is asked for counts. */
	assert_string_equal(why("option=-Aphys\n"), "AllowAccounts=chem,bio");
	assert_string_equal(why("option=-ABio\n"), "");
	/* For another partition only. */
	associate(1, "bio", "q");
	assert_string_equal(why(""), "AllowAccounts=chem,bio");
	associate(1, "bio", "p");
	assert_string_equal(why(""), "");
	parts[0].allow_accounts = NULL;
	parts[0].deny_accounts = (char *)"bio";
	assert_string_equal(why(""), "");
	parts[0].deny_accounts = (char *)"phys,bio";
	assert_string_equal(why(""), "DenyAccounts=phys,bio");
	/* An account's own association is nobody's. */
	associate(2, "chem", NULL);
	assocs[2].user = NULL;
	assert_string_equal(why(""), "DenyAccounts=phys,bio");
	/* Not known, or not held to. */
	assocs_fail = 1;
	assert_string_equal(why(""), "");
	assocs_fail = 0;
	assocs[0].acct = NULL;
	assert_string_equal(why(""), "");
	associate(0, "phys", NULL);
	slurm_conf.accounting_storage_enforce = 0;
	assocs_asked = 0;
	assert_string_equal(why(""), "");
	assert_int_equal(assocs_asked, 0);
}

/* An account that is listed lets in those below it, or keeps them out. */
static void looks_at_accounts_above(void **state)
{
	struct slurm_account row = { (char *)"lab", NULL,
		(char *)"/all/Phys/lab/0-u/" };
	const struct slurm_accounts a = { 1, &row };

	(void)state;
	assert_false(slurm_accounts_exclude(&a, NULL, "p", "chem,phys", NULL));
	assert_false(slurm_accounts_exclude(&a, "LAB", "p", "phys", NULL));
	assert_true(slurm_accounts_exclude(&a, "lab", "p", "chem,phy", NULL));
	assert_true(slurm_accounts_exclude(&a, "lab", "p", "u,0-u", NULL));
	assert_true(slurm_accounts_exclude(&a, NULL, "p", NULL, "phys"));
	assert_false(slurm_accounts_exclude(&a, NULL, "p", NULL, "u"));
	/* Of another account's line nothing is known. */
	assert_true(slurm_accounts_exclude(&a, "bio", "p", "phys", NULL));
	assert_false(slurm_accounts_exclude(&a, "bio", "p", "bio", NULL));
}

static void says_when_it_does_not_know(void **state)
{
	(void)state;
	part_fails = ESLURM_ACCESS_DENIED;
	assert_string_equal(fake_verb("partitions", ""), "refused");
	part_fails = 0;
	node_fails = 1800;
	assert_string_equal(fake_verb("partitions", ""), "unavailable");
	assert_string_equal(fake_answer(), "");
	asked = 0;
	assert_string_equal(fake_verb("partitions", "option=--no-such\n"),
		"usage");
	assert_int_equal(asked, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fake_slurm_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_as_sinfo_does),
		TEST(says_what_keeps_it_from_the_user),
		TEST(knows_the_users_accounts),
		TEST(looks_at_accounts_above),
		TEST(says_when_it_does_not_know),
	};

	return cmocka_run_group_tests_name("slurm_partitions", tests, NULL,
		NULL);
}
