/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All sessions of the user, as list, status and cancel see them.
 *
 * The scheduler and the agents are asked at the same time. What the scheduler
 * has said counts; an agent that it does not name is a session all the same,
 * since the next connection would come to it.
 */
#include "front/cmd/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/job/scope.h"
#include "os/clock.h"

#define AGENTS_MS 2500		/* for all agents, which are asked at once */
#define HURRY_MS 1000		/* for all agents, with hurry */
#define HURRY_SECONDS 3		/* for the scheduler, with hurry */
#define NEWEST_MAX 200		/* agents; each takes descriptors */

static void step(struct roster *r);

static const struct report *report_of(const struct ask *a, const char *tag,
	const char *const *tags, size_t n)
{
	for (size_t i = 0; a != NULL && i < n; i++)
		if (tags[i] != NULL && strcmp(tags[i], tag) == 0)
			return ask_report(a, i);
	return NULL;
}

/* The tags of folders, as ask wants them. To be freed. */
static const char **folder_tags(const struct roster *r)
{
	const char **tags = mem_alloc((r->folders.n + 1) * sizeof *tags);

	for (size_t i = 0; i < r->folders.n; i++)
		tags[i] = r->folders.row[i].tag;
	return tags;
}

static int has_folder(const struct roster *r, const char *tag)
{
	for (size_t i = 0; i < r->folders.n; i++)
		if (strcmp(r->folders.row[i].tag, tag) == 0)
			return 1;
	return 0;
}

static int roster_is_wanted(const struct roster *r, const char *session)
{
	return r->wanted == NULL || r->wanted(session, r->arg);
}

/*
 * The tags of running jobs that were not asked yet, since a file system over the
 * network shows a new folder late; NULL for others. To be freed.
 */
static const char **more_tags(const struct roster *r, size_t *n)
{
	const char **tags = mem_alloc((r->jobs.n + 1) * sizeof *tags);

	*n = 0;
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct job *j = &r->jobs.job[i];

		if (!job_is(j, "running") || has_folder(r, j->tag) ||
			!roster_is_wanted(r, j->session))
			continue;
		tags[i] = j->tag;
		++*n;
	}
	return tags;
}

/* What an agent tells of a job that the scheduler has not named. */
static struct job job_of(const struct folders_row *row,
	const struct report *report)
{
	struct job j = { .status = -1, .age = report->started > 0 ?
		report->started : 0 };

	snprintf(j.id, sizeof j.id, "%s", report->job);
	snprintf(j.tag, sizeof j.tag, "%s", row->tag);
	snprintf(j.session, sizeof j.session, "%s", row->about.session);
	snprintf(j.state, sizeof j.state, "running");
	snprintf(j.node, sizeof j.node, "%s", report->node);
	if (report->left > 0)
		j.ends_ms = clock_ms() + report->left * 1000LL;
	return j;
}

static void roster_add(struct roster *r, const struct job *j,
	const struct report *report, int listed)
{
	r->row = mem_realloc(r->row, (r->n + 1) * sizeof *r->row);
	r->row[r->n++] = (struct roster_row){ *j, report, listed };
}

static void roster_fill(struct roster *r)
{
	const char **asked = folder_tags(r), **more;
	size_t n;

	more = more_tags(r, &n);
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct job *j = &r->jobs.job[i];
		const struct report *report = report_of(r->search.ask, j->tag,
			asked, r->folders.n);

		if (report == NULL)
			report = report_of(r->search.ask_more, j->tag, more,
				r->jobs.n);
		roster_add(r, j, report, 1);
	}
	for (size_t i = 0; i < r->folders.n; i++) {
		const struct report *report = ask_report(r->search.ask, i);
		struct job j;

		if (report == NULL || jobs_has_tag(&r->jobs, asked[i]))
			continue;
		j = job_of(&r->folders.row[i], report);
		roster_add(r, &j, report, 0);
	}
	free(asked);
	free(more);
}

static void agents_heard(void *arg)
{
	struct roster *r = arg;

	r->search.heard_agents = 1;
	step(r);
}

static const struct ask_ops ask_ops = { .done = agents_heard };

static struct ask *roster_ask(struct roster *r, const char **tags, size_t n)
{
	return ask_new(r->inv, tags, n, r->hurry ? HURRY_MS : AGENTS_MS,
		&ask_ops, r);
}

