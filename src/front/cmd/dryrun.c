/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What attach, alloc and proxy do with --dry-run, in three steps: are there
 * sessions already (roster), which job would be submitted (the launcher's verb
 * describe, which asks nobody), would the scheduler take it (estimate). Nothing is
 * submitted, and nothing is put into the state directory.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/table.h"
#include "front/cmd/commands.h"
#include "front/cmd/newverb.h"
#include "front/cmd/roster.h"
#include "front/cmd/show.h"
#include "front/cmd/whence.h"
#include "front/job/front_request.h"
#include "front/job/launcher.h"
#include "front/parting.h"
#include "opt/opttable.h"
#include "opt/optval.h"
#include "os/log.h"

struct dryrun {
	const struct invocation *inv;
	struct roster roster;
	struct launcher_call *call;
	struct table fields;
	int known;		/* the fields are */
};

static void dryrun_ask(struct dryrun *d, const char *verb,
	void (*record)(const struct kv *, void *),
	void (*told)(const struct launcher_end *, void *))
{
	struct buf request = { 0 };

	front_request_submit(d->inv, FRONT_REQUEST_NO_TAG, NULL, 0, &request);
	d->call = launcher_run(d->inv, verb, &request,
		d->inv->opt->job.launcher_timeout, record, told, d);
}

/* ---- the end ---------------------------------------------------------------- */

static int tell_session(const struct dryrun *d)
{
	const char *session = d->inv->opt->session.name;
	const struct roster_row *row = roster_of(&d->roster, session);
	const struct job *j = row != NULL ? &row->job : NULL;

	if (j == NULL)
		return 0;
	log_tell("session '%s' is there: job %s, %s%s%s; it would be attached, and no job submitted",
		session, j->id, j->state, j->node[0] ? " on " : "", j->node);
	return 1;
}

/* verdict NULL: the scheduler was not asked. */
static void dryrun_finish(struct dryrun *d, const struct launcher_end *verdict)
{
	const struct launcher_end *scheduler = &d->roster.scheduler;
	struct buf out = { 0 };
	struct err e;
	int status;

	if (d->known)
		table_write(&d->fields, &out);
	status = show_out(&out, EX_OK, &e);
	if (verdict != NULL && !verdict->ok) {
		status = newverb_explain(d->inv, "estimate", verdict, &e);
		log_fail("%s", e.text);
	} else if (!scheduler->ok) {
		log_fail("%s", scheduler->message.text);
		status = launcher_status(scheduler->class);
	}
	if (!tell_session(d))
		log_tell("nothing was submitted");
	parting_exit(d->inv->parting, status);
}

/* ---- the steps -------------------------------------------------------------- */

static void dryrun_judged(const struct launcher_end *end, void *arg)
{
	struct dryrun *d = arg;

	d->call = NULL;
	dryrun_finish(d, end);
}

static void dryrun_note(const struct kv *kv, void *arg)
{
	const char *note;
	size_t pos = 0;

	(void)arg;
	while ((note = kv_next(kv, "note", &pos)) != NULL)
		log_tell("%s", note);
}

static void dryrun_field(const struct kv *kv, void *arg)
{
	struct dryrun *d = arg;
	const char *name = kv_get(kv, "field"), *option;
	struct opt_list options = { 0 };
	struct buf from = { 0 };
	size_t pos = 0;

	if (name == NULL)
		return;
	while ((option = kv_next(kv, "option", &pos)) != NULL)
		optlist_add(&options, mem_strdup(option));
	whence_put(d->inv->opt, d->inv->words.settings, &options, &from);
	buf_append(&from, "", 1);
	table_add(&d->fields, name);
	table_add(&d->fields, buf_data(&from));
	table_add(&d->fields, kv_get(kv, "value"));
	buf_fini(&from);
	optlist_free(&options);
}

/* What the job's agent is given by our own options. */
static void add_own_options(struct dryrun *d)
{
	const struct options *o = d->inv->opt;

	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));) {
		char *name = mem_printf("--%s", row->name);
		struct opt_list names = { 1, (char *[]){ (char *)row->name } };
		struct buf from = { 0 }, value = { 0 };

		if (row->of_job && row->type != OPT_LIST &&
			row->type != OPT_SALLOC &&
			optset_source(&o->set, row) != OPT_BY_DEFAULT) {
			whence_put(o, d->inv->words.settings, &names, &from);
			buf_append(&from, "", 1);
			optval_put(row, o, &value);
			buf_append(&value, "", 1);
			table_add(&d->fields, name);
			table_add(&d->fields, buf_data(&from));
			table_add(&d->fields, buf_data(&value));
		}
		buf_fini(&value);
		buf_fini(&from);
		free(name);
	}
}

static void dryrun_described(const struct launcher_end *end, void *arg)
{
	struct dryrun *d = arg;
	struct err e;
	int status;

	d->call = NULL;
	d->known = end->ok;
	add_own_options(d);
	if (!end->ok) {
		status = newverb_explain(d->inv, "describe", end, &e);
		log_fail("%s", e.text);
		parting_exit(d->inv->parting, status);
	} else if (d->roster.scheduler.ok) {
		dryrun_ask(d, "estimate", dryrun_note, dryrun_judged);
	} else {
		dryrun_finish(d, NULL);
	}
}

static void dryrun_found(void *arg)
{
	dryrun_ask(arg, "describe", dryrun_field, dryrun_described);
}

static int dryrun_wants(const char *session, void *arg)
{
	const struct dryrun *d = arg;

	return strcmp(session, d->inv->opt->session.name) == 0;
}

static void *dryrun_begin(const struct invocation *inv)
{
	struct dryrun *d = mem_alloc(sizeof *d);

	d->inv = inv;
	table_init(&d->fields, "lll");
	table_add(&d->fields, "FIELD");
	table_add(&d->fields, "FROM");
	table_add(&d->fields, "VALUE");
	roster_find(&d->roster, inv, 0, dryrun_wants, dryrun_found, d);
	return d;
}

static void dryrun_free(void *arg)
{
	struct dryrun *d = arg;

	launcher_cancel(d->call);
	roster_fini(&d->roster);
	table_fini(&d->fields);
	free(d);
}

const struct command_ops dryrun_ops = {
	.begin = dryrun_begin,
	.end = dryrun_free,
};
