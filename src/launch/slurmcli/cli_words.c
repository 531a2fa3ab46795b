/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * A word that salloc/salloctable.c has is checked as for every launcher. One that is
 * unknown may belong to a plugin of the site and goes to sbatch, which says whether
 * it is any: but never as a word that sbatch would take for the script, and none
 * that would make another thing of the job than a session.
 */
#include "launch/slurmcli/cli_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "launch/jobscript.h"
#include "launch/slurmjob.h"
#include "opt/listcount.h"
#include "salloc/salloc.h"
#include "salloc/salloctable.h"
#include "salloc/sallocword.h"

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))

/*
 * Options that do not go to sbatch as they are: what every session's job has of its
 * own is put together with them, its cluster is looked at, and the last is salloc's
 * alone.
 */
static const char *const never_passed[] = {
	"job-name", "comment", "chdir", "dependency", "clusters", "no-shell",
};

static void cli_words_add(struct cli_words *w, char *word)
{
	w->argv = mem_realloc(w->argv, (w->n + 2) * sizeof *w->argv);
	w->argv[w->n++] = word;
	w->argv[w->n] = NULL;
}

/*
 * Whether a word that means no option here is the beginning of several. An sbatch
 * that lacks some of those would take it for one, maybe of those that are refused.
 */
static int could_be_several(const char *word)
{
	size_t len = strcspn(word + 2, "=");

	for (const struct sallocrow *row = salloctable; row->name != NULL; row++)
		if (strncmp(row->name, word + 2, len) == 0)
			return 1;
	return 0;
}

/*
 * Words as nobody here knows them. How many of the n were taken: the next is the
 * value, if it is no option. It is joined to it, or sbatch might take it for the
 * script.
 */
static int add_unknown(struct cli_words *w, char *const *words, size_t n,
	struct err *e)
{
	const struct sallocrow *row;
	const char *word = words[0], *value;
	int is_long = word[0] == '-' && word[1] == '-';
	int is_alone = is_long ? strchr(word, '=') == NULL : word[1] != '\0' &&
		word[2] == '\0';

	if (word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0)
		return err_set(e, "'%.100s': not an option", word);
	if (is_long && could_be_several(word))
		return sallocword_take(words, n, 0, &row, &value, e);
	if (!is_alone || n < 2 || words[1][0] == '-') {
		cli_words_add(w, mem_strdup(word));
		return 1;
	}
	cli_words_add(w, mem_printf("%s%s%s", word, is_long ? "=" : "",
		words[1]));
	return 2;
}

static void add_known(struct cli_words *w, const char *name, const char *value)
{
	for (size_t i = 0; i < ELEMENTS(never_passed); i++)
		if (strcmp(name, never_passed[i]) == 0)
			return;
	cli_words_add(w, mem_printf("--%s%s%s", name, value ? "=" : "",
		value ? value : ""));
}

/*
 * As for every launcher, a job has the nodes that it names, and no more: sbatch by
 * itself takes their number for the least. 0: something else says how many.
 */
static uint64_t nodes_meant(const struct salloc *options)
{
	if (options->min_nodes != 0)
		return 0;
	return options->nodelist == NULL ? 1 :
		listcount_hosts(options->nodelist);
}

static int check_nodes(const struct salloc *options, struct err *e)
{
	if (nodes_meant(options) < LISTCOUNT_ALL)
		return 0;
	return err_set(e, "--nodelist=%.100s: how many nodes these are cannot be told; say --nodes=, too",
		options->nodelist);
}

int cli_words_init(struct cli_words *w, const struct kv *request,
	struct err *e)
{
	char **words = mem_alloc((request->n + 1) * sizeof *words);
	char **known = mem_alloc((request->n + 1) * sizeof *known);
	const struct sallocrow *row;
	const char *value;
	size_t n = 0, n_known = 0, pos = 0;
	int used = 0, ret;

	*w = (struct cli_words){ 0 };
	cli_words_add(w, mem_strdup("sbatch"));
	while ((value = kv_next(request, "option", &pos)))
		words[n++] = (char *)(uintptr_t)value;
	for (size_t i = 0; i < n && used != -1; i += (size_t)used) {
		used = (int)sallocword_find(words + i, n - i, 0, &row,
			&value);
		if (used == 0) {
			used = add_unknown(w, words + i, n - i, e);
			continue;
		}
		add_known(w, row->name, value);
		for (int k = 0; k < used; k++)
			known[n_known++] = words[i + (size_t)k];
	}
	ret = salloc_parse(&w->options, known, n_known, 0,
		used == -1 ? NULL : e);
	if (used != -1 && ret == 0)
		ret = check_nodes(&w->options, e);
	free(known);
	free(words);
	return used == -1 ? -1 : ret;
}

