/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Filters in a row, see the header. Bytes are pushed: a filter's data() calls
 * that of the next through filter_pass(), so that nothing is copied on the way.
 * Only what comes to a filter that holds is, and waits there.
 */
#include "net/filter.h"

void filters_add(struct filters *all, struct filter *f,
	const struct filter_ops *ops)
{
	f->ops = ops;
	f->filters = all;
	if (all->last != NULL)
		all->last->next = f;
	else
		all->first = f;
	all->last = f;
}

void filters_set_target(struct filters *all,
	const struct filter_target *target, void *arg)
{
	all->target = target;
	all->arg = arg;
}

void filter_fini(struct filter *f)
{
	buf_fini(&f->waiting);
}

/*
 * Hand bytes to filter f, or to the target when f is NULL: they are through all
 * filters.
 */
static void filter_give(struct filters *all, struct filter *f, const char *data,
	size_t len)
{
	size_t taken = 0;

	if (f == NULL) {
		if (len > 0)
			all->target->data(data, len, all->arg);
		return;
	}
	if (!f->holds) {
		f->is_busy = 1;
		taken = f->ops->data(f, data, len);
		f->is_busy = 0;
	}
	if (taken < len)
		buf_append(&f->waiting, data + taken, len - taken);
}

static void filter_end(struct filters *all, struct filter *f)
{
	for (; f != NULL; f = f->next) {
		f->ended = 1;
		if (!f->holds && f->ops->end != NULL) {
			f->is_busy = 1;
			f->ops->end(f);
			f->is_busy = 0;
		}
		if (f->holds)
			return;
	}
	all->target->end(all->arg);
}

void filters_put(struct filters *all, const char *data, size_t len)
{
	filter_give(all, all->first, data, len);
}

void filters_end(struct filters *all)
{
	filter_end(all, all->first);
}

void filter_pass(struct filter *f, const char *data, size_t len)
{
	filter_give(f->filters, f->next, data, len);
}

void filter_hold(struct filter *f)
{
	if (f->holds)
		return;
	f->holds = 1;
	f->filters->n_holding++;
}

void filter_release(struct filter *f)
{
	struct filters *all = f->filters;
	struct buf waiting = f->waiting;

	if (!f->holds)
		return;
	f->holds = 0;
	all->n_holding--;
	if (f->is_busy)
		return;
	f->waiting = (struct buf){ 0 };
	filter_give(all, f, buf_data(&waiting), waiting.len);
	buf_fini(&waiting);
	if (f->ended && !f->holds) {
		/* Whoever hears of the end may free all this. */
		filter_end(all, f);
		return;
	}
	if (all->n_holding == 0)
		all->target->released(all->arg);
}
