/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "reaper/victim.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reaper/claim.h"

void victims_fini(struct victims *all)
{
	free(all->v);
	*all = (struct victims){ 0 };
}

static struct victim *victim_add(struct victims *all,
	const struct plan_proc *proc, size_t number)
{
	struct victim *v;

	if (all->n == all->room) {
		all->room = all->room ? 2 * all->room : 64;
		all->v = mem_realloc(all->v, all->room * sizeof *all->v);
	}
	v = &all->v[all->n++];
	*v = (struct victim){
		.pid = proc->pid,
		.start = proc->start,
		.uid = proc->uid,
		.session = proc->session,
		.tree = number,
	};
	memcpy(v->mark, proc->mark, sizeof v->mark);
	return v;
}

void victims_add(struct victims *all, const struct plan *p,
	const struct plan_tree *t, size_t number)
{
	const struct plan_proc *root = &p->proc[t->root];

	for (size_t i = 0; i < t->n; i++) {
		const struct plan_proc *proc = &p->proc[t->member[i]];

		victim_add(all, proc, number)->session = plan_session(proc,
			root);
	}
}

/* Is it a victim, the very same process? Its index, or -1. */
static size_t known(const size_t *index, const struct plan *p, size_t i)
{
	return i < p->n ? index[i] : PLAN_NONE;
}

/* Whose heir is it? The victim's index, or PLAN_NONE. */
static size_t heir_of(const struct victims *all, const struct plan *p,
	const struct claims *claims, const size_t *index, size_t i)
{
	const struct plan_proc *proc = &p->proc[i];
	size_t up = known(index, p, proc->parent);

	if (proc->exempt || proc->state == 'Z')
		return PLAN_NONE;
	if (up != PLAN_NONE)
		return all->v[up].uid == proc->uid ? up : PLAN_NONE;
	if (!plan_is_lost(proc, proc->parent == PLAN_NONE ? NULL :
			&p->proc[proc->parent]))
		return PLAN_NONE;
	return claims_find(claims, proc->uid, proc->session, proc->mark);
}

/* One generation; their number. */
static size_t add_heirs(struct victims *all, const struct plan *p,
	size_t *index)
{
	struct claims claims = { 0 };
	size_t before = all->n;

	for (size_t v = 0; v < before; v++)
		claims_add(&claims, all->v[v].uid, all->v[v].session,
			all->v[v].mark, v);
	claims_sort(&claims);
	for (size_t i = 0; i < p->n; i++) {
		struct victim *v;
		size_t of = index[i] != PLAN_NONE ? PLAN_NONE :
			heir_of(all, p, &claims, index, i);

		if (of == PLAN_NONE)
			continue;
		v = victim_add(all, &p->proc[i], all->v[of].tree);
		if (v->session != all->v[of].session && v->session != v->pid)
			v->session = 0;
		index[i] = all->n - 1;
	}
	claims_fini(&claims);
	return all->n - before;
}

size_t victims_heirs(struct victims *all, const struct plan *p)
{
	size_t before = all->n;
	size_t *index = mem_alloc((p->n + 1) * sizeof *index);

	for (size_t i = 0; i < p->n; i++)
		index[i] = PLAN_NONE;
	for (size_t v = 0; v < all->n; v++) {
		size_t i = plan_find(p, all->v[v].pid);

		if (i != PLAN_NONE && p->proc[i].start == all->v[v].start)
			index[i] = v;
	}
	while (add_heirs(all, p, index) > 0)
		;
	free(index);
	return all->n - before;
}
