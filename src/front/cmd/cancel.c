/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command cancel: find all sessions, end those that are meant, all at once,
 * and look again, since a front that raced may have made another meanwhile,
 * until there is none left that was not ended yet. A job is ended by the
 * scheduler, and its agent is told, too: one whose node the scheduler has lost
 * hears of it by nobody else, and neither does one that it does not know.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "front/cmd/commands.h"
#include "front/cmd/roster.h"
#include "front/job/finish.h"
#include "front/job/folder.h"
#include "front/job/front_event.h"
#include "front/job/front_request.h"
#include "front/job/launcher.h"
#include "front/parting.h"
#include "os/log.h"

#define REASON "it was cancelled"

struct cancel {
	const struct invocation *inv;
	struct roster roster;
	struct ending **ending;		/* all, also of earlier looks */
	size_t n, left;			/* left: those that still go on */
	int status;
};

/* Where the ending of a session is. */
enum step {
	TELLING,	/* its agent, that the end is meant */
	ENDING,		/* the launcher ends the job; the agent is told when it has */
	ENDING_ALONE,	/* the same, and the agent is gone */
	ENDED,		/* the job; its agent may still be there */
};

/* A session that is being ended, or was. */
struct ending {
	struct cancel *cancel;
	struct job job;
	enum step step;
	int listed;			/* the scheduler knew it */
	int answers;			/* its agent did, which is at place */
	struct place place;
	struct launcher_call *call;
	struct finish *finish;
};

static void cancel_look(struct cancel *c);

static void over(struct ending *g)
{
	if (--g->cancel->left == 0)
		cancel_look(g->cancel);
}

static void tell_failure(struct ending *g, const char *why, int status)
{
	log_fail("session '%s': job %s: %s", g->job.session, g->job.id, why);
	g->cancel->status = status;
}

static void end_job(struct ending *g);

static void agent_gone(int ended, const struct err *why, void *arg)
{
	struct ending *g = arg;

	finish_free(g->finish);
	g->finish = NULL;
	if (!ended && g->listed)
		log_warning("session '%s': its agent on %s: %s",
			g->job.session, g->job.node, why->text);
	else if (!ended)
		tell_failure(g, why->text, EX_UNAVAILABLE);
	else if (!g->listed)
		log_tell("session '%s': job %s ended, by its agent on %s",
			g->job.session, g->job.id, g->job.node);
	if (g->step == TELLING && g->listed)
		end_job(g);
	else if (g->step != ENDING)
		over(g);
	else
		g->step = ENDING_ALONE;
}

static void job_ended(const struct launcher_end *end, void *arg)
{
	struct ending *g = arg;
	struct folder folder;

	g->call = NULL;
	g->step = ENDED;
	if (!end->ok && strcmp(end->class, "gone") != 0) {
		tell_failure(g, end->message.text, launcher_status(end->class));
	} else {
		log_tell("session '%s': job %s ended", g->job.session,
			g->job.id);
		/* An agent that ran removes it. */
		folder_init(&folder, g->cancel->inv->state_fd,
			g->cancel->inv->state_dir);
		if (!job_is(&g->job, "running")) {
			folder_remove(&folder, g->job.tag);
			front_event(g->cancel->inv, "cancel", g->job.session,
				g->job.id, REASON);
		}
	}
	if (g->finish != NULL)
		finish_end(g->finish);
	else
		over(g);
}

static void end_job(struct ending *g)
{
	struct cancel *c = g->cancel;
	struct buf request = { 0 };

	g->step = ENDING;
	front_request_job(c->inv, g->job.id, &request);
	g->call = launcher_run(c->inv, "end", &request,
		c->inv->opt->job.launcher_timeout, NULL, job_ended, g);
}

/* The agent knows that this end is meant, and so will all fronts. */
static void agent_knows(void *arg)
{
	struct ending *g = arg;

	if (g->listed) {
		end_job(g);
	} else {
		g->step = ENDED;
		finish_end(g->finish);
	}
}

