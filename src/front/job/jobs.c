/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One answer of the launcher to find. It stays as it is until it is asked for
 * again, since lineups point into it. Whoever asks keeps what it says of its
 * scope (scope_learn), at once or aside: the file system may hang.
 */
#include "front/job/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/job/front_request.h"

static void forget(struct jobs *all)
{
	free(all->job);
	all->job = NULL;
	all->n = 0;
	all->scope[0] = all->link_network[0] = '\0';
	all->of_all_users = 0;
}

void jobs_fini(struct jobs *all)
{
	launcher_cancel(all->call);
	all->call = NULL;
	forget(all);
}

static void find_record(const struct kv *record, void *arg)
{
	struct jobs *all = arg;
	const char *scope = kv_get(record, "scope");
	const char *network = kv_get(record, "link-address");
	const char *of_all = kv_get(record, "all-users");
	struct job j = job_read(record);

	if (scope != NULL)
		snprintf(all->scope, sizeof all->scope, "%s", scope);
	if (network != NULL)
		snprintf(all->link_network, sizeof all->link_network, "%s",
			network);
	if (of_all != NULL)
		all->of_all_users = strcmp(of_all, "yes") == 0;
	if (j.id[0] == '\0')
		return;
	all->job = mem_realloc(all->job, (all->n + 1) * sizeof j);
	all->job[all->n++] = j;
}

static void find_ended(const struct launcher_end *end, void *arg)
{
	struct jobs *all = arg;

	all->call = NULL;
	if (end->ok)
		all->found(all->arg);
	else if (all->failed != NULL)
		all->failed(end, all->arg);
	else
		launcher_fail(all->inv, end);
}

/* request is the launcher's, and is emptied. */
static void ask_launcher(struct jobs *all, const struct invocation *inv,
	struct buf *request, void (*found)(void *),
	void (*failed)(const struct launcher_end *, void *), void *arg)
{
	forget(all);
	all->inv = inv;
	all->found = found;
	all->failed = failed;
	all->arg = arg;
	all->call = launcher_run(inv, "find", request,
		inv->opt->job.launcher_timeout, find_record, find_ended, all);
}

void jobs_find(struct jobs *all, const struct invocation *inv, const char *tag,
	void (*found)(void *),
	void (*failed)(const struct launcher_end *, void *), void *arg)
{
	struct buf request = { 0 };

	front_request_find(inv, NULL, tag, &request);
	ask_launcher(all, inv, &request, found, failed, arg);
}

void jobs_find_all_users(struct jobs *all, const struct invocation *inv,
	void (*found)(void *), void *arg)
{
	struct buf request = { 0 };

	kv_write(&request, "all-users", "1");
	front_request_find(inv, NULL, NULL, &request);
	ask_launcher(all, inv, &request, found, NULL, arg);
}

const struct job *jobs_of(const struct jobs *all, const char *session)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->job[i].session, session) == 0)
			return &all->job[i];
	return NULL;
}

int jobs_has_tag(const struct jobs *all, const char *tag)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->job[i].tag, tag) == 0)
			return 1;
	return 0;
}

char *jobs_names(const struct jobs *all)
{
	struct buf text = { 0 };
	char *copy;

	for (size_t i = 0; i < all->n; i++)
		if (jobs_of(all, all->job[i].session) == &all->job[i])
			buf_printf(&text, "%s%s", text.len ? ", " :
				"you have: ", all->job[i].session);
	copy = text.len > 0 ? mem_strndup(buf_data(&text), text.len) :
		mem_strdup("you have none");
	buf_fini(&text);
	return copy;
}
