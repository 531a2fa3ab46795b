/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "reaper/victim.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reaper/claim.h"

void reapvictims_fini(struct reapvictims *all)
{
	free(all->v);
	*all = (struct reapvictims){ 0 };
}

static struct reapvictim *add(struct reapvictims *all,
	const struct reapplan_proc *proc, size_t number)
{
	struct reapvictim *v;

	if (all->n == all->room) {
		all->room = all->room ? 2 * all->room : 64;
		all->v = mem_realloc(all->v, all->room * sizeof *all->v);
	}
	v = &all->v[all->n++];
	*v = (struct reapvictim){
		.pid = proc->pid,
		.start = proc->start,
		.uid = proc->uid,
		.session = proc->session,
		.tree = number,
	};
	memcpy(v->mark, proc->mark, sizeof v->mark);
	return v;
}

void reapvictims_add(struct reapvictims *all, const struct reapplan *p,
	const struct reapplan_tree *t, size_t number)
{
	const struct reapplan_proc *root = &p->proc[t->root];

	for (size_t i = 0; i < t->n; i++) {
		const struct reapplan_proc *proc = &p->proc[t->member[i]];

		add(all, proc, number)->session = reapplan_session(proc, root);
	}
}

/* Is it a victim, the very same process? Its index, or -1. */
static size_t known(const size_t *index, const struct reapplan *p, size_t i)
{
	return i < p->n ? index[i] : REAPPLAN_NONE;
}

/* Whose heir is it? The victim's index, or REAPPLAN_NONE. */
static size_t heir_of(const struct reapvictims *all, const struct reapplan *p,
	const struct reapclaims *claims, const size_t *index, size_t i)
{
	const struct reapplan_proc *proc = &p->proc[i];
	size_t up = known(index, p, proc->parent);

	if (proc->exempt || proc->state == 'Z')
		return REAPPLAN_NONE;
	if (up != REAPPLAN_NONE)
		return all->v[up].uid == proc->uid ? up : REAPPLAN_NONE;
	if (!reapplan_is_lost(proc, proc->parent == REAPPLAN_NONE ? NULL :
			&p->proc[proc->parent]))
		return REAPPLAN_NONE;
	return reapclaims_find(claims, proc->uid, proc->session, proc->mark);
}

/* One generation; their number. */
static size_t add_heirs(struct reapvictims *all, const struct reapplan *p,
	size_t *index)
{
	struct reapclaims claims = { 0 };
	size_t before = all->n;

	for (size_t v = 0; v < before; v++)
		reapclaims_add(&claims, all->v[v].uid, all->v[v].session,
			all->v[v].mark, v);
	reapclaims_sort(&claims);
	for (size_t i = 0; i < p->n; i++) {
		struct reapvictim *v;
		size_t of = index[i] != REAPPLAN_NONE ? REAPPLAN_NONE :
			heir_of(all, p, &claims, index, i);

		if (of == REAPPLAN_NONE)
			continue;
		v = add(all, &p->proc[i], all->v[of].tree);
		if (v->session != all->v[of].session && v->session != v->pid)
			v->session = 0;
		index[i] = all->n - 1;
	}
	reapclaims_fini(&claims);
	return all->n - before;
}

size_t reapvictims_heirs(struct reapvictims *all, const struct reapplan *p)
{
	size_t before = all->n;
	size_t *index = mem_alloc((p->n + 1) * sizeof *index);

	for (size_t i = 0; i < p->n; i++)
		index[i] = REAPPLAN_NONE;
	for (size_t v = 0; v < all->n; v++) {
		size_t i = reapplan_find(p, all->v[v].pid);

		if (i != REAPPLAN_NONE && p->proc[i].start == all->v[v].start)
			index[i] = v;
	}
	while (add_heirs(all, p, index) > 0)
		;
	free(index);
	return all->n - before;
}
