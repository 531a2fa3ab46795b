/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts together what the processes (procs.c), the trees (plan.c) and the
 * connections (visitors.c) tell of one moment. Nothing is signalled here, and
 * what is in a picture may be gone already.
 */
#include "reaper/picture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "reaper/who.h"

/*
 * The environment says so for ever, also when the agent died and left its
 * processes to nobody. While its user has any agent, they are left to that.
 */
static int is_of_session(const struct plan *plan,
	struct plan_proc *proc)
{
	if (!procs_environ(proc))
		return 0;
	for (size_t i = 0; i < plan->n; i++)
		if (plan->proc[i].uid == proc->uid &&
			plan_is_agent(&plan->proc[i]))
			return 1;
	return 0;
}

/*
 * Strays are few, so their environments are read first, and those of the
 * members only when there is something to compare them with.
 */
static void join_strays(struct plan *plan)
{
	int found = 0;

	for (size_t i = 0; plan->trees > 0 && i < plan->n; i++) {
		if (!plan_is_stray(plan, i))
			continue;
		if (is_of_session(plan, &plan->proc[i]))
			plan->proc[i].exempt = 1;
		else
			found = 1;
	}
	if (!found)
		return;
	for (size_t i = 0; i < plan->n; i++)
		if (plan->proc[i].tree != PLAN_NONE)
			procs_environ(&plan->proc[i]);
	plan_join(plan);
}

static int is_below(const struct plan *plan, const struct plan_tree *t,
	int (*is)(const struct plan_proc *proc))
{
	size_t up = plan->proc[t->root].parent;

	for (size_t steps = 0; up != PLAN_NONE && steps <= plan->n;
		steps++, up = plan->proc[up].parent)
		if (is(&plan->proc[up]))
			return 1;
	return 0;
}

/* An agent is above, among, or had a share in the environment. */
static int picture_is_ours(const struct plan *plan, const struct plan_tree *t)
{
	if (is_below(plan, t, plan_is_ours))
		return 1;
	for (size_t i = 0; i < t->n; i++)
		if (plan_is_ours(&plan->proc[t->member[i]]))
			return 1;
	return is_of_session(plan, &plan->proc[t->root]);
}

/* slurmstepd: whatever is below it is of a job, also where no cgroup says so. */
static int is_stepd(const struct plan_proc *proc)
{
	return proc->uid == 0 && strncmp(proc->name, "slurmstepd", 10) == 0;
}

/*
 * Asked of the root and of those who were joined: the others are in the job of
 * their parents. Before a signal is sent kill.c asks for each.
 */
static int in_slurm(const struct plan *plan, const struct plan_tree *t)
{
	if (procs_in_slurm(plan->proc[t->root].pid) ||
		is_below(plan, t, is_stepd))
		return 1;
	for (size_t i = 0; i < t->n; i++)
		if (plan->proc[t->member[i]].joined &&
			procs_in_slurm(plan->proc[t->member[i]].pid))
			return 1;
	return 0;
}

static void look_at_visitors(struct picture *p, struct plan_tree *t,
	const struct state *before, const struct sockets *leaving)
{
	const struct plan_proc *root = &p->plan.proc[t->root];
	const struct state_row *row = before ? state_find(before,
		root->pid, root->start) : NULL;
	int unseen;

	t->connections = visitors_count(&p->visitors, &p->plan, t, leaving,
		&unseen);
	t->unseen = unseen != 0;
	if (row != NULL && t->connections == 0)
		t->idle = (long)p->procs.now - row->connected;
}

static void look_at_tree(struct picture *p, struct plan_tree *t,
	const struct reaper_options *o, const struct state *before)
{
	const struct plan_proc *root = &p->plan.proc[t->root];
	const struct state_row *row = before ? state_find(before,
		root->pid, root->start) : NULL;
	double now = p->procs.now, hz = p->procs.hz;

	t->age = (long)(now - (double)root->start / hz);
	t->unwanted = !who_is_wanted(o, root->uid) ||
		(geteuid() != 0 && root->uid != geteuid());
	t->ours = picture_is_ours(&p->plan, t);
	t->slurm = in_slurm(&p->plan, t);
	look_at_visitors(p, t, before, NULL);
	if (row != NULL && now - (double)row->at >= 1 && t->cpu >= row->cpu)
		t->cpu_percent = 100 * (double)(t->cpu - row->cpu) / hz /
			(now - (double)row->at);
}

/* May it be spared only for the sake of somebody who leaves? */
static int may_follow(const struct picture *p, const struct plan_tree *t,
	const uint32_t *uids, size_t n, int anybody)
{
	uint32_t uid = p->plan.proc[t->root].uid;

	if (t->connections == 0 || (t->verdict != PLAN_CONNECTED &&
		t->verdict != PLAN_RECENT))
		return 0;
	for (size_t i = 0; i < n && !anybody; i++)
		anybody = uids[i] == uid;
	return anybody;
}

