/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The held line: held_scan() finds it, the filter holds, hold() has a listener
 * made (front/front_forward.c asks the agent first), interceptor_answer() puts its port
 * in and lets go. What follows the line waits in the node meanwhile.
 */
#include "front/interceptor.h"

#include "os/clock.h"
#include "os/log.h"

/*
 * So often as long as one line may be held in all; then each is asked about once.
 * A program may print any number that name no listener.
 */
#define HOLDS 4

static size_t intercept(struct filter *f, const char *data, size_t len)
{
	struct interceptor *i = (struct interceptor *)f;
	struct held_event ev;
	size_t taken = 0;

	for (;;) {
		taken += held_scan(&i->held, data + taken, len - taken, &ev);
		if (ev.kind == HELD_NONE)
			return taken;
		if (ev.kind == HELD_PASS) {
			filter_pass(f, ev.data, ev.len);
			continue;
		}
		i->in_block = ev.in_block;
		i->since = clock_ms();
		filter_hold(f);
		i->hold(&ev, i->left, i->arg);
		if (f->holds)
			return taken;
	}
}

static void intercept_rest(struct filter *f)
{
	struct interceptor *i = (struct interceptor *)f;

	held_flush(&i->held);
	(void)intercept(f, NULL, 0);
}

static const struct filter_ops ops = { intercept, intercept_rest };

void interceptor_init(struct interceptor *i, struct filters *of_stdout,
	long long wait_ms, void (*hold)(const struct held_event *, long long,
	void *), void *arg)
{
	held_init(&i->held);
	i->left = HOLDS * wait_ms;
	i->hold = hold;
	i->arg = arg;
	filters_add(of_stdout, &i->filter, &ops);
}

void interceptor_fini(struct interceptor *i)
{
	filter_fini(&i->filter);
}

void interceptor_answer(struct interceptor *i, uint16_t port, const char *path,
	const struct err *why)
{
	i->left -= clock_ms() - i->since;
	if (i->left < 0)
		i->left = 0;
	if (port != 0) {
		held_release_port(&i->held, port);
	} else if (path == NULL && !i->in_block) {
		/* Just a line that looks like one: nobody's client waits. */
		log_info("%s: the line passes as it is", why->text);
		held_release_same(&i->held);
	} else if (path == NULL || held_release_path(&i->held, path) == -1) {
		log_fail("%s; the client is told that its server did not start",
			why->text);
		held_release_empty(&i->held);
	}
	filter_release(&i->filter);
}
