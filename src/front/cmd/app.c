/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands app and apps: tools with a web page, which run in a session that is
 * there and end with it. All that is done in the job is done by a script
 * (front/appscript.h) that a shell of the session reads; then `app` is as `forward`,
 * to where that script says the app listens.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fnv.h"
#include "base/mem.h"
#include "base/table.h"
#include "front/appscript.h"
#include "front/cmd/attach.h"
#include "front/cmd/commands.h"
#include "front/cmd/show.h"
#include "front/cmd/userport.h"
#include "front/job/place.h"
#include "front/jobscript.h"
#include "front/parting.h"
#include "front/portword.h"
#include "opt/app.h"
#include "os/log.h"
#include "os/secret.h"
#include "os/stall.h"

#define PORT_LOWEST 20000	/* below those that the kernel gives to others, */
#define PORTS 12000		/* and as many */

/* Start-up files, and a lock that is waited for, may take so long. */
#define SCRIPT_SECONDS 120

/* What both have. */
struct app_work {
	const struct invocation *inv;
	struct connection *connection;
	struct app_agent {		/* from its answer on */
		struct connection_to at;
		struct sockaddr_storage addr;
		char node[256];
	} agent;
	struct appscript script;
	char *here;			/* NULL: none that the script may have */
	struct jobscript *running;	/* NULL: not yet, or it has ended */
	struct appscript_said said;	/* the last word of ours, but of apps */
	struct app app;			/* of `app` */
	struct userport *port;		/* the same, without --stop */
	struct app_heard {		/* the same */
		struct target target;
		char token[33], directory[512];
		int found, beyond;
	} heard;
	struct opt_list names;		/* of `apps` */
	struct app_row {		/* as many; pid 0: it does not run */
		long pid;
		struct target target;
	} *row;
};

static void app_failed(struct app_work *w, int status, const char *why)
{
	if (w->app.name != NULL)
		log_fail("app %s: %s", w->app.name, why);
	else
		log_fail("%s", why);
	parting_exit(w->inv->parting, status);
}

/* ---- the script in the job ----------------------------------------------- */

static void random_ports(unsigned port[APPSCRIPT_PORTS])
{
	char tag[17];

	for (size_t i = 0; i < APPSCRIPT_PORTS; i++) {
		secret_tag(tag);
		port[i] = PORT_LOWEST +
			(unsigned)(fnv_add(FNV_START, tag) % PORTS);
	}
}

static void app_prepare(struct app_work *w, const struct connection_to *agent)
{
	struct app_agent *a = &w->agent;

	a->at = *agent;
	memcpy(&a->addr, agent->addr, agent->len);
	a->at.addr = (struct sockaddr *)&a->addr;
	snprintf(a->node, sizeof a->node, "%s", agent->node);
	a->at.node = a->node;
	secret_tag(w->script.mark);
	secret_tag(w->script.token);
	secret_tag(w->script.token + 16);
	random_ports(w->script.port);
	w->script.tag = agent->place->tag;
	w->script.directory = w->inv->opt->app.directory != NULL ?
		w->inv->opt->app.directory : w->here;
}

static int has_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strcmp(dir, "/") == 0 || (strncmp(path, dir, len) == 0 &&
		(path[len] == '/' || path[len] == '\0'));
}

/* Where we are, unless the home directory with its keys is in that: then NULL. */
static char *where_typed(const struct invocation *inv)
{
	STALL_WATCH(inv->user.home);

	char *home = realpath(inv->user.home, NULL);
	char *here = getcwd(NULL, 0);

	if (here != NULL && (here[0] != '/' || home == NULL ||
		has_below(home, here))) {
		free(here);
		here = NULL;
	}
	free(home);
	return here;
}

static void app_run(struct app_work *w, const char *kind, struct buf *text,
	long seconds, const struct jobscript_ops *ops)
{
	const struct connection_to *at = &w->agent.at;

	w->running = jobscript_new(w->inv, at->place, at->control, at->addr,
		at->len, kind, text, seconds, ops, w);
	buf_wipe(text);
}

static void app_cut(int status, const struct err *why, void *arg)
{
	struct app_work *w = arg;
	struct err e = *why;

	jobscript_free(w->running);
	w->running = NULL;
	if (w->app.name != NULL)
		err_prefix(&e, "app %s: ", w->app.name);
	connection_cut(w->connection, status, &e);
}

/* Whether the script has come to its end; else why is told, and the front ends. */
static int app_script_is_good(struct app_work *w, int status,
	const struct err *why)
{
	jobscript_free(w->running);
	w->running = NULL;
	if (w->said.what == APPSCRIPT_FAILED)
		app_failed(w, EX_UNAVAILABLE, w->said.why.text);
	else if (status != EX_OK)
		app_failed(w, status, why->text);
	else
		return 1;
	return 0;
}

/* ---- app ----------------------------------------------------------------- */