static void add_dependency(struct cli_words *w, enum cli_words_use use)
{
	const char *given = w->options.dependency;
	char *text = jobscript_dependency(given);

	if (use != CLI_WORDS_TEST)
		cli_words_add(w, mem_printf("--dependency=%s", text));
	/* Without singleton: the session may have a job, whose end it would tell. */
	else if (given != NULL)
		cli_words_add(w, mem_printf("--dependency=%s", given));
	free(text);
}

void cli_words_finish(struct cli_words *w, const struct kv *request,
	enum cli_words_use use)
{
	const char *session = kv_get(request, "session");
	const uint64_t nodes = nodes_meant(&w->options);
	char *mark = slurmjob_mark_text(session, kv_get(request, "tag"));
	char *text;

	if (nodes > 0)
		cli_words_add(w, mem_printf("--nodes=%llu",
			(unsigned long long)nodes));
	text = jobscript_name(w->options.job_name, session);
	cli_words_add(w, mem_printf("--job-name=%s", text));
	free(text);
	text = jobscript_comment(mark, w->options.comment);
	cli_words_add(w, mem_printf("--comment=%s", text));
	free(text);
	text = jobscript_dir(w->options.chdir, kv_get(request, "chdir"));
	cli_words_add(w, mem_printf("--chdir=%s", text));
	free(text);
	text = jobscript_output(kv_get(request, "log"));
	cli_words_add(w, mem_printf("--output=%s", text));
	free(text);
	cli_words_add(w, mem_strdup("--open-mode=append"));
	cli_words_add(w, mem_strdup("--input=/dev/null"));
	add_dependency(w, use);
	/* A node that fails would make a second agent. */
	cli_words_add(w, mem_strdup("--no-requeue"));
	if (use == CLI_WORDS_SUBMIT)
		cli_words_add(w, mem_strdup("--parsable"));
	else if (use == CLI_WORDS_TEST)
		cli_words_add(w, mem_strdup("--test-only"));
	/*
	 * By this the jobs of a session are known: slurmjob_mark(). The script
	 * does not look at it. A comment alone may be changed while the job
	 * lives, also by a site's plugin.
	 */
	cli_words_add(w, mem_strdup("/dev/stdin"));
	cli_words_add(w, mark);
}

void cli_words_fini(struct cli_words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->argv[i]);
	free(w->argv);
	salloc_fini(&w->options);
	*w = (struct cli_words){ 0 };
}

static int begins(const char *word, const char *name)
{
	return strncmp(word, name, strlen(name)) == 0;
}

static int has_option(const struct cli_words *w, const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 1; i < w->n; i++)
		if (begins(w->argv[i], "--") &&
			strncmp(w->argv[i] + 2, name, len) == 0 &&
			(w->argv[i][2 + len] == '=' ||
			w->argv[i][2 + len] == '\0'))
			return 1;
	return 0;
}

/*
 * SBATCH_PARTITION=x, if there is no --partition. Also those that no row has: a
 * release may have learnt them, and SBATCH_WAIT4SWITCH goes with SBATCH_REQ_SWITCH.
 */
static int is_unsaid(const struct cli_words *w, const char *word)
{
	const char *name;

	if (begins(word, "SLURM_HINT="))
		return !has_option(w, "hint");
	if (!begins(word, "SBATCH_"))
		return 0;
	name = word + strlen("SBATCH_");
	for (const struct sallocrow *row = salloctable; row->name != NULL; row++)
		if (row->env != NULL && begins(name, row->env) &&
			name[strlen(row->env)] == '=')
			return !has_option(w, row->name);
	return 1;
}

void cli_words_env(struct envlist *env, const struct cli_words *w,
	const struct kv *request, char *const *own)
{
	const char *word;
	size_t pos = 0;

	*env = (struct envlist){ 0 };
	for (; *own != NULL; own++)
		if (begins(*own, "SLURM_CONF=") ||
			begins(*own, "SLURM_CONF_SERVER="))
			envlist_put(env, *own);
	while ((word = kv_next(request, "env", &pos)))
		if (!is_unsaid(w, word))
			envlist_put(env, word);
	envlist_unset(env, "SLURM_CLUSTERS");
}

/* SQUEUE_PARTITION would hide jobs, SCANCEL_INTERACTIVE ask a question. */
void cli_words_plain_env(struct envlist *env, char *const *own)
{
	static const char *const prefixes[] = {
		"SQUEUE_", "SCANCEL_", "SCONTROL_", "SINFO_",
		"SLURM_CLUSTERS=", "SLURM_BITSTR_LEN=",
	};
	size_t k;

	*env = (struct envlist){ 0 };
	for (; *own != NULL; own++) {
		for (k = 0; k < ELEMENTS(prefixes); k++)
			if (begins(*own, prefixes[k]))
				break;
		if (k == ELEMENTS(prefixes))
			envlist_put(env, *own);
	}
	envlist_set(env, "SLURM_TIME_FORMAT", "%s");
}