static void cancel_end(struct cancel *c, const struct roster_row *row)
{
	struct ending *g = mem_alloc(sizeof *g);

	g->cancel = c;
	g->job = row->job;
	g->listed = row->listed;
	g->answers = row->report != NULL;
	c->ending = mem_realloc(c->ending, (c->n + 1) * sizeof *c->ending);
	c->ending[c->n++] = g;
	c->left++;
	if (!g->answers) {
		end_job(g);
		return;
	}
	roster_place(&c->roster, row, &g->place);
	g->finish = finish_new(c->inv, &g->place, REASON, agent_knows,
		agent_gone, g);
}

static int is_meant(const char *session, void *arg)
{
	const struct cancel *c = arg;
	const struct options *o = c->inv->opt;
	const struct opt_list *names = &o->line.operands;

	return o->flags.all || optlist_has(names, session) ||
		(names->n == 0 && strcmp(o->session.name, session) == 0);
}

/*
 * Whether this is done already. A job is ended a second time when the scheduler
 * lists it only now, unless its agent was told: each can end it.
 */
static int is_ended(const struct cancel *c, const struct roster_row *row)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->ending[i]->job.tag, row->job.tag) == 0 &&
			strcmp(c->ending[i]->job.id, row->job.id) == 0 &&
			(c->ending[i]->listed == row->listed ||
			c->ending[i]->answers))
			return 1;
	return 0;
}

/* A name of no session is told, with the names that there are. */
static void tell_missing(const struct cancel *c)
{
	const struct options *o = c->inv->opt;
	const struct opt_list *named = &o->line.operands;
	char *names = roster_names(&c->roster);

	if (o->flags.all && c->roster.n == 0)
		log_tell("there is no session to end");
	if (!o->flags.all && named->n == 0 &&
		roster_of(&c->roster, o->session.name) == NULL)
		log_tell("there is no session '%s' to end; %s",
			o->session.name, names);
	for (size_t i = 0; i < named->n; i++)
		if (roster_of(&c->roster, named->word[i]) == NULL)
			log_tell("there is no session '%s' to end; %s",
				named->word[i], names);
	free(names);
}

static void cancel_found(void *arg)
{
	struct cancel *c = arg;
	const struct launcher_end *scheduler = &c->roster.scheduler;
	size_t before = c->n;

	if (c->n == 0 && scheduler->ok)
		tell_missing(c);
	for (size_t i = 0; i < c->roster.n; i++)
		if (is_meant(c->roster.row[i].job.session, c) &&
			!is_ended(c, &c->roster.row[i]))
			cancel_end(c, &c->roster.row[i]);
	if (c->n > before)
		return;
	/* A scheduler that is silent may know of a session that no agent told. */
	if (!scheduler->ok)
		launcher_fail(c->inv, scheduler);
	else
		parting_exit(c->inv->parting, c->status);
}

static void cancel_look(struct cancel *c)
{
	roster_find(&c->roster, c->inv, 1, is_meant, cancel_found, c);
}

static void cancel_free(void *arg)
{
	struct cancel *c = arg;

	roster_fini(&c->roster);
	for (size_t i = 0; i < c->n; i++) {
		launcher_cancel(c->ending[i]->call);
		finish_free(c->ending[i]->finish);
		explicit_bzero(c->ending[i], sizeof *c->ending[i]);
		free(c->ending[i]);
	}
	free(c->ending);
	free(c);
}

static void *cancel_begin(const struct invocation *inv)
{
	struct cancel *c = mem_alloc(sizeof *c);

	c->inv = inv;
	c->status = EX_OK;
	cancel_look(c);
	return c;
}

static const struct command_ops cancel_ops = {
	.begin = cancel_begin,
	.end = cancel_free,
};

const struct command cmd_cancel = {
	.name = "cancel",
	.operands = "[NAME]...",
	.session = COMMAND_EACH,
	.max = -1,
	.help = "end sessions: their jobs and what runs in them",
	.more = "A job that still waits in the queue is taken out. That there is no such session is no failure.",
	.ops = &cancel_ops,
	.destroys = 1,
};

const struct command cmd_exit = {
	.name = "exit",
	.session = COMMAND_NONE,
	.help = "the same as cancel --all",
	.alias = "cancel",
	.option = "--all",
	.destroys = 1,
};
