/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the session's agent without the scheduler, which may be slow or down: an
 * agent that proves the key of its folder is the session, whatever else is known.
 *
 *	folders of the name -> of our cluster? -> ask them -> the newest that
 *	answers -> found(); those that answer besides are told to end
 *
 * Which cluster this is tells a record of an earlier front on this host, or else
 * the launcher, which reads a configuration for that. One that does not say it
 * in time leaves all of them in.
 */
#include "front/job/seek.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/job/ask.h"
#include "front/job/finish.h"
#include "front/job/folders.h"
#include "front/job/launcher.h"
#include "front/job/scope.h"
#include "os/clock.h"
#include "os/log.h"

#define SCOPE_MS 400		/* for the launcher to tell the cluster */
#define NEWEST_MAX 16		/* agents are asked, the newest */

struct seek {
	const struct invocation *inv;
	long long began;
	struct folders folders;
	char scope[SCOPE_MAX];
	struct launcher_call *call;	/* for the scope */
	struct event *timer;		/* to begin, then for the scope */
	struct ask *ask;
	size_t winner;			/* of folders; n: none */
	struct finish *finish[NEWEST_MAX];
	void (*found)(const struct place *, void *);
	void (*nobody)(void *);
	void *arg;
};

static void first_answered(void *arg)
{
	struct seek *s = arg;
	struct place p;

	s->winner = ask_first(s->ask);
	if (s->winner == s->folders.n) {
		s->nobody(s->arg);
		return;
	}
	ask_place(s->ask, s->winner, &p);
	p.by_agent = 1;
	snprintf(p.scope, sizeof p.scope, "%s",
		s->folders.row[s->winner].about.scope);
	snprintf(p.asked, sizeof p.asked, "%s",
		s->folders.row[s->winner].about.asked);
	log_info("job %s: its agent on %s answers", p.job, p.at.node);
	s->found(&p, s->arg);
	explicit_bzero(&p, sizeof p);
}

static void older_finished(int ended, const struct err *why, void *arg)
{
	(void)arg;
	if (!ended)
		log_warning("an older job of the session does not end: %s",
			why->text);
}

/* Two agents of one session: the scheduler had given the older one up. */
static void end_older(void *arg)
{
	struct seek *s = arg;
	char reason[128];

	for (size_t i = s->winner + 1; i < s->folders.n; i++) {
		struct place p;

		if (ask_report(s->ask, i) == NULL)
			continue;
		snprintf(reason, sizeof reason, "a newer job of the session, %s, has taken its place",
			ask_report(s->ask, s->winner)->job);
		ask_place(s->ask, i, &p);
		log_warning("job %s: %s; it is told to end", p.job, reason);
		s->finish[i] = finish_new(s->inv, &p, reason, NULL,
			older_finished, s);
		explicit_bzero(&p, sizeof p);
	}
}

static const struct ask_ops ask_ops = {
	.settled = first_answered,
	.done = end_older,
};

static void ask_agents(struct seek *s)
{
	const char *tags[NEWEST_MAX];
	int left = SEEK_MS - (int)(clock_ms() - s->began);

	launcher_cancel(s->call);
	s->call = NULL;
	event_del(s->timer);
	folders_of_scope(&s->folders, s->scope);
	if (s->folders.n > NEWEST_MAX)
		s->folders.n = NEWEST_MAX;
	for (size_t i = 0; i < s->folders.n; i++)
		tags[i] = s->folders.row[i].tag;
	s->ask = ask_new(s->inv, tags, s->folders.n, left > 0 ? left : 0,
		&ask_ops, s);
}

static void scope_record(const struct kv *kv, void *arg)
{
	struct seek *s = arg;
	const char *scope = kv_get(kv, "scope");

	if (scope != NULL)
		snprintf(s->scope, sizeof s->scope, "%s", scope);
}

static void scope_ended(const struct launcher_end *end, void *arg)
{
	struct seek *s = arg;

	s->call = NULL;
	if (end->ok)
		scope_learn(s->inv, s->scope);
	ask_agents(s);
}

/* In the first turn of the loop, since TLS is not ready before. */
static void ask_scope(struct seek *s)
{
	struct buf request = { 0 };

	if (s->folders.n == 0 || scope_known(s->inv, s->scope)) {
		ask_agents(s);
		return;
	}
	kv_write(&request, "state-dir", s->inv->state_dir);
	s->call = launcher_run(s->inv, "scope", &request,
		s->inv->opt->job.launcher_timeout, scope_record, scope_ended,
		s);
	event_add(s->timer, &(struct timeval){ .tv_usec = SCOPE_MS * 1000 });
}

static void seek_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct seek *s = arg;

	(void)fd;
	(void)what;
	if (s->call != NULL)
		ask_agents(s);
	else
		ask_scope(s);
}

struct seek *seek_new(const struct invocation *inv,
	void (*found)(const struct place *, void *), void (*nobody)(void *),
	void *arg)
{
	struct seek *s = mem_alloc(sizeof *s);

	s->inv = inv;
	s->found = found;
	s->nobody = nobody;
	s->arg = arg;
	s->began = clock_ms();
	s->timer = evtimer_new(inv->base, seek_timer_cb, s);
	event_add(s->timer, &(struct timeval){ 0 });
	folders_find(&s->folders, inv, inv->opt->session.name);
	return s;
}

void seek_free(struct seek *s)
{
	if (s == NULL)
		return;
	launcher_cancel(s->call);
	ask_free(s->ask);
	for (size_t i = 0; i < NEWEST_MAX; i++)
		finish_free(s->finish[i]);
	folders_fini(&s->folders);
	event_free(s->timer);
	free(s);
}
