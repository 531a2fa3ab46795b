/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes the job back, or says that it stays: takeback.c decides by what the
 * scheduler has just said. Before the job is ended its folder is marked as given
 * up, and only then looked into for others that wait: so of a front that gives up
 * and one that comes at least one sees the other, and nobody waits for a job that
 * is being ended.
 */
#include "front/job/giveup.h"

#include <string.h>

#include "front/job/called.h"
#include "front/job/front_event.h"
#include "front/job/front_request.h"
#include "front/job/launcher.h"
#include "os/log.h"

static void end_answered(const struct launcher_end *end, void *arg)
{
	struct giveup *g = arg;

	g->call = NULL;
	if (end->ok || strcmp(end->class, "gone") == 0) {
		g->marked = 0;
		log_tell("job %s was cancelled: nobody else waited for it",
			g->job->id);
		front_event(g->inv, "cancel", NULL, g->job->id,
			"nobody else waited for it");
		folder_remove(g->folder, g->job->tag);
	} else {
		log_fail("job %s stays: %s", g->job->id, end->message.text);
	}
	g->ops->done(g->arg);
}

static void take_back(struct giveup *g)
{
	struct buf request = { 0 };

	front_request_job(g->inv, g->job->id, &request);
	g->call = launcher_run(g->inv, "end", &request,
		g->inv->opt->job.launcher_timeout, NULL, end_answered, g);
}

static enum takeback_others who_else_waits(struct giveup *g)
{
	if (g->ops->enter(g->arg) == -1)
		return TAKEBACK_CANNOT_TELL;
	g->marked = folder_give_up(g->folder) == 0;
	return g->marked ? TAKEBACK_NOBODY : TAKEBACK_SOMEBODY;
}

static void tell_that_it_stays(const struct giveup *g, const char *made,
	const char *why)
{
	const char *id = g->job->id[0] != '\0' ? g->job->id : made;

	log_tell("%s%s stays, since %s; `%s` ends it",
		id[0] != '\0' ? "job " : "a job that was made", id, why,
		called_for(g->inv, "cancel").s);
}

enum takeback giveup_job(struct giveup *g, struct takeback_facts facts,
	const struct job *job, const char *made)
{
	enum takeback what;
	const char *why;

	g->job = job;
	/* Nobody is looked for unless it hangs on that. */
	facts.others = TAKEBACK_NOBODY;
	what = takeback_decide(&facts, &why);
	if (what == TAKEBACK_END) {
		facts.others = who_else_waits(g);
		what = takeback_decide(&facts, &why);
	}
	if (what == TAKEBACK_END)
		take_back(g);
	else if (what == TAKEBACK_STAYS)
		tell_that_it_stays(g, made, why);
	return what;
}

void giveup_init(struct giveup *g, const struct invocation *inv,
	struct folder *folder, const struct giveup_ops *ops, void *arg)
{
	*g = (struct giveup){ .inv = inv, .folder = folder, .ops = ops,
		.arg = arg };
}

void giveup_fini(struct giveup *g)
{
	launcher_cancel(g->call);
	if (g->marked)
		folder_keep(g->folder);
}
