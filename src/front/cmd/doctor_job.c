/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The job's half of doctor: a session of its own is started, asked and ended by the
 * commands that a user would type, so that whatever is between the two is tried, too:
 * alloc, then the agent's own looks by shell, logs for what the agent has told, and
 * cancel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/shellword.h"
#include "doctor/account.h"
#include "doctor/ask.h"
#include "doctor/judge.h"
#include "front/cmd/doctor.h"
#include "opt/opttable.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/secret.h"

#define START_MS (300 * 1000L)
#define LOOK_MS (EXAMINE_MS + 20 * 1000L)
#define END_MS (30 * 1000L)
#define SHARED_MS 5000		/* file systems tell each other late */
#define SHARED_AGAIN_MS 200

/* A session for this alone. */
struct visit {
	const struct patient *p;
	char self[4096];
	char name[64];
	char word[17];		/* that the node is to leave */
	struct opt_list typed;	/* the user's options */
	struct examined *out;
	size_t n;
};

static struct finding *add_finding(struct visit *v, const char *check)
{
	struct examined *x = &v->out[v->n++];

	*x = (struct examined){ .check = check_find(check),
		.place = CHECK_NODE };
	return &x->finding;
}

/* This program, with the user's options and these words, NULL at the end. */
static int ask_self(const struct visit *v, const char *const *words, long ms,
	struct answer *a)
{
	struct opt_list argv = { 0 };
	struct err e;
	int ret;

	optlist_add(&argv, mem_strdup(v->self));
	for (size_t i = 0; i < v->typed.n; i++)
		optlist_add(&argv, mem_strdup(v->typed.word[i]));
	for (; *words != NULL; words++)
		optlist_add(&argv, mem_strdup(*words));
	optlist_add(&argv, NULL);
	ret = ask(argv.word, NULL, NULL, ms, a, &e);
	optlist_free(&argv);
	if (ret == -1)
		log_fail("%s", e.text);
	return ret;
}

/*
 * The last line for the user, without the program's name; or the last one that says
 * something, where there are only those of the log. It is cut off in place.
 */
static const char *last_line(struct buf *said)
{
	static const char ours[] = "vscode-remote-shell: ";
	char *text = buf_data(said), *at, *found = NULL;
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		text[--len] = '\0';
	for (at = text; at != NULL; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, ours, sizeof ours - 1) == 0)
			found = at + sizeof ours - 1;
	}
	if (found != NULL) {
		found[strcspn(found, "\n")] = '\0';
		return found;
	}
	at = strrchr(text, '\n');
	return at != NULL ? at + 1 : text;
}

/* Of what was asked of this program and was not done, or not in time. */
static void set_failed(struct finding *f, struct answer *a)
{
	finding_set(f, a->status == -1 ? VERDICT_UNKNOWN : VERDICT_FAULT,
		"%s%s", a->status == -1 ? "it was given up: " : "",
		last_line(&a->said));
}

/* Whether there is a session now. */
static int start_session(struct visit *v)
{
	struct finding *f = add_finding(v, "job");
	const char *words[] = { "-vv", "--outage-timeout=0", "--time=10", "alloc",
		v->name, NULL };
	const char *lean[] = { "-vv", "--outage-timeout=0", "alloc", v->name, NULL };
	struct answer a = { .status = -1 };
	int is_timed = v->p->opt->job.salloc_args.n > 0, good;

	for (int i = 0; i < SALLOCTABLE_MAX; i++)
		is_timed |= v->p->opt->job.salloc[i] != NULL;
	if (ask_self(v, is_timed ? lean : words, START_MS, &a) == -1)
		buf_append(&a.said, "", 1);
	good = answer_is_good(&a);
	if (good)
		finding_set(f, VERDICT_OK, "a session can be used %ld.%ld s after it was asked for",
			a.ms / 1000, a.ms / 100 % 10);
	else
		set_failed(f, &a);
	buf_fini(&a.said);
	return good;
}

/* What the node has left is seen here, by then or never. */
static void judge_shared(struct visit *v)
{
	struct finding *f = add_finding(v, "shared");
	long long until = clock_ms() + SHARED_MS;
	struct buf back = { 0 };
	struct err e;
	int dir = safepath_dir(v->p->state_dir, 0, NULL, &e), is_seen = 0;

	while (dir != -1 && !is_seen) {
		buf_fini(&back);
		is_seen = safepath_read(dir, CHECK_WORD_FILE, 4096, &back,
			&e) == 0 && back.len == strlen(v->word) &&
			memcmp(buf_data(&back), v->word, back.len) == 0;
		if (clock_ms() >= until)
			break;
		if (!is_seen)
			clock_pause(SHARED_AGAIN_MS);
	}
	if (is_seen)
		finding_set(f, VERDICT_OK, "what the node writes in %s is seen here",
			v->p->state_dir);
	else
		finding_set(f, VERDICT_FAULT, "what the node writes in %s is not seen here",
			v->p->state_dir);
	if (dir != -1)
		(void)unlinkat(dir, CHECK_WORD_FILE, 0);
	fd_close(dir);
	buf_fini(&back);
}

/* The agent's answer came between these two times of ours. */
static void judge_node_clock(struct visit *v, long before, long node)
{
	long now = (long)time(NULL);

	if (node <= 0)
		finding_set(add_finding(v, "node-clock"), VERDICT_UNKNOWN,
			"the node has told no time");
	else
		judge_clock(node < before ? node - before : node > now ?
			node - now : 0, "the node",
			add_finding(v, "node-clock"));
}

