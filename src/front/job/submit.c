/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The job that this front submits, and its folder. A submit may be lost on its
 * way back: then only an answer to find tells, by the tag, whether there is a job.
 *
 * No job without its secret, and none that could not call us: the folder is
 * made first, and is removed when the job is no more, or never appeared. One
 * that turns up after all and waits gets a new secret from the front that finds
 * it; one that has begun by then cannot open its log, and fails.
 */
#include "front/job/submit.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "front/job/about.h"
#include "front/job/asked.h"
#include "front/job/front_event.h"
#include "front/job/front_request.h"
#include "front/job/fronthook.h"
#include "front/job/stale.h"
#include "os/log.h"

static void run_launcher(struct submit *s, const char *verb,
	struct buf *request, void (*record)(const struct kv *, void *),
	void (*end)(const struct launcher_end *, void *))
{
	s->call = launcher_run(s->inv, verb, request,
		s->inv->opt->job.launcher_timeout, record, end, s);
}

void submit_release(struct submit *s)
{
	s->tag[0] = s->job[0] = '\0';
}

void submit_discard(struct submit *s)
{
	wait_stop(s->wait);
	folder_remove(s->folder, s->tag);
	submit_release(s);
}

static void submit_record(const struct kv *kv, void *arg)
{
	struct submit *s = arg;
	struct job j = job_read(kv);
	const char *note;
	size_t pos = 0;

	memcpy(s->job, j.id, sizeof s->job);
	while ((note = kv_next(kv, "note", &pos)) != NULL)
		log_tell("%s", note);
}

static void submit_refuse(struct submit *s, int status, const char *why)
{
	front_event(s->inv, "refused", NULL, "", why);
	s->ops->refused(status, s->arg);
}

/* The job is there whatever becomes of them. */
static void post_submit_done(const struct err *why, void *arg)
{
	struct submit *s = arg;

	if (why != NULL)
		log_tell("%s", why->text);
	s->ops->submitted(s->arg);
}

/* There is a job: said by the answer, or where that was lost by its being found. */
static void submit_made(struct submit *s)
{
	if (strcmp(s->made, s->job) == 0)
		return;
	memcpy(s->made, s->job, sizeof s->made);
	front_event(s->inv, "submit", NULL, s->job, NULL);
}

static void submit_answered(const struct launcher_end *end, void *arg)
{
	struct submit *s = arg;
	const struct opt_list *hooks = &s->inv->opt->hooks.post_submit;

	s->call = NULL;
	s->answer = *end;
	if (end->ok) {
		log_info("submitted job %s", s->job);
		submit_made(s);
	}
	if (end->ok && hooks->n > 0) {
		if (s->hooks.after == NULL)
			s->hooks.after = fronthook_new(s->inv, post_submit_done, s);
		fronthook_run(s->hooks.after, "post-submit", hooks, s->job);
		return;
	}
	/* A refusal is final; anything else may have made a job. */
	if (end->ok || strcmp(end->class, "unavailable") == 0 ||
		strcmp(end->class, "internal") == 0) {
		s->ops->submitted(s->arg);
		return;
	}
	submit_discard(s);
	log_fail("%s", end->message.text);
	submit_refuse(s, launcher_status(end->class), end->message.text);
}

static void ask_for_job(struct submit *s)
{
	struct buf request = { 0 };
	struct opt_list asked;
	int status = EX_OK;
	struct err e;

	asked_of(&asked, s->inv->opt);
	if (folder_create(s->folder, s->tag, &e) == -1 ||
		about_label(s->folder->fd, s->inv, s->hooks.scope, &asked, &e) == -1)
		status = EX_CANTCREAT;
	else
		status = wait_listen(s->wait, &e);
	optlist_free(&asked);
	if (status != EX_OK) {
		log_fail("%s; no job was submitted", e.text);
		submit_discard(s);
		submit_refuse(s, status, e.text);
		return;
	}
	front_request_submit(s->inv, s->tag, wait_network(s->wait),
		s->hooks.ahead, &request);
	run_launcher(s, "submit", &request, submit_record, submit_answered);
}

static void pre_submit_done(const struct err *why, void *arg)
{
	struct submit *s = arg;

	if (why == NULL) {
		ask_for_job(s);
		return;
	}
	log_fail("%s; no job was submitted", why->text);
	submit_refuse(s, EX_UNAVAILABLE, why->text);
}

void submit_run(struct submit *s, const char *scope, int ahead)
{
	const struct opt_list *hooks = &s->inv->opt->hooks.pre_submit;

	s->hooks.scope = scope;
	s->hooks.ahead = ahead;
	if (hooks->n == 0) {
		ask_for_job(s);
		return;
	}
	if (s->hooks.before == NULL)
		s->hooks.before = fronthook_new(s->inv, pre_submit_done, s);
	fronthook_run(s->hooks.before, "pre-submit", hooks, "");
}

void submit_match(struct submit *s, const struct job *j)
{
	if (j == NULL)
		return;
	memcpy(s->job, j->id, sizeof s->job);
	submit_made(s);
}

int submit_explain_loss(struct submit *s)
{
	struct launcher_end end = s->answer;

	if (!end.ok && strcmp(end.class, "unavailable") == 0) {
		submit_discard(s);
		return -1;
	}
	if (end.ok) {
		snprintf(end.class, sizeof end.class, "internal");
		err_set(&end.message, "%s submit: the answer names no job",
			launcher_name(s->inv).s);
	}
	log_fail("%s", end.message.text);
	front_event(s->inv, "refused", NULL, "", end.message.text);
	/* As of any job that has ended badly, the log stays. */
	wait_stop(s->wait);
	folder_leave(s->folder);
	stale_retire(s->inv, s->tag);
	submit_release(s);
	return launcher_status(end.class);
}

static void submit_ended(const struct launcher_end *end, void *arg)
{
	struct submit *s = arg;

	s->call = NULL;
	if (!end->ok && strcmp(end->class, "gone") != 0)
		log_warning("%s", end->message.text);
	else
		front_event(s->inv, "cancel", NULL, s->job,
			"another job of the session was there first");
	submit_discard(s);
	s->ops->ended(s->arg);
}

void submit_end(struct submit *s)
{
	struct buf request = { 0 };

	if (s->job[0] == '\0') {
		submit_discard(s);
		s->ops->ended(s->arg);
		return;
	}
	front_request_job(s->inv, s->job, &request);
	run_launcher(s, "end", &request, NULL, submit_ended);
}

void submit_init(struct submit *s, const struct invocation *inv,
	struct folder *folder, struct wait *wait, const struct submit_ops *ops,
	void *arg)
{
	*s = (struct submit){ .inv = inv, .folder = folder, .wait = wait,
		.ops = ops, .arg = arg };
}

void submit_fini(struct submit *s)
{
	launcher_cancel(s->call);
	fronthook_free(s->hooks.before);
	fronthook_free(s->hooks.after);
}
