/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command estimate: when a job would start, of each profile, or of one. The
 * words of the command line are read anew for each as if --profile stood before
 * them, so that it asks for what a connection by that profile would.
 *
 * Profiles are asked for one after the other, each by a call of its launcher. What
 * is no answer about a job, such as that the scheduler is down, ends all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/mem.h"
#include "base/table.h"
#include "front/cmd/command.h"
#include "front/cmd/commands.h"
#include "front/cmd/newverb.h"
#include "front/cmd/show.h"
#include "front/job/front_request.h"
#include "front/job/launcher.h"
#include "front/parting.h"
#include "opt/config.h"
#include "os/log.h"
#include "os/timetext.h"

#define SOON 60			/* s: who starts until then starts now */

struct estimate_row {
	char *profile;		/* NULL: none */
	struct buf asks;
	struct err refused;	/* why it would not be taken; "": it would */
	struct buf notes;
	struct job job;		/* what was told of it */
};

struct estimate {
	const struct invocation *inv;
	struct options opt;	/* of the row that is asked for */
	struct invocation asker;	/* inv with these */
	struct launcher_call *call;
	size_t n, at;
	struct estimate_row *row;
	int status, taken;	/* of the last refusal; of any row */
};

static void estimate_next(struct estimate *s);

/* ---- what is printed ---------------------------------------------------------- */

static const char *estimate_text(struct buf *b)
{
	if (b->len == 0 || buf_data(b)[b->len - 1] != '\0')
		buf_append(b, "", 1);
	return buf_data(b);
}

static void estimate_start(struct table *t, const struct estimate_row *r)
{
	if (r->refused.text[0] != '\0' || r->job.reason[0] != '\0' ||
		r->job.start == 0)
		table_add(t, NULL);
	else if (r->job.start < time(NULL) + SOON)
		table_add(t, "now");
	else
		table_add(t, timetext(TIMETEXT_ISO, r->job.start).s);
}

/* As squeue's NODELIST(REASON). */
static void estimate_nodes(struct table *t, struct estimate_row *r)
{
	const struct job *j = &r->job;

	if (r->refused.text[0] != '\0')
		table_addf(t, "(%s)", r->refused.text);
	else if (j->reason[0] != '\0')
		table_addf(t, "(%s: %s)", j->reason, j->text);
	else if (r->notes.len > 0)
		table_addf(t, "%s (%s)", j->node, estimate_text(&r->notes));
	else
		table_add(t, j->node);
}

static void put_table(const struct estimate *s, struct buf *out)
{
	static const char *const titles[] = { "PROFILE", "ASKS_FOR", "STARTS",
		"NODES(REASON)" };
	struct table t;

	table_init(&t, "llll");
	for (size_t i = 0; i < 4 && !s->inv->opt->flags.no_header; i++)
		table_add(&t, titles[i]);
	for (size_t i = 0; i < s->n; i++) {
		struct estimate_row *r = &s->row[i];

		table_add(&t, r->profile);
		table_add(&t, estimate_text(&r->asks));
		estimate_start(&t, r);
		estimate_nodes(&t, r);
	}
	table_write(&t, out);
	table_fini(&t);
}

static int put_json(const struct estimate *s, struct buf *out, struct err *e)
{
	struct shown_estimate *all = mem_alloc((s->n + 1) * sizeof *all);
	int ret;

	for (size_t i = 0; i < s->n; i++) {
		struct estimate_row *r = &s->row[i];

		all[i] = (struct shown_estimate){ r->profile,
			estimate_text(&r->asks), r->refused.text, estimate_text(&r->notes),
			&r->job };
	}
	ret = show_json_estimates(all, s->n, out, e);
	free(all);
	return ret;
}

static void estimate_finish(struct estimate *s)
{
	int status = s->taken ? EX_OK : s->status;
	struct buf out = { 0 };
	struct err e;

	if (!s->inv->opt->flags.json)
		put_table(s, &out);
	else if (put_json(s, &out, &e) == -1)
		status = -1;
	parting_exit(s->inv->parting, show_out(&out, status, &e));
}

/* ---- one row ---------------------------------------------------------------- */

static void estimate_record(const struct kv *kv, void *arg)
{
	struct estimate *s = arg;
	struct estimate_row *r = &s->row[s->at];
	const char *note;
	size_t pos = 0;

	r->job = job_read(kv);
	while ((note = kv_next(kv, "note", &pos)) != NULL)
		buf_printf(&r->notes, "%s%s", r->notes.len ? "; " : "", note);
}

/* Whether it is about that job, and the next may be answered otherwise. */
static int is_refusal(const char *class)
{
	return strcmp(class, "refused") == 0 || strcmp(class, "usage") == 0;
}