static char *agent_command(const struct visit *v)
{
	const struct options *o = v->p->opt;
	struct buf b = { 0 };
	char *text;

	shellword_put(&b, v->p->agent);
	buf_puts(&b, " --state-dir=");
	shellword_put(&b, v->p->state_dir);
	buf_printf(&b, " --doctor=%s --server-dir=%s", v->word,
		o->servers.dir == OPTIONS_SERVER_DIR_HOME ? "home" :
		"node");
	if (o->session.sshd != NULL) {
		buf_puts(&b, " --sshd=");
		shellword_put(&b, o->session.sshd);
	}
	if (o->container.image != NULL) {
		buf_puts(&b, " --container=");
		shellword_put(&b, o->container.image);
	}
	text = mem_strndup(buf_data(&b), b.len);
	buf_fini(&b);
	return text;
}

static void look_from_node(struct visit *v)
{
	char *command = agent_command(v);
	const char *words[] = { "shell", v->name, "--no-container", "--",
		command, NULL };
	long before = (long)time(NULL), node;
	struct answer a = { .status = -1 };
	struct err e;
	int n = -1;

	if (ask_self(v, words, LOOK_MS, &a) == 0)
		n = account_read(buf_data(&a.said), v->out + v->n, &node, &e);
	free(command);
	if (n == -1) {
		finding_set(add_finding(v, "link"), VERDICT_FAULT,
			"the agent could not be asked: %s", a.said.len > 1 ?
			last_line(&a.said) : "it does not answer");
	} else {
		v->n += (size_t)n;
		judge_node_clock(v, before, node);
		judge_shared(v);
	}
	buf_fini(&a.said);
}

/* Whether a program of a session comes into its container, as a user's would. */
static void try_container(struct visit *v)
{
	const char *image = v->p->opt->container.image;
	const char *words[] = { "shell", v->name, "--", "true", NULL };
	struct answer a = { .status = -1 };
	struct finding *f;

	if (image == NULL || strcmp(image, "none") == 0)
		return;
	f = add_finding(v, "container");
	if (ask_self(v, words, START_MS, &a) == -1)
		buf_append(&a.said, "", 1);
	if (answer_is_good(&a))
		finding_set(f, VERDICT_OK, "a command has run in %s after %ld.%ld s",
			image, a.ms / 1000, a.ms / 100 % 10);
	else
		set_failed(f, &a);
	buf_fini(&a.said);
}

/* "told login1 at 10.0.0.1:4711 where we are" */
static int has_told(const char *log)
{
	const char *at = log, *end;

	while ((at = strstr(at, " told ")) != NULL) {
		at += 6;
		end = strstr(at, " where we are");
		if (end != NULL && end < at + strcspn(at, "\n"))
			return 1;
	}
	return 0;
}

/* Shell has dialed the node; the agent's log tells the other way. */
static void judge_link(struct visit *v)
{
	static const char cannot[] = "cannot tell the front at ";
	const char *words[] = { "logs", v->name, NULL }, *at;
	struct finding *f = add_finding(v, "link");
	struct answer a = { .status = -1 };

	if (ask_self(v, words, END_MS, &a) == -1)
		buf_append(&a.said, "", 1);
	at = strstr(buf_data(&a.said), cannot);
	/* Of several addresses one will do. */
	if (has_told(buf_data(&a.said)))
		finding_set(f, VERDICT_OK, "login node and node connect to each other");
	else if (at != NULL)
		finding_set(f, VERDICT_WARNING, "the node cannot connect to the login node, so the file system has to tell it: %.*s",
			(int)strcspn(at, "\n"), at);
	else
		finding_set(f, VERDICT_UNKNOWN, "the login node connects to the node; of the other way nothing is known");
	buf_fini(&a.said);
}

static void end_visit(struct visit *v)
{
	const char *words[] = { "cancel", v->name, NULL };
	struct answer a = { .status = -1 };

	if (ask_self(v, words, END_MS, &a) == -1 || !answer_is_good(&a))
		log_tell("the session '%s' may still be there: end it by vscode-remote-shell cancel %s",
			v->name, v->name);
	buf_fini(&a.said);
}

static int begin_visit(struct visit *v)
{
	ssize_t n = readlink("/proc/self/exe", v->self, sizeof v->self - 1);

	if (n <= 0)
		return -1;
	v->self[n] = '\0';
	secret_tag(v->word);
	/* A process of that number may be looking on another login node, too. */
	snprintf(v->name, sizeof v->name, "doctor-%.6s", v->word);
	optset_typed(&v->p->opt->set, &v->typed);
	return 0;
}

size_t doctor_job(const struct patient *p, struct examined *out)
{
	struct visit v = { .p = p, .out = out };

	if (begin_visit(&v) == -1) {
		finding_set(add_finding(&v, "job"), VERDICT_UNKNOWN,
			"this program cannot find itself");
		return v.n;
	}
	log_tell("a job is asked for, as session '%s', and ended again", v.name);
	ask_heed_signals();
	if (start_session(&v)) {
		look_from_node(&v);
		if (v.out[v.n - 1].check != check_find("link"))
			judge_link(&v);
		try_container(&v);
	}
	ask_forget_signals();
	end_visit(&v);
	optlist_free(&v.typed);
	return v.n;
}