static void ask_folders(struct roster *r)
{
	const char **tags = folder_tags(r);

	for (size_t i = 0; i < r->folders.n; i++)
		if (i >= NEWEST_MAX ||
			!roster_is_wanted(r, r->folders.row[i].about.session))
			tags[i] = NULL;
	r->search.ask = roster_ask(r, tags, r->folders.n);
	free(tags);
}

static void ask_more(struct roster *r)
{
	size_t n;
	const char **tags = more_tags(r, &n);

	if (n > 0) {
		r->search.heard_agents = 0;
		r->search.ask_more = roster_ask(r, tags, r->jobs.n);
	}
	free(tags);
}

static void step(struct roster *r)
{
	if (!r->search.heard_agents || !r->search.heard_scheduler)
		return;
	if (r->search.ask_more == NULL)
		ask_more(r);
	if (!r->search.heard_agents)
		return;
	event_del(r->search.timer);
	roster_fill(r);
	r->done(r->arg);
}

static void roster_found(void *arg)
{
	struct roster *r = arg;

	scope_learn(r->inv, r->jobs.scope);
	r->search.heard_scheduler = 1;
	r->scheduler.ok = 1;
	step(r);
}

static void failed(const struct launcher_end *end, void *arg)
{
	struct roster *r = arg;

	r->search.heard_scheduler = 1;
	r->scheduler = *end;
	step(r);
}

/*
 * Set twice: at the start, when agents are asked as soon as the loop runs, since
 * TLS is not ready before; then, with hurry, for how long the scheduler has.
 */
static void roster_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct roster *r = arg;
	struct launcher_end late = { .class = "unavailable" };

	(void)fd;
	(void)what;
	if (r->search.ask == NULL) {
		ask_folders(r);
		if (r->hurry)
			event_add(r->search.timer, &(struct timeval){
				.tv_sec = HURRY_SECONDS });
	} else if (!r->search.heard_scheduler &&
		ask_first(r->search.ask) < r->folders.n) {
		err_set(&late.message, "the scheduler has not answered for %d s",
			HURRY_SECONDS);
		jobs_fini(&r->jobs);
		failed(&late, r);
	}
}

void roster_fini(struct roster *r)
{
	if (r->inv == NULL)
		return;
	jobs_fini(&r->jobs);
	ask_free(r->search.ask);
	ask_free(r->search.ask_more);
	folders_fini(&r->folders);
	event_free(r->search.timer);
	free(r->row);
	*r = (struct roster){ 0 };
}

void roster_find(struct roster *r, const struct invocation *inv, int hurry,
	int (*wanted)(const char *, void *), void (*done)(void *), void *arg)
{
	char scope[SCOPE_MAX];

	roster_fini(r);
	r->inv = inv;
	r->hurry = hurry;
	r->wanted = wanted;
	r->done = done;
	r->arg = arg;
	r->search.timer = evtimer_new(inv->base, roster_timer_cb, r);
	event_add(r->search.timer, &(struct timeval){ 0 });
	folders_find(&r->folders, inv, NULL);
	if (scope_known(inv, scope))
		folders_of_scope(&r->folders, scope);
	jobs_find(&r->jobs, inv, NULL, roster_found, failed, r);
}

const struct roster_row *roster_of(const struct roster *r, const char *session)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->row[i].job.session, session) == 0)
			return &r->row[i];
	return NULL;
}

char *roster_names(const struct roster *r)
{
	struct buf text = { 0 };
	char *copy;

	for (size_t i = 0; i < r->n; i++) {
		const char *name = r->row[i].job.session;

		if (roster_of(r, name) == &r->row[i])
			buf_printf(&text, "%s%s", text.len ? ", " :
				"you have: ", name);
	}
	copy = text.len > 0 ? mem_strndup(buf_data(&text), text.len) :
		mem_strdup("you have none");
	buf_fini(&text);
	return copy;
}

void roster_place(const struct roster *r, const struct roster_row *row,
	struct place *p)
{
	for (size_t i = 0; i < r->folders.n; i++)
		if (ask_report(r->search.ask, i) == row->report)
			ask_place(r->search.ask, i, p);
	for (size_t i = 0; r->search.ask_more != NULL && i < r->jobs.n; i++)
		if (ask_report(r->search.ask_more, i) == row->report)
			ask_place(r->search.ask_more, i, p);
}