static void estimate_told(const struct launcher_end *end, void *arg)
{
	struct estimate *s = arg;
	struct err e;

	s->call = NULL;
	if (!end->ok) {
		s->status = newverb_explain(&s->asker, "estimate", end, &e);
		if (!is_refusal(end->class)) {
			log_fail("%s", e.text);
			parting_exit(s->inv->parting, s->status);
			return;
		}
		s->row[s->at].refused = e;
	}
	s->taken |= end->ok;
	s->at++;
	estimate_next(s);
}

/* The words of the command line, over what that profile says. */
static int read_row(struct estimate *s, const char *profile, struct err *e)
{
	const struct invocation_words *w = &s->inv->words;
	const char **argv = mem_alloc((size_t)(w->argc + 2) * sizeof *argv);
	char *word = profile ? mem_printf("--profile=%s", profile) : NULL;
	const struct err good = { "" };
	int n = 0, ret;

	argv[n++] = w->argv[0];
	if (word != NULL)
		argv[n++] = word;
	for (int i = 1; i < w->argc; i++)
		argv[n++] = w->argv[i];
	options_free(&s->opt);
	ret = command_read(&s->opt, n, (char **)argv, w->settings, &good, e);
	free(word);
	free(argv);
	return ret;
}

static int ask_row(struct estimate *s, struct estimate_row *r)
{
	struct buf request = { 0 };
	struct options *o = &s->opt;

	int ret = read_row(s, r->profile, &r->refused);

	if (ret != 0) {
		s->status = ret == COMMAND_SETTINGS_BAD ? EX_CONFIG : EX_USAGE;
		return -1;
	}
	show_asked(o, &r->asks);
	/* As main.c has resolved it. */
	if (strcmp(o->job.launcher, "auto") == 0) {
		free(o->job.launcher);
		o->job.launcher = mem_strdup(s->inv->opt->job.launcher);
	}
	s->asker = *s->inv;
	s->asker.opt = o;
	front_request_submit(&s->asker, FRONT_REQUEST_NO_TAG, NULL, 0, &request);
	kv_write(&request, "ask-start", "1");
	s->call = launcher_run(&s->asker, "estimate", &request,
		o->job.launcher_timeout, estimate_record, estimate_told, s);
	return 0;
}

static void estimate_next(struct estimate *s)
{
	while (s->at < s->n && ask_row(s, &s->row[s->at]) == -1)
		s->at++;
	if (s->at == s->n)
		estimate_finish(s);
}

/* ---- which rows ------------------------------------------------------------- */

static void estimate_add(struct estimate *s, const char *profile)
{
	s->row = mem_realloc(s->row, (s->n + 1) * sizeof *s->row);
	s->row[s->n++] = (struct estimate_row){
		.profile = profile ? mem_strdup(profile) : NULL };
}

/* All profiles, unless one is named. -1: there is none of that name, told. */
static int choose_rows(struct estimate *s)
{
	const struct opt_list *operands = &s->inv->opt->line.operands;
	const struct config *c = s->inv->words.settings;
	const char *named = operands->n > 0 ? operands->word[0] :
		s->inv->opt->session.profile;
	struct opt_list names = { 0 };
	struct err e;

	if (named != NULL) {
		if (config_check_profile(c, named, &e) == -1) {
			log_fail("%s", e.text);
			return -1;
		}
		/* Settings may name one, and the words another, or the same. */
		estimate_add(s, named);
		return 0;
	}
	config_profiles(c, &names);
	for (size_t i = 0; i < names.n; i++)
		estimate_add(s, names.word[i]);
	if (names.n == 0)
		estimate_add(s, NULL);
	optlist_free(&names);
	return 0;
}

static void *estimate_begin(const struct invocation *inv)
{
	struct estimate *s = mem_alloc(sizeof *s);

	s->inv = inv;
	if (choose_rows(s) == -1)
		parting_exit(inv->parting, EX_USAGE);
	else
		estimate_next(s);
	return s;
}

static void estimate_free(void *arg)
{
	struct estimate *s = arg;

	launcher_cancel(s->call);
	for (size_t i = 0; i < s->n; i++) {
		free(s->row[i].profile);
		buf_fini(&s->row[i].asks);
		buf_fini(&s->row[i].notes);
	}
	free(s->row);
	options_free(&s->opt);
	free(s);
}

static const struct command_ops estimate_ops = {
	.begin = estimate_begin,
	.end = estimate_free,
};

const struct command cmd_estimate = {
	.name = "estimate",
	.operands = "[PROFILE]",
	.session = COMMAND_NONE,
	.max = 1,
	.help = "tell when the job would start, of each profile or of one",
	.more = "The scheduler is asked as by sbatch --test-only, and nothing is submitted. What it refuses has its words behind it. The options of the job that are given count for each profile, and alone where there is none.",
	.ops = &estimate_ops,
	.want = SESSION_ALLOC,	/* options of the job mean something */
};
