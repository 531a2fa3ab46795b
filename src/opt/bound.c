/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The words are read by salloc's parser, so that a bound holds for what they ask
 * for and not for how that is spelled.
 */
#include "opt/bound.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "opt/allowed.h"
#include "opt/listcount.h"
#include "opt/optsalloc.h"
#include "salloc/salloc.h"

#define NOT_ASKED UINT64_MAX
#define ALL_THERE_IS LISTCOUNT_ALL
#define GRES "gres:"		/* as salloc/sallocval.c begins them */

struct bound_noun {
	const char *name;
	/* What is asked for: a list of words, or a number or one of the above. */
	const char *(*words)(const struct salloc *s);
	uint64_t (*number)(const struct salloc *s);
	int any_case;			/* Slurm takes large letters for small ones */
	/* The option of salloc that has n, or more if up; -1: none can. */
	int (*option)(const struct salloc *s, uint64_t n, int up, char **word);
	const char *options[5];		/* which it takes the place of */
	const char *reader;		/* option that reads its numbers; NULL: digits */
};

/* ---- what is asked for --------------------------------------------------- */

static const char *partition(const struct salloc *s)
{
	return s->partition;
}

static const char *account(const struct salloc *s)
{
	return s->account;
}

static const char *qos(const struct salloc *s)
{
	return s->qos;
}