static void app_line(const char *text, size_t len, void *arg)
{
	struct app_work *w = arg;
	struct appscript_said said;

	appscript_read(&said, w->script.mark, text, len);
	switch (said.what) {
	case APPSCRIPT_NOTHING:
		return;
	case APPSCRIPT_TOKEN:
		memcpy(w->heard.token, said.token, sizeof w->heard.token);
		break;
	case APPSCRIPT_TARGET:
		w->heard.target = said.target;
		break;
	case APPSCRIPT_DIRECTORY:
		memcpy(w->heard.directory, said.directory,
			sizeof w->heard.directory);
		break;
	case APPSCRIPT_BEYOND:
		w->heard.beyond = 1;
		break;
	case APPSCRIPT_FOUND:
		w->heard.found = 1;
		break;
	default:
		break;
	}
	w->said = said;
}

/* A port is for all users of the node, and another address for more. */
static void tell_who_reaches(const struct app_work *w)
{
	const char *name = w->app.name, *node = w->agent.node;

	if (w->heard.beyond)
		log_tell("warning: %s listens on all addresses of %s: whoever reaches that node reaches it; have its command listen on 127.0.0.1",
			name, node);
	else if (w->heard.target.port != 0)
		log_tell("warning: %s listens on port %u of %s, which other users of that node reach; --exclusive, where the session is started, keeps them off it",
			name, w->heard.target.port, node);
}

static void app_is_there(struct app_work *w)
{
	const struct options *o = w->inv->opt;
	int asks;
	char *url = app_url(&w->app, w->heard.token, &asks);

	log_tell("%s %s in session '%s', job %s on %s%s%s", w->app.name,
		w->heard.found ? "runs already" : "is started",
		o->session.name, w->agent.at.place->job, w->agent.node,
		w->heard.directory[0] ? ", in " : "", w->heard.directory);
	tell_who_reaches(w);
	userport_open(w->port, &w->agent.at, &(struct userport_ask){
		.target = w->heard.target, .label = w->app.name,
		.own = (unsigned)(o->forward.client_port != 0 ?
			o->forward.client_port :
			app_number(&w->app, APPKEY_CLIENT_PORT)),
		.url = url,
		.password = asks && strstr(w->app.value[APPKEY_COMMAND],
			"APP_TOKEN") != NULL ? w->heard.token : NULL });
	explicit_bzero(url, strlen(url));
	free(url);
}

static void app_ended(int status, const struct err *why, void *arg)
{
	struct app_work *w = arg;

	if (!app_script_is_good(w, status, why))
		return;
	if (w->said.what == APPSCRIPT_TARGET && w->heard.token[0] != '\0') {
		app_is_there(w);
		return;
	}
	if (w->said.what == APPSCRIPT_STOPPED ||
		w->said.what == APPSCRIPT_NOT_THERE) {
		log_tell("%s %s in session '%s'", w->app.name,
			w->said.what == APPSCRIPT_STOPPED ? "is ended" :
			"does not run", w->inv->opt->session.name);
		parting_exit(w->inv->parting, EX_OK);
		return;
	}
	app_failed(w, EX_UNAVAILABLE, "the shell in the job did not come to it: does a start-up file end it, or read its input?");
}

static const struct jobscript_ops app_script_ops = {
	.line = app_line,
	.ended = app_ended,
	.cut = app_cut,
};

static void app_answers(const struct connection_to *agent, void *arg)
{
	struct app_work *w = arg;
	struct buf text = { 0 };
	long seconds = SCRIPT_SECONDS;

	app_prepare(w, agent);
	if (w->inv->opt->app.stop) {
		appscript_stop(&w->script, w->app.name, &text);
	} else {
		appscript_start(&w->script, &w->app, &text);
		seconds += app_number(&w->app, APPKEY_START_TIMEOUT);
	}
	app_run(w, w->inv->opt->app.stop ? KIND_SHELL_OUTSIDE :
		KIND_SHELL_BESIDE, &text, seconds, &app_script_ops);
}

static void app_tell_vain(const struct options *o)
{
	const struct {
		const char *name;
		int is_given;
	} of_start[] = {
		{ "directory", optset_given(&o->set, &o->app.directory) },
		{ "client-port", optset_given(&o->set,
			&o->forward.client_port) },
	};

	for (size_t i = 0; i < sizeof of_start / sizeof *of_start; i++)
		if (of_start[i].is_given)
			log_tell("--%s has no effect with --stop, which starts nothing",
				of_start[i].name);
}

static void *app_begin(const struct invocation *inv)
{
	struct app_work *w = mem_alloc(sizeof *w);
	struct err e;

	w->inv = inv;
	if (app_find(inv->words.settings, inv->opt->line.operands.word[0],
		&w->app, &e) == -1) {
		log_fail("%s", e.text);
		parting_exit(inv->parting, EX_USAGE);
		return w;
	}
	if (strcmp(w->app.value[APPKEY_DIRECTORY], APPKEY_HERE) == 0)
		w->here = where_typed(inv);
	if (inv->opt->app.stop)
		app_tell_vain(inv->opt);
	if (!inv->opt->app.stop) {
		w->port = userport_new(inv, &e);
		if (w->port == NULL) {
			log_fail("%s", e.text);
			parting_exit(inv->parting, EX_OSERR);
			return w;
		}
	}
	w->connection = connection_for(inv, app_answers, w);
	return w;
}

