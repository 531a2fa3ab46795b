/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way from a request to the sbatch that submits it, tells when it would start,
 * or is only shown. The user hears of what is wrong with his words before Slurm is
 * asked anything.
 */
#include "launch/slurmcli/cli_submit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "launch/jobfield.h"
#include "launch/jobscript.h"
#include "launch/launch_request.h"
#include "launch/slurmcli/cli_answer.h"
#include "launch/slurmcli/cli_ask.h"
#include "launch/slurmcli/cli_says.h"
#include "launch/slurmcli/cli_words.h"
#include "launch/slurmconf.h"
#include "launch/slurmjob.h"
#include "salloc/salloctable.h"

struct sbatch {
	struct cli_words words;
	struct envlist env;
	struct buf script;
};

/* Ends the program when the job is wanted on another cluster. */
static void look_at_cluster(const struct salloc *options, int may_ask)
{
	char own[CLI_CLUSTER_MAX];
	struct cli_failure f;
	struct err e;

	if (options->clusters == NULL)
		return;
	if (!may_ask)
		slurmconf_cluster(own, sizeof own);
	else if (cli_ask_cluster(own, sizeof own, &f) == -1)
		cli_fail_by(&f, "does not tell its name");
	if ((own[0] != '\0' || may_ask) && jobscript_cluster(options->clusters,
		own[0] ? own : NULL, &e) == -1)
		cli_fail("usage", "%s", e.text);
}

static void make_sbatch(struct sbatch *s, const struct kv *request,
	enum cli_words_use use)
{
	struct err e;

	*s = (struct sbatch){ 0 };
	cli_need(launch_request_session(request, &e), &e);
	cli_need(launch_request_tag(request, &e), &e);
	cli_need(launch_request_value(request, "log", &e), &e);
	cli_need(launch_request_value(request, "chdir", &e), &e);
	if (cli_words_init(&s->words, request, &e) == -1)
		cli_fail("usage", "%s", e.text);
	look_at_cluster(&s->words.options, use != CLI_WORDS_SHOW);
	if (jobscript_make(&s->script, request, JOBSCRIPT_ASK, &e) == -1)
		cli_fail("internal", "%s", e.text);
	s->script.len--;	/* sbatch takes a NUL for a binary */
	cli_words_finish(&s->words, request, use);
	cli_words_env(&s->env, &s->words, request, environ);
}

static void sbatch_fini(struct sbatch *s)
{
	buf_fini(&s->script);
	envlist_fini(&s->env);
	cli_words_fini(&s->words);
}

static void answer_submitted(const struct kv *request, const struct buf *said,
	uint32_t nodes)
{
	const char *start = kv_get(request, "start");
	const uint32_t id = cli_says_job(said);
	struct buf out = { 0 };

	if (id == 0)
		cli_fail("internal", "sbatch does not tell the number of the job, which may have been made all the same");
	kv_writef(&out, "job", "%u", id);
	if (start != NULL && strcmp(start, "allocation") == 0)
		kv_write(&out, "note", "launch-slurm-cli makes batch jobs only, whatever --start says");
	if (nodes > 1)
		slurmjob_note_nodes(&out, nodes);
	cli_answer(&out);
}

void cli_submit(const struct kv *request)
{
	struct cli_failure f;
	struct sbatch s;
	struct tool t;

	make_sbatch(&s, request, CLI_WORDS_SUBMIT);
	if (cli_ask(&t, s.words.argv, s.env.list, &s.script, 1, &f) == -1)
		cli_fail_by(&f, "refused the job");
	cli_pass_on(&t.err);
	answer_submitted(request, &t.out, s.words.options.min_nodes);
	cli_tool_fini(&t);
	sbatch_fini(&s);
}

/* Are the options good, as far as that can be told without Slurm. */
void cli_check(const struct kv *request)
{
	struct cli_words w;
	struct buf out = { 0 };
	struct err e;

	if (cli_words_init(&w, request, &e) == -1)
		kv_write(&out, "bad", e.text);
	cli_words_fini(&w);
	cli_answer(&out);
}

#define UNKNOWN "salloc-arg"	/* one of a plugin, as typed behind -S */

/* What is made of several options, or of none; NULL: not of the job. */
static const struct {
	const char *name, *options;
} made_of[] = {
	{ "nodes", "nodes nodelist ntasks" },
	{ "job-name", "job-name session" },
	{ "comment", "comment session" },
	{ "output", "state-dir" },
	{ "open-mode", NULL },
	{ "input", NULL },
	{ "no-requeue", "" },
};

static const char *options_of(const char *name)
{
	for (size_t i = 0; i < sizeof made_of / sizeof *made_of; i++)
		if (strcmp(made_of[i].name, name) == 0)
			return made_of[i].options;
	return salloctable_find(name, strlen(name)) ? name : UNKNOWN;
}

/* "--partition=gpu", or "-Zx" of a plugin */
static void describe_word(const char *word)
{
	const char *equal = strchr(word, '=');
	char *field = equal ? mem_strndup(word, (size_t)(equal - word)) :
		mem_strdup(word);
	const char *options = strncmp(field, "--", 2) == 0 ?
		options_of(field + 2) : UNKNOWN;
	struct buf out = { 0 };

	if (options != NULL) {
		jobfield_put(&out, field, equal ? equal + 1 : "yes", options);
		cli_answer(&out);
	}
	free(field);
}

void cli_describe(const struct kv *request)
{
	struct sbatch s;
	struct buf out = { 0 };

	make_sbatch(&s, request, CLI_WORDS_SHOW);
	/* Without sbatch itself, the script, and its argument. */
	for (size_t i = 1; i + 2 < s.words.n; i++)
		describe_word(s.words.argv[i]);
	jobfield_put_env(&out, s.env.n);
	cli_answer(&out);
	jobfield_put_command(&out, request);
	cli_answer(&out);
	sbatch_fini(&s);
}

void cli_estimate(const struct kv *request)
{
	struct cli_start start;
	struct cli_failure f;
	struct buf out = { 0 };
	struct sbatch s;
	struct tool t;

	make_sbatch(&s, request, CLI_WORDS_TEST);
	envlist_set(&s.env, "SLURM_TIME_FORMAT", "%s");
	if (cli_ask(&t, s.words.argv, s.env.list, &s.script, 0, &f) == -1)
		cli_fail_by(&f, "would refuse the job");
	cli_says_start(&t.err, &start);
	cli_pass_on(&t.err);
	if (kv_get(request, "ask-start") != NULL && start.time > 0) {
		kv_writef(&out, "start", "%ld", start.time);
		kv_write(&out, "node", start.nodes);
		kv_write(&out, "partition", start.partition);
		kv_writef(&out, "cpus", "%ld", start.cpus);
	}
	cli_answer(&out);
	cli_tool_fini(&t);
	sbatch_fini(&s);
}
