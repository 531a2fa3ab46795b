/* SPDX-License-Identifier: BSD-2-Clause */
#include "../net.h"

#include <sys/queue.h>

#include "net/alarm.h"

/* The wait of a minute made shorter. */
static int impatience = 1;

static void alarm_set_sooner(struct alarm *a, long long ms)
{
	alarm_set(a, ms / impatience);
}

#define alarm_set alarm_set_sooner
#include "front/spare.c"
#undef alarm_set

#include "net/listener.h"

#define LINKS_MAX 50

/* The agent: how many links it has, and had. */
static struct {
	struct link *link[LINKS_MAX];
	int n, had, requests;
	struct listener *listener;
	struct sockaddr_in addr;
} agent;

static struct tls_key key;
static struct spares *spares;

static void agent_frame(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)arg;
	assert_int_equal(f->type, FRAME_CONNECT);
	agent.requests++;
}

static void agent_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct link **place = arg;

	(void)why;
	(void)auth;
	*place = NULL;
	agent.n--;
	link_free(l);
}

static const struct link_ops agent_ops = {
	.frame = agent_frame,
	.down = agent_down,
};

static void accepted(int fd, void *arg)
{
	struct link **place = &agent.link[agent.had++];

	(void)arg;
	assert_true(agent.had <= LINKS_MAX);
	agent.n++;
	*place = link_serve(evbase, fd, &key, &agent_ops, place);
}

static int ups(void)
{
	struct spare *x;
	int n = 0;

	TAILQ_FOREACH(x, &spares->list, next)
		n += link_is_up(x->link);
	return n;
}

static void user_frame(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;
}

static void user_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)why;
	(void)auth;
	++*(int *)arg;
	link_free(l);
}

static const struct link_ops user_ops = {
	.frame = user_frame,
	.down = user_down,
};

static void keeps_some_ready(void **state)
{
	struct link *l;
	int downs = 0;

	(void)state;
	assert_null(spares_take(spares));
	WAIT_FOR(ups() == READY);
	assert_int_equal(agent.n, READY);
	l = spares_take(spares);
	assert_non_null(l);
	assert_int_equal(spares->n, READY - 1);
	link_set_ops(l, &user_ops, &downs);
	link_send(l, FRAME_CONNECT, 0, "\0\1\0\0", 4);
	WAIT_FOR(agent.requests == 1 && ups() == READY);
	/* Given back, it is the first to be taken again. */
	spares_give(spares, l);
	assert_int_equal(spares->n, READY + 1);
	assert_ptr_equal(spares_take(spares), l);
	link_set_ops(l, &user_ops, &downs);
	spares_give(spares, l);
	assert_int_equal(downs, 0);
}

static void forgets_the_dead(void **state)
{
	struct link *l;
	int downs = 0;

	(void)state;
	WAIT_FOR(ups() == READY + 1);
	for (int i = 0; i < agent.had; i++)
		if (agent.link[i] != NULL) {
			link_free(agent.link[i]);
			agent.link[i] = NULL;
			agent.n--;
		}
	/* One that was taken before that was noticed tells its user. */
	l = spares_take(spares);
	assert_non_null(l);
	link_set_ops(l, &user_ops, &downs);
	link_send(l, FRAME_CONNECT, 0, "\0\1\0\0", 4);
	WAIT_FOR(downs == 1 && spares->n == 0);
	/* The agent wanted it so: no others before somebody comes. */
	assert_false(event_pending(&spares->refill, EV_TIMEOUT, NULL));
	assert_null(spares_take(spares));
	WAIT_FOR(ups() == READY && agent.n == READY);
}

static void has_not_too_many(void **state)
{
	struct link *l[LINKS_MAX];
	int n = 0, downs = 0;

	(void)state;
	while (n < KEPT_MAX + 5) {
		WAIT_FOR(ups() > 0);
		l[n] = spares_take(spares);
		link_set_ops(l[n++], &user_ops, &downs);
	}
	WAIT_FOR(ups() == READY);
	while (n > 0)
		spares_give(spares, l[--n]);
	assert_int_equal(spares->n, KEPT_MAX);
	WAIT_FOR(agent.n == KEPT_MAX);
	assert_int_equal(downs, 0);
}

/* Nobody speaks on a link without a request. */
static void wants_silence(void **state)
{
	int i = 0;

	(void)state;
	WAIT_FOR(ups() == KEPT_MAX);
	while (agent.link[i] == NULL)
		i++;
	link_send(agent.link[i], FRAME_DATA, 0, "x", 1);
	WAIT_FOR(agent.n == KEPT_MAX - 1);
	assert_int_equal(spares->n, KEPT_MAX - 1);
}

static void goes_when_nobody_comes(void **state)
{
	int had = agent.had;

	(void)state;
	impatience = 2000;
	spares_wanted(spares);
	WAIT_FOR(spares->n == 0 && agent.n == 0);
	assert_int_equal(agent.had, had);
	assert_false(event_pending(&spares->refill, EV_TIMEOUT, NULL));
	assert_false(alarm_is_set(spares->idle));
	impatience = 1;
	assert_null(spares_take(spares));
	WAIT_FOR(ups() == READY);
}

static int group_setup(void **state)
{
	static const unsigned char secret[TLS_SECRET_SIZE] = "secret";
	struct err e;

	(void)state;
	loop_init();
	link_set_hello("test 1.0", "here");
	if (tls_init(&e) == -1)
		return -1;
	tls_key_derive(&key, secret, "0123456789abcdef", "front");
	agent.listener = listener_open(evbase, "127.0.0.1", 0, 16, NULL,
		accepted, NULL, &e);
	if (agent.listener == NULL)
		return -1;
	agent.addr = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(listener_port(agent.listener)),
	};
	spares = spares_new(evbase, (struct sockaddr *)&agent.addr,
		sizeof agent.addr, &key);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	spares_free(spares);
	WAIT_FOR(agent.n == 0);
	listener_close(agent.listener);
	link_fini();
	tls_fini();
	loop_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_some_ready),
		cmocka_unit_test(forgets_the_dead),
		cmocka_unit_test(has_not_too_many),
		cmocka_unit_test(wants_silence),
		cmocka_unit_test(goes_when_nobody_comes),
	};

	return cmocka_run_group_tests_name("spare", tests, group_setup,
		group_teardown);
}