static uint64_t largest(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Of n that each of several gets; up: all together not less than n. */
static uint64_t share(uint64_t n, uint64_t among, int up)
{
	return n / among + (up && n % among > 0);
}

/* A job may be given all of the time between its --time-min and its --time. */
static uint64_t minutes(const struct salloc *s)
{
	uint32_t n = s->time_limit > s->time_min ? s->time_limit : s->time_min;

	return n == SALLOC_UNLIMITED ? ALL_THERE_IS : n == 0 ? NOT_ASKED : n;
}

/* On how many nodes the tasks have to lie; 0: they do not say. */
static uint64_t spread(const struct salloc *s)
{
	return s->ntasks_per_node == 0 ? 0 :
		share(s->ntasks, s->ntasks_per_node, 1);
}

/* As many as it may be given, and no fewer than it names. */
static uint64_t nodes_named(const struct salloc *s)
{
	return largest(largest(s->max_nodes, listcount_hosts(s->nodelist)),
		spread(s));
}

/* Nobody else is on its nodes: all of their CPUs and GPUs, not memory, are its. */
static int has_whole_nodes(const struct salloc *s)
{
	return s->exclusive == SALLOC_EXCLUSIVE ||
		s->exclusive == SALLOC_EXCLUSIVE_TOPO;
}

/* With topo all nodes are its that hang on the same switch. */
static uint64_t nodes(const struct salloc *s)
{
	uint64_t n = nodes_named(s);

	if (s->exclusive == SALLOC_EXCLUSIVE_TOPO)
		return ALL_THERE_IS;
	return n == 0 ? NOT_ASKED : n;
}

/* Without any word about nodes it is one. */
static uint64_t nodes_at_most(const struct salloc *s)
{
	return largest(1, nodes_named(s));
}

/* GPUs of the job and of its nodes, and those of each task. */
static uint64_t gpus_of_job(const struct salloc *s)
{
	uint64_t a_node = listcount_add(listcount_gpus(s->gres),
		listcount_gpus(s->gpus_per_node));

	return listcount_add(listcount_gpus(s->gpus),
		listcount_times(a_node, nodes_at_most(s)));
}

static uint64_t gpus_of_task(const struct salloc *s)
{
	return listcount_add(listcount_gpus(s->tres_per_task),
		listcount_typed(s->gpus_per_task));
}

/* How many tasks share the job's GPUs, where each has some; 0: none does. */
static uint64_t tasks_with_gpus(const struct salloc *s)
{
	uint64_t n = gpus_of_job(s), a_task = gpus_of_task(s);

	if (a_task == 0)
		return 0;
	/* What cannot be counted may be one. */
	return n == ALL_THERE_IS || a_task == ALL_THERE_IS ? n :
		share(n, a_task, 1);
}

/*
 * Of a number of nodes that is exact each has a task a thread, as with sbatch
 * (launch/slurm/slurm_ask.c).
 */
static uint64_t tasks(const struct salloc *s)
{
	uint64_t a_node = largest(1, s->ntasks_per_node);

	if (s->ntasks > 0)
		return largest(s->ntasks, s->min_nodes);
	if (s->min_nodes > 0 && s->min_nodes == s->max_nodes)
		a_node = largest(a_node, s->threads_per_core);
	return largest(tasks_with_gpus(s),
		listcount_times(nodes_at_most(s), a_node));
}

static uint64_t gpus(const struct salloc *s)
{
	uint64_t a_task = gpus_of_task(s);

	if (has_whole_nodes(s))
		return ALL_THERE_IS;
	if (s->gres == NULL && s->gpus_per_node == NULL && s->gpus == NULL &&
		a_task == 0)
		return NOT_ASKED;
	return largest(gpus_of_job(s), listcount_times(a_task, tasks(s)));
}

/* Where it matters how many there are, one that nobody asks for is one. */
static uint64_t gpus_at_least(const struct salloc *s)
{
	uint64_t n = gpus(s);

	return n == NOT_ASKED ? 1 : n;
}

static uint64_t cpus(const struct salloc *s)
{
	uint64_t a_task = largest(s->cpus_per_task,
		listcount_cpus(s->tres_per_task));
	uint64_t n;

	if (has_whole_nodes(s))
		return ALL_THERE_IS;
	if (a_task == 0 && s->ntasks == 0 && nodes_named(s) == 0 &&
		tasks_with_gpus(s) == 0 && s->ntasks_per_node == 0 &&
		s->cpus_per_gpu == 0 && s->mincpus == 0)
		return NOT_ASKED;
	n = largest(listcount_times(tasks(s), largest(1, a_task)),
		listcount_times(nodes_at_most(s), s->mincpus));
	return s->cpus_per_gpu == 0 ? n :
		largest(n, listcount_times(s->cpus_per_gpu, gpus_at_least(s)));
}

static uint64_t megabytes(const struct salloc *s)
{
	uint64_t n = cpus(s);

	if (s->mem != SALLOC_MEM_UNSET)
		return s->mem == 0 ? ALL_THERE_IS : s->mem;
	if (s->mem_per_gpu != SALLOC_MEM_UNSET)
		return s->mem_per_gpu == 0 ? ALL_THERE_IS :
			listcount_times(s->mem_per_gpu, gpus_at_least(s));
	if (s->mem_per_cpu == SALLOC_MEM_UNSET)
		return NOT_ASKED;
	return s->mem_per_cpu == 0 ? ALL_THERE_IS :
		listcount_times(s->mem_per_cpu, n == NOT_ASKED ? 1 : n);
}

/* ---- the nearest within -------------------------------------------------- */

static int give_time(const struct salloc *s, uint64_t n, int up, char **word)
{
	(void)s;
	(void)up;
	*word = mem_printf("--time=%" PRIu64, n);
	return 0;
}

static int give_nodes(const struct salloc *s, uint64_t n, int up, char **word)
{
	(void)s;
	(void)up;
	*word = mem_printf("--nodes=%" PRIu64, n);
	return 0;
}

static int give_mem(const struct salloc *s, uint64_t n, int up, char **word)
{
	(void)s;
	(void)up;
	*word = mem_printf("--mem=%" PRIu64 "M", n);
	return 0;
}

static int give_cpus(const struct salloc *s, uint64_t n, int up, char **word)
{
	uint64_t each = share(n, tasks(s), up);

	if (each == 0)
		return -1;
	*word = mem_printf("--cpus-per-task=%" PRIu64, each);
	return 0;
}

/* How much of "gres:gpu:a100:2" stands before its count; it may have none. */
static size_t before_count(const char *given)
{
	size_t len = strlen(given);

	while (len > 0 && strchr(":=/", given[len - 1]) == NULL)
		len--;
	return given[len] >= '0' && given[len] <= '9' ? len - 1 :
		strlen(given);
}

/* What can be written again with another count: "gpu:a100:2", "gpu:a100", "2". */
static int takes_other_count(const char *given)
{
	static const char digits[] = "0123456789";
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	const char *last = given + strlen(given);

	while (last > given && strchr(":=/", last[-1]) == NULL)
		last--;
	for (const char *at = given; *at != '\0'; at++)
		if (strchr(letters, *at) == NULL &&
			strchr(digits, *at) == NULL &&
			strchr("_.:=/-", *at) == NULL)
			return 0;
	return last[0] != '\0' && (last[strspn(last, digits)] == '\0' ||
		strchr(letters, last[0]) != NULL);
}

/* Of one type only, and with nothing but GPUs beside. */
static int give_gpus(const struct salloc *s, uint64_t n, int up, char **word)
{
	const char *given = s->gres != NULL ? s->gres :
		s->gpus_per_node != NULL ? s->gpus_per_node : s->gpus;
	uint64_t each = share(n, nodes_at_most(s), up);

	if ((s->gres != NULL) + (s->gpus_per_node != NULL) +
		(s->gpus != NULL) != 1 || !takes_other_count(given) ||
		listcount_gpus(given) == 0 || each == 0)
		return -1;
	*word = mem_printf("--gres=%.*s:%" PRIu64,
		(int)(before_count(given) - strlen(GRES)), given + strlen(GRES),
		each);
	return 0;
}

/* Not of one job. */
static const char *no_words(const struct salloc *s)
{
	(void)s;
	return NULL;
}

static uint64_t no_number(const struct salloc *s)
{
	(void)s;
	return NOT_ASKED;
}

static const struct bound_noun nouns[] = {
	{ "partition", .words = partition, .options = { "partition" } },
	{ "account", .words = account, .any_case = 1, .options = { "account" } },
	{ "qos", .words = qos, .any_case = 1, .options = { "qos" } },
	{ "time", .number = minutes, .option = give_time,
		.options = { "time", "time-min" }, .reader = "--time" },
	{ "cpus", .number = cpus, .option = give_cpus,
		.options = { "cpus-per-task", "cpus-per-gpu", "mincpus" } },
	{ "mem", .number = megabytes, .option = give_mem,
		.options = { "mem", "mem-per-cpu", "mem-per-gpu" }, .reader = "--mem" },
	{ "gpus", .number = gpus, .option = give_gpus,
		.options = { "gres", "gpus", "gpus-per-node" } },
	{ "nodes", .number = nodes, .option = give_nodes,
		.options = { "nodes" } },
	{ "command", .words = no_words },
	{ "app", .words = no_words },
	{ "sessions", .number = no_number },
};
#define NOUNS (sizeof nouns / sizeof *nouns)

static const struct bound_noun *find(const char *name)
{
	for (size_t i = 0; i < NOUNS; i++)
		if (strcmp(nouns[i].name, name) == 0)
			return &nouns[i];
	return NULL;
}

const char *bound_noun(size_t i)
{
	return i < NOUNS ? nouns[i].name : NULL;
}

int bound_is_noun(const char *name)
{
	return find(name) != NULL;
}

/* ---- reading a bound ----------------------------------------------------- */

static int read_number(const struct bound_noun *noun, const char *text,
	size_t len, uint64_t *n, struct err *e)
{
	char *word;
	struct salloc s;
	int ret;

	if (len == 0)
		return 0;
	if (noun->reader == NULL) {
		*n = 0;
		for (size_t i = 0; i < len; i++) {
			if (text[i] < '0' || text[i] > '9' || *n > UINT32_MAX)
				return err_set(e, "'%.*s' is not a number",
					(int)(len < 80 ? len : 80), text);
			*n = *n * 10 + (uint64_t)(text[i] - '0');
		}
		return 0;
	}
	word = mem_printf("%s=%.*s", noun->reader, (int)len, text);
	ret = salloc_parse(&s, &word, 1, 0, e);
	if (ret == 0)
		*n = noun->number(&s);
	salloc_fini(&s);
	free(word);
	return ret;
}

int bound_cut(const char *text, size_t *len, const char **max, struct err *e)
{
	const char *dots = strstr(text, "..");

	if (dots == NULL || text[2] == '\0')
		return err_set(e, "'%.80s' is not MIN..MAX, MIN.. or ..MAX",
			text);
	*len = (size_t)(dots - text);
	*max = dots + 2;
	return 0;
}

static int read_bounds(const struct bound_noun *noun, const char *text,
	uint64_t *min, uint64_t *max, struct err *e)
{
	const char *last = "";
	size_t len = 0;

	*min = 0;
	*max = ALL_THERE_IS;
	if (bound_cut(text, &len, &last, e) == -1 ||
		read_number(noun, text, len, min, e) == -1 ||
		read_number(noun, last, strlen(last), max, e) == -1)
		return -1;
	return *min <= *max ? 0 :
		err_set(e, "'%.80s': the first is more than the second", text);
}

int bound_read(struct bound *b, const char *name, const char *text,
	const char *where, int lowers, struct err *e)
{
	*b = (struct bound){ .noun = find(name), .text = text,
		.where = where, .lowers = lowers };
	return bound_has_list(b) ? 0 :
		read_bounds(b->noun, text, &b->min, &b->max, e);
}

int bound_has_list(const struct bound *b)
{
	return b->noun->number == NULL;
}

/* ---- keeping it ---------------------------------------------------------- */

static int replaces(const struct bound_noun *noun, const char *word)
{
	const size_t n = sizeof noun->options / sizeof *noun->options;

	for (size_t i = 0; i < n && noun->options[i] != NULL; i++)
		if (optsalloc_in(word, noun->options[i]) != NULL)
			return 1;
	return 0;
}

/* What there may be no end of: asked for, or not understood. */
static const char *all_of(const struct bound_noun *noun, const struct salloc *s)
{
	if (noun->number == minutes)
		return "no limit";
	if (noun->number == nodes && s->exclusive == SALLOC_EXCLUSIVE_TOPO)
		return "all of a switch";
	if (noun->number == megabytes || has_whole_nodes(s))
		return "all of a node";
	return noun->number == gpus ?
		"what cannot be counted (write gpu:TYPE:NUMBER)" :
		"what cannot be counted";
}

static void put_amount(const struct bound_noun *noun, const struct salloc *s,
	uint64_t n, struct buf *out)
{
	if (n == ALL_THERE_IS)
		buf_puts(out, all_of(noun, s));
	else if (noun->number == minutes && n >= 24 * 60)
		buf_printf(out, "%" PRIu64 "-%02u:%02u:00", n / (24 * 60),
			(unsigned)(n / 60 % 24), (unsigned)(n % 60));
	else if (noun->number == minutes)
		buf_printf(out, "%u:%02u:00", (unsigned)(n / 60),
			(unsigned)(n % 60));
	else if (noun->number == megabytes)
		buf_printf(out, "%" PRIu64 "%c", n % 1024 ? n : n / 1024,
			n % 1024 ? 'M' : 'G');
	else
		buf_printf(out, "%" PRIu64, n);
}

/* "time: 1-00:00:00 is asked for, and FILE:5 allows ..8:00:00" */
static void say_beyond(const struct bound *b, const char *asked, struct err *e)
{
	err_set(e, "%s: %.100s is asked for, and %s allows %.200s",
		b->noun->name, asked, b->where, b->text);
}

static int is_within(const struct bound *b, uint64_t n)
{
	return n == NOT_ASKED || (n >= b->min && n <= b->max);
}

/* The words with that one in place of all that ask for it. */
static void with_word(const struct bound_noun *noun,
	const struct opt_list *words, const char *word, struct opt_list *out)
{
	for (size_t i = 0; i < words->n; i++)
		if (!replaces(noun, words->word[i]))
			optlist_add(out, mem_strdup(words->word[i]));
	optlist_add(out, mem_strdup(word));
}

/*
 * What is beyond becomes that word, unless more that asks for it is beside: then it
 * is still beyond, and refused. word: NULL: there is none; is given away.
 */
static int bring(const struct bound *b, const char *asked, char *word,
	struct opt_list *words, struct err *note, struct err *e)
{
	struct opt_list now = { 0 };
	struct salloc s;
	int good = 0;

	say_beyond(b, asked, e);
	if (word == NULL)
		return -1;
	with_word(b->noun, words, word, &now);
	if (salloc_parse(&s, now.word, now.n, 0, NULL) == 0) {
		good = bound_has_list(b) ||
			is_within(b, b->noun->number(&s));
		salloc_fini(&s);
	}
	if (good) {
		optlist_free(words);
		*words = now;
		err_set(note, "%s: it is made %.100s", e->text, word);
	} else {
		optlist_free(&now);
	}
	free(word);
	return good ? 1 : -1;
}

static int check_number(const struct bound *b, const struct salloc *s,
	struct opt_list *words, struct err *note, struct err *e)
{
	uint64_t n = b->noun->number(s);
	struct buf asked = { 0 };
	char *word = NULL;
	int up = n < b->min, ret;

	if (is_within(b, n))
		return 0;
	if (b->lowers && b->noun->option(s, up ? b->min : b->max, up,
		&word) == -1)
		word = NULL;
	put_amount(b->noun, s, n, &asked);
	buf_append(&asked, "", 1);
	ret = bring(b, buf_data(&asked), word, words, note, e);
	buf_fini(&asked);
	return ret;
}

static int is_allowed(const struct bound *b, const char *word, size_t len)
{
	return b->noun->any_case ? allowed_has_folded(b->text, word, len) :
		allowed_has(b->text, word, len);
}

/* Those of a list that are allowed, or else the first of the site's. */
static char *allowed_of(const struct bound *b, const char *list)
{
	struct buf kept = { 0 };
	const char *own = b->text;
	char *value, *word = NULL;

	for (size_t len; *list != '\0'; list += len + (list[len] != '\0')) {
		len = strcspn(list, ",");
		if (!is_allowed(b, list, len))
			continue;
		buf_puts(&kept, kept.len > 0 ? "," : "");
		buf_append(&kept, list, len);
	}
	value = kept.len > 0 ? mem_strndup(buf_data(&kept), kept.len) :
		allowed_next(&own);
	if (value != NULL)
		word = mem_printf("--%s=%s", b->noun->name, value);
	free(value);
	buf_fini(&kept);
	return word;
}

static int check_words(const struct bound *b, const struct salloc *s,
	struct opt_list *words, struct err *note, struct err *e)
{
	const char *list = b->noun->words(s), *at = list;
	int within = 1;
	size_t len;

	if (list == NULL)
		return 0;
	for (; *at != '\0'; at += len + (at[len] != '\0')) {
		len = strcspn(at, ",");
		within &= is_allowed(b, at, len);
	}
	return within ? 0 : bring(b, list, b->lowers ? allowed_of(b, list) :
		NULL, words, note, e);
}

int bound_partition(const struct opt_list *words, char **name, struct err *e)
{
	struct salloc s;

	*name = NULL;
	if (salloc_parse(&s, words->word, words->n, 0, e) == -1)
		return -1;
	if (s.partition != NULL)
		*name = mem_strdup(s.partition);
	salloc_fini(&s);
	return 0;
}

int bound_check(const struct bound *b, struct opt_list *words,
	struct err *note, struct err *e)
{
	struct salloc s;
	int ret;

	if (salloc_parse(&s, words->word, words->n, 0, e) == -1)
		return -1;
	ret = bound_has_list(b) ? check_words(b, &s, words, note, e) :
		check_number(b, &s, words, note, e);
	salloc_fini(&s);
	return ret;
}
