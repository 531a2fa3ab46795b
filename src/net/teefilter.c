/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/teefilter.h"

static size_t tee_data(struct filter *f, const char *data, size_t len)
{
	struct teefilter *t = (struct teefilter *)f;

	tee_write(t->tee, data, len);
	filter_pass(f, data, len);
	return len;
}

static const struct filter_ops ops = { .data = tee_data };

void teefilter_init(struct teefilter *f, struct filters *all, struct tee *t)
{
	f->tee = t;
	filters_add(all, &f->filter, &ops);
}