/* Those that end since the last time, and what they have open. */
static size_t add_leaving(const struct picture *p, unsigned char *leaves,
	struct sockets *leaving)
{
	size_t n = 0;

	for (size_t i = 0; i < p->plan.trees; i++) {
		const struct plan_tree *t = &p->plan.tree[i];

		if (t->verdict != PLAN_END || leaves[i])
			continue;
		leaves[i] = 1;
		sockets_add(leaving, &p->plan, t);
		n++;
	}
	sockets_sort(leaving);
	return n;
}

/*
 * Who is connected from a tree that ends is as good as gone: a tree that has no
 * other visitors ends with it, and so on. The supervisor of VS Code's agents,
 * 2026, is one that each window's server is connected to.
 */
static void judge_followers(struct picture *p,
	const struct plan_policy *policy, const struct state *before)
{
	unsigned char *leaves = mem_alloc(p->plan.trees + 1);
	struct sockets leaving = { 0 };

	while (add_leaving(p, leaves, &leaving) > 0) {
		size_t n;
		int anybody;
		uint32_t *uids = visitors_left(&p->visitors, &leaving, &n,
			&anybody);

		for (size_t i = 0; i < p->plan.trees; i++) {
			struct plan_tree *t = &p->plan.tree[i];

			if (!may_follow(p, t, uids, n, anybody))
				continue;
			look_at_visitors(p, t, before, &leaving);
			t->verdict = plan_judge(&p->plan, t, policy);
		}
		free(uids);
	}
	sockets_fini(&leaving);
	free(leaves);
}

void picture_take(struct picture *p, const struct reaper_options *o,
	const struct kind *kinds, const struct state *before,
	struct err *e)
{
	struct plan_policy policy = {
		.min_uid = geteuid() == 0 ? (unsigned)o->min_uid : 0,
		.orphaned = o->orphaned == ORPHANED_YES,
		.age = o->age,
		.idle = o->idle,
		.cpu_below = o->cpu_below > 0 ? o->cpu_below : -1,
		.rss_above = (unsigned long long)o->rss_above << 20,
	};

	*p = (struct picture){ 0 };
	procs_read(&p->procs, o, kinds);
	plan_make(&p->plan, p->procs.v, p->procs.n, kinds);
	join_strays(&p->plan);
	/* After the processes: a client who comes in between is seen. */
	if (p->plan.trees > 0)
		visitors_init(&p->visitors, (unsigned)o->min_uid, e);
	for (size_t i = 0; i < p->plan.trees; i++) {
		struct plan_tree *t = &p->plan.tree[i];

		look_at_tree(p, t, o, before);
		t->verdict = plan_judge(&p->plan, t, &policy);
	}
	if (!p->visitors.blind)
		judge_followers(p, &policy, before);
}

void picture_glance(struct picture *p, const struct reaper_options *o,
	const struct kind *kinds, const struct victims *heirs)
{
	const struct plan *plan = &p->plan;

	*p = (struct picture){ 0 };
	procs_read(&p->procs, o, kinds);
	plan_make(&p->plan, p->procs.v, p->procs.n, kinds);
	for (size_t i = 0; i < plan->n; i++) {
		struct plan_proc *proc = &plan->proc[i];
		size_t v;

		if (!plan_is_lost(proc, proc->parent == PLAN_NONE ?
				NULL : &plan->proc[proc->parent]))
			continue;
		for (v = 0; v < heirs->n && heirs->v[v].uid != proc->uid; v++)
			;
		if (v < heirs->n && is_of_session(plan, proc))
			proc->exempt = 1;
	}
}

void picture_free(struct picture *p)
{
	plan_free(&p->plan);
	procs_free(&p->procs);
	visitors_fini(&p->visitors);
}

const struct plan_tree *picture_tree(const struct picture *p, int pid,
	unsigned long long start)
{
	const struct plan *plan = &p->plan;
	size_t i = plan_find(plan, pid);

	if (i == PLAN_NONE || plan->proc[i].start != start ||
		plan->proc[i].tree == PLAN_NONE ||
		plan->tree[plan->proc[i].tree].root != i)
		return NULL;
	return &plan->tree[plan->proc[i].tree];
}

/* Who is seen for the first time counts as connected until now. */
void picture_remember(const struct picture *p,
	const struct state *before, struct state *after)
{
	long now = (long)p->procs.now;

	for (size_t i = 0; i < p->plan.trees; i++) {
		const struct plan_tree *t = &p->plan.tree[i];
		const struct plan_proc *root = &p->plan.proc[t->root];
		const struct state_row *row = state_find(before,
			root->pid, root->start);
		struct state_row next = { root->pid, root->start, now,
			t->cpu, now };

		if (row != NULL && t->connections == 0 && !t->unseen)
			next.connected = row->connected;
		state_add(after, &next);
	}
}
