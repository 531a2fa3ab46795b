/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command cancel: find all jobs, end those of the sessions that are meant,
 * all at once, and look again, since a front that raced may have made another
 * meanwhile, until there is none left that was not ended yet.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "front/commands.h"
#include "front/folder.h"
#include "front/jobs.h"
#include "front/launcher.h"
#include "front/request.h"
#include "os/log.h"
#include "pure/mem.h"

struct cancel {
	struct front *front;
	struct jobs jobs;
	struct ending **ending;		/* all, also of earlier looks */
	size_t n, left;			/* left: those that still go on */
	int status;
};

/* A job that is being ended, or was. */
struct ending {
	struct cancel *cancel;
	struct job job;
	struct launcher_call *call;
};

static void look(struct cancel *c);

static void ended(const struct launcher_end *end, void *arg)
{
	struct ending *g = arg;
	struct cancel *c = g->cancel;
	struct folder folder;

	g->call = NULL;
	if (!end->ok && strcmp(end->class, "gone") != 0) {
		log_fail("session '%s': job %s: %s", g->job.session, g->job.id,
			end->message.text);
		c->status = launcher_status(end->class);
	} else {
		log_tell("session '%s': job %s ended", g->job.session,
			g->job.id);
		/* An agent that ran removes it. */
		folder_init(&folder, c->front->state_dir);
		if (!job_is(&g->job, "running"))
			folder_remove(&folder, g->job.tag);
	}
	if (--c->left == 0)
		look(c);
}

static void end(struct cancel *c, const struct job *j)
{
	struct ending *g = mem_alloc(sizeof *g);
	struct buf request = { 0 };

	g->cancel = c;
	g->job = *j;
	c->ending = mem_realloc(c->ending, (c->n + 1) * sizeof *c->ending);
	c->ending[c->n++] = g;
	c->left++;
	request_job(c->front, j->id, &request);
	g->call = launcher_run(c->front, "end", &request,
		c->front->opt.launcher_timeout, NULL, ended, g);
}

static int is_meant(const struct cancel *c, const struct job *j)
{
	const struct options *o = &c->front->opt;

	if (o->all || (o->operands.n == 0 &&
		strcmp(o->session, j->session) == 0))
		return 1;
	for (size_t i = 0; i < o->operands.n; i++)
		if (strcmp(o->operands.word[i], j->session) == 0)
			return 1;
	return 0;
}

static int is_ended(const struct cancel *c, const struct job *j)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->ending[i]->job.id, j->id) == 0)
			return 1;
	return 0;
}

/* A name that is none is told, with those that it may have meant. */
static void tell_missing(const struct cancel *c)
{
	const struct options *o = &c->front->opt;
	char *names = jobs_names(&c->jobs);

	if (o->all && c->jobs.n == 0)
		log_tell("there is no session to end");
	if (!o->all && o->operands.n == 0 &&
		jobs_of(&c->jobs, o->session) == NULL)
		log_tell("there is no session '%s' to end; %s", o->session,
			names);
	for (size_t i = 0; i < o->operands.n; i++)
		if (jobs_of(&c->jobs, o->operands.word[i]) == NULL)
			log_tell("there is no session '%s' to end; %s",
				o->operands.word[i], names);
	free(names);
}

static void found(void *arg)
{
	struct cancel *c = arg;

	if (c->n == 0)
		tell_missing(c);
	for (size_t i = 0; i < c->jobs.n; i++)
		if (is_meant(c, &c->jobs.job[i]) &&
			!is_ended(c, &c->jobs.job[i]))
			end(c, &c->jobs.job[i]);
	if (c->left == 0)
		front_exit(c->front, c->status);
}

static void look(struct cancel *c)
{
	jobs_find(&c->jobs, c->front, found, c);
}

static void cancel_free(void *arg)
{
	struct cancel *c = arg;

	jobs_fini(&c->jobs);
	for (size_t i = 0; i < c->n; i++) {
		launcher_cancel(c->ending[i]->call);
		free(c->ending[i]);
	}
	free(c->ending);
	free(c);
}

void cancel_run(struct front *f)
{
	struct cancel *c = mem_alloc(sizeof *c);

	c->front = f;
	c->status = EX_OK;
	f->work = c;
	f->work_free = cancel_free;
	look(c);
}