static void app_end(void *arg)
{
	struct app_work *w = arg;

	userport_free(w->port);
	jobscript_free(w->running);
	if (w->connection != NULL)
		connection_free(w->connection);
	optlist_free(&w->names);
	free(w->here);
	free(w->row);
	explicit_bzero(w, sizeof *w);
	free(w);
}

static const struct command_ops app_ops = {
	.begin = app_begin,
	.end = app_end,
};

const struct command cmd_app = {
	.name = "app",
	.operands = "APP [NAME]",
	.session = COMMAND_LAST,
	.min = 1,
	.max = 2,
	.names_app = 1,
	.help = "start a tool with a web page, such as jupyterlab, in a session's job, and reach it from your own computer for as long as this runs",
	.more = "It prints a line of ssh, to be typed on your own computer, and a URL with the tool's token, or a password. Both stay the same, but for the name of the login node without --login-host: a tool that runs already is found, also by another one. It stays in the session when this ends; --stop ends it. `apps` lists those that run, the settings say which there are. No job is started.",
	.ops = &app_ops,
	.want = SESSION_JOIN,
};

/* ---- apps ---------------------------------------------------------------- */

static void apps_line(const char *text, size_t len, void *arg)
{
	struct app_work *w = arg;
	struct appscript_said said;
	size_t i = 0;

	appscript_read(&said, w->script.mark, text, len);
	if (said.what == APPSCRIPT_FAILED)
		w->said = said;
	if (said.what != APPSCRIPT_APP)
		return;
	while (i < w->names.n && strcmp(w->names.word[i], said.name) != 0)
		i++;
	/* It was started by other settings. */
	if (i == w->names.n) {
		optlist_add(&w->names, mem_strdup(said.name));
		w->row = mem_realloc(w->row, w->names.n * sizeof *w->row);
	}
	w->row[i] = (struct app_row){ said.pid, said.target };
}

static void apps_row(const struct app_work *w, size_t i, struct table *t)
{
	const struct app_row *r = &w->row[i];
	struct app app;
	struct err e;

	table_add(t, w->names.word[i]);
	table_add(t, r->pid != 0 ? "running" : NULL);
	if (r->pid != 0)
		table_addf(t, "%ld", r->pid);
	else
		table_add(t, NULL);
	table_add(t, r->pid != 0 ? portword_text(&r->target).s : NULL);
	table_add(t, app_find(w->inv->words.settings, w->names.word[i], &app,
		&e) == 0 ? app.value[APPKEY_DESCRIPTION] : NULL);
}

static void apps_ended(int status, const struct err *why, void *arg)
{
	static const char *const keys[] = { "app", "state", "pid", "listens",
		"description" };
	static const char *const titles[] = { "APP", "STATE", "PID", "LISTENS",
		"DESCRIPTION" };
	struct app_work *w = arg;
	struct buf out = { 0 };
	struct table t;
	struct err e;
	int ret = EX_OK;

	if (!app_script_is_good(w, status, why))
		return;
	table_init(&t, "lllll");
	for (size_t i = 0; i < 5; i++)
		table_add(&t, titles[i]);
	for (size_t i = 0; i < w->names.n; i++)
		apps_row(w, i, &t);
	if (w->inv->opt->flags.json)
		ret = show_json_cells("apps", keys, 5, t.cell + 5, w->names.n,
			&out, &e);
	else
		table_write(&t, &out);
	table_fini(&t);
	parting_exit(w->inv->parting, show_out(&out, ret, &e));
}

static const struct jobscript_ops apps_script_ops = {
	.line = apps_line,
	.ended = apps_ended,
	.cut = app_cut,
};

static void apps_answers(const struct connection_to *agent, void *arg)
{
	struct app_work *w = arg;
	struct buf text = { 0 };

	app_prepare(w, agent);
	appscript_list(&w->script, &text);
	app_run(w, KIND_SHELL_OUTSIDE, &text, SCRIPT_SECONDS,
		&apps_script_ops);
}

static void *apps_begin(const struct invocation *inv)
{
	struct app_work *w = mem_alloc(sizeof *w);

	w->inv = inv;
	app_names(inv->words.settings, &w->names);
	w->row = mem_alloc(w->names.n * sizeof *w->row);
	w->connection = connection_for(inv, apps_answers, w);
	return w;
}

static const struct command_ops apps_ops = {
	.begin = apps_begin,
	.end = app_end,
};

const struct command cmd_apps = {
	.name = "apps",
	.operands = "[NAME]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "list the tools that `app` can start, and which of them run in a session",
	.ops = &apps_ops,
	.want = SESSION_JOIN,
};
