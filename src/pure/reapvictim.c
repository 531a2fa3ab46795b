/* SPDX-License-Identifier: BSD-2-Clause */
#include "pure/reapvictim.h"

#include <stdlib.h>
#include <string.h>

#include "pure/mem.h"

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
		struct reapvictim *v = add(all, &p->proc[t->member[i]],
			number);

		/* see reapplan.c: belongs() */
		if (v->session == root->session && v->session != root->pid)
			v->session = 0;
	}
}

/* Is it a victim, the very same process? Its index, or -1. */
static size_t known(const size_t *index, const struct reapplan *p, size_t i)
{
	return i < p->n ? index[i] : REAPPLAN_NONE;
}

static size_t by_mark(const struct reapvictims *all,
	const struct reapplan_proc *proc)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct reapvictim *v = &all->v[i];

		if (v->uid != proc->uid)
			continue;
		if (v->session != 0 && v->session == proc->session)
			return i;
		for (size_t m = 0; m < REAPPLAN_MARKS; m++)
			if (v->mark[m] != 0 && v->mark[m] == proc->mark[m])
				return i;
	}
	return REAPPLAN_NONE;
}

/* Whose heir is it? The victim's index, or REAPPLAN_NONE. */
static size_t heir_of(const struct reapvictims *all, const struct reapplan *p,
	const size_t *index, size_t i)
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
	return by_mark(all, proc);
}

size_t reapvictims_heirs(struct reapvictims *all, const struct reapplan *p)
{
	size_t before = all->n, found;
	size_t *index = mem_alloc((p->n + 1) * sizeof *index);

	for (size_t i = 0; i < p->n; i++)
		index[i] = REAPPLAN_NONE;
	for (size_t v = 0; v < all->n; v++) {
		size_t i = reapplan_find(p, all->v[v].pid);

		if (i != REAPPLAN_NONE && p->proc[i].start == all->v[v].start)
			index[i] = v;
	}
	do {
		found = 0;
		for (size_t i = 0; i < p->n; i++) {
			struct reapvictim *v;
			size_t of;

			if (index[i] != REAPPLAN_NONE)
				continue;
			of = heir_of(all, p, index, i);
			if (of == REAPPLAN_NONE)
				continue;
			v = add(all, &p->proc[i], all->v[of].tree);
			if (v->session != all->v[of].session &&
				v->session != v->pid)
				v->session = 0;
			index[i] = all->n - 1;
			found++;
		}
	} while (found > 0);
	free(index);
	return all->n - before;
}
