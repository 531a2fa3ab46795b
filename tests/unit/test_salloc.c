/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "opt/salloc.h"

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))
#define WORDS_MAX 8

/* Words separated by '|'. */
static int parse(struct salloc *s, const char *in, struct err *e)
{
	char copy[2048], *words[WORDS_MAX], *p = copy;
	size_t n = 0;

	snprintf(copy, sizeof copy, "%s", in);
	while (p && *in) {
		assert_true(n < WORDS_MAX);
		words[n++] = strsep(&p, "|");
	}
	e->text[0] = '\0';
	return salloc_parse(s, words, n, e);
}

/* Everything that was asked for, as text. */
static void show(struct buf *out, const struct salloc *s)
{
	const struct {
		const char *name, *value;
	} strings[] = {
		{ "partition", s->partition }, { "account", s->account },
		{ "qos", s->qos }, { "constraint", s->constraint },
		{ "reservation", s->reservation },
		{ "licenses", s->licenses }, { "wckey", s->wckey },
		{ "job-name", s->job_name }, { "comment", s->comment },
		{ "exclude", s->exclude }, { "nodelist", s->nodelist },
		{ "chdir", s->chdir }, { "gres", s->gres },
		{ "gpus", s->gpus }, { "gpus-per-node", s->gpus_per_node },
	};

	for (size_t i = 0; i < ELEMENTS(strings); i++)
		if (strings[i].value)
			buf_printf(out, "%s=%s ", strings[i].name,
				strings[i].value);
	if (s->time_limit == SALLOC_UNLIMITED)
		buf_puts(out, "time=unlimited ");
	else if (s->time_limit)
		buf_printf(out, "time=%u ", s->time_limit);
	assert_int_equal(s->time_limit == SALLOC_UNLIMITED ? 0 : s->time_limit,
		(s->time_seconds + 59) / 60);
	if (s->cpus_per_task)
		buf_printf(out, "cpus=%u ", s->cpus_per_task);
	if (s->ntasks)
		buf_printf(out, "ntasks=%u ", s->ntasks);
	if (s->min_nodes || s->max_nodes)
		buf_printf(out, "nodes=%u-%u ", s->min_nodes, s->max_nodes);
	if (s->mem != SALLOC_MEM_UNSET)
		buf_printf(out, "mem=%ju ", (uintmax_t)s->mem);
	if (s->mem_per_cpu != SALLOC_MEM_UNSET)
		buf_printf(out, "mem-per-cpu=%ju ", (uintmax_t)s->mem_per_cpu);
	if (s->exclusive)
		buf_printf(out, "exclusive=%d ", s->exclusive);
	if (out->len > 0)
		out->len--;
	buf_append(out, "", 1);
}

static const struct {
	const char *in, *want;
} good[] = {
	{ "", "" },
	/* spellings */
	{ "--partition=devel", "partition=devel" },
	{ "--partition|devel", "partition=devel" },
	{ "-pdevel", "partition=devel" },
	{ "-p|devel", "partition=devel" },
	{ "--part=devel", "partition=devel" },
	{ "--par|devel", "partition=devel" },
	{ "-p|-x", "partition=-x" },
	{ "--partition=a=b", "partition=a=b" },
	{ "-p|a|-p|b", "partition=b" },
	{ "-pa,b|-c2|-n|3", "partition=a,b cpus=2 ntasks=3" },
	/* an exact name wins over longer ones that begin with it */
	{ "--mem=1", "mem=1" },
	{ "--gpus=1", "gpus=gres:gpu:1" },
	{ "--exclusiv", "exclusive=1" },
	/* strings */
	{ "-A|acc|-q|debug|-C|a&b", "account=acc qos=debug constraint=a&b" },
	{ "--reservation=r1|-L|m:2|--wckey=k",
		"reservation=r1 licenses=m:2 wckey=k" },
	{ "-J|my job|--comment=x y|-D|sub/dir",
		"job-name=my job comment=x y chdir=sub/dir" },
	{ "-x|c[1-3]|-w|c4,c5", "exclude=c[1-3] nodelist=c4,c5" },
	{ "--exclusive", "exclusive=1" },
	{ "--exclusive=user|-pa", "partition=a exclusive=2" },
	/* time */
	{ "-t5", "time=5" },
	{ "-t|0", "time=unlimited" },
	{ "-t|0:00:00", "time=unlimited" },
	{ "-t-1", "time=unlimited" },
	{ "--time=infinite", "time=unlimited" },
	{ "--time=UNLIMITED", "time=unlimited" },
	{ "-t5:0", "time=5" },
	{ "-t5:1", "time=6" },
	{ "-t1:60", "time=2" },
	{ "-t1:61", "time=3" },
	{ "-t0:1", "time=1" },
	{ "-t1:0:0", "time=60" },
	{ "-t1:2:3", "time=63" },
	{ "-t5-", "time=7200" },
	{ "-t1-2", "time=1560" },
	{ "-t1-2:3", "time=1563" },
	{ "-t1-2:3:4", "time=1564" },
	{ "-t1-25", "time=2940" },
	{ "-t365-", "time=525600" },
	/* memory */
	{ "--mem=4000", "mem=4000" },
	{ "--mem=1K", "mem=1" },
	{ "--mem=1024k", "mem=1" },
	{ "--mem=1025k", "mem=2" },
	{ "--mem=0", "mem=0" },
	{ "--mem=3M", "mem=3" },
	{ "--mem=3MB", "mem=3" },
	{ "--mem=2g", "mem=2048" },
	{ "--mem=2Gb", "mem=2048" },
	{ "--mem=1T", "mem=1048576" },
	{ "--mem-per-cpu|2G", "mem-per-cpu=2048" },
	/* nodes */
	{ "-N1", "nodes=1-1" },
	{ "-N|2-4", "nodes=2-4" },
	{ "--nodes=1k-1M", "nodes=1024-1048576" },
	{ "-N4096", "nodes=4096-4096" },
	{ "-N|2048-65536", "nodes=2048-65536" },
	{ "-N2047m", "nodes=2146435072-2146435072" },
	/* TRES */
	{ "--gres=gpu:2", "gres=gres:gpu:2" },
	{ "--gres=gpu:a100:1,nvme:2", "gres=gres:gpu:a100:1,gres:nvme:2" },
	{ "--gres=none", "" },
	{ "--gres=gpu:2|--gres=none", "" },
	{ "-G2", "gpus=gres:gpu:2" },
	{ "-G|a100:1,v100:2", "gpus=gres:gpu:a100:1,gres:gpu:v100:2" },
	{ "--gpus-per-node=2", "gpus-per-node=gres:gpu:2" },
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(good); i++) {
		struct buf got = { 0 };
		struct salloc s;
		struct err e;

		if (parse(&s, good[i].in, &e) == -1)
			fail_msg("'%s': %s", good[i].in, e.text);
		show(&got, &s);
		if (strcmp(buf_data(&got), good[i].want) != 0)
			fail_msg("'%s' gave '%s', not '%s'", good[i].in,
				buf_data(&got), good[i].want);
		buf_fini(&got);
		salloc_fini(&s);
	}
}

static const struct {
	const char *in;
	const char *want;	/* part of the message */
} wrong[] = {
	{ "--frobnicate=1", "'--frobnicate=1': not an option" },
	{ "--frobnicate=1", "understood are --account" },
	{ "--frobnicate=1", "salloc(1)" },
	{ "-Z", "'-Z'" },
	{ "devel", "'devel': not an option" },
	{ "-", "'-'" },
	{ "--|x", "'--'" },
	{ "--no=1", "could be" },
	{ "--gp=1", "could be --gpus or --gpus-per-node" },
	{ "--m=1", "could be --mem or --mem-per-cpu" },
	{ "--partition", "--partition: its value is missing" },
	{ "-p", "--partition: its value is missing" },
	{ "--partition=", "--partition: its value is empty" },
	{ "-p|", "--partition: its value is empty" },
	{ "--requeue=1", "takes no value" },
	{ "--requeue", "--requeue: a session is one job" },
	{ "-o|x", "--output: the session sets this" },
	{ "--x11", "batch" },
	{ "--exclusive=x", "--exclusive=x" },
	{ "-t1h", "--time=1h: not a time" },
	{ "-t90s", "--time=90s" },
	{ "-t5:", "--time" },
	{ "-t:5", "--time" },
	{ "-t1:2:3:4", "--time" },
	{ "-t1-:3", "--time" },
	{ "-t1-2:3:4:5", "--time" },
	{ "-t1-2:3:4:", "--time" },
	{ "-t-2", "--time" },
	{ "-t+5", "--time" },
	{ "-t| 5", "--time" },
	{ "-tINFI", "--time" },
	{ "-t99999999999", "too long" },
	{ "-t2147483646", "too long" },
	{ "-t2147483646-", "too long" },
	{ "-c0", "--cpus-per-task=0: not a number from 1 to 65533" },
	{ "-c-1", "--cpus-per-task" },
	{ "-c65534", "--cpus-per-task" },
	{ "-c4x", "--cpus-per-task" },
	{ "-n99999999999999999999999", "--ntasks" },
	{ "--mem=1X", "--mem=1X: not an amount" },
	{ "--mem=G", "--mem" },
	{ "--mem=1.5G", "--mem" },
	{ "--mem=1GiB", "--mem" },
	{ "--mem=-1", "--mem" },
	{ "--mem=99999999999999999999", "--mem" },
	{ "--mem=1|--mem-per-cpu=1", "exclude each other" },
	{ "--mem-per-cpu=1|--mem=1", "exclude each other" },
	{ "-N0", "--nodes=0" },
	{ "-N4-2", "--nodes" },
	{ "-N1-", "--nodes" },
	{ "-N-1", "--nodes" },
	{ "-N1x", "--nodes" },
	{ "-N9999999999", "--nodes" },
	{ "-N2147483648", "--nodes" },
	{ "-N2048m", "--nodes" },
	{ "-N2097152k", "--nodes" },
	{ "-N18446744073709551617", "--nodes" },
	{ "--gres=gpu:1,", "--gres=gpu:1,: an empty word" },
	{ "--gres=,", "--gres" },
	{ "--gres=help", "salloc --gres=help" },
	{ "-w/etc/hosts", "--nodelist" },
	{ "--partiton=gpu", "do you mean --partition=gpu?" },
	{ "--time-limit=5", "understood are" },
	{ "partition=gpu", "do you mean --partition=gpu?" },
	{ "partition", "do you mean --partition?" },
	{ "--arrray=1", "understood are" },	/* refused, so not proposed */
	{ "--gres=gpu:1 --time=1:00:00", ": each option is a word of its own "
		"here: --salloc-arg=--gres=gpu:1 --salloc-arg=--time=1:00:00" },
	{ "-p gpu", ": --salloc-arg=--partition=gpu" },
	{ "-p gpu -t 5 --exclusive", ": --salloc-arg=--partition=gpu "
		"--salloc-arg=--time=5 --salloc-arg=--exclusive" },
	{ "-Cx|--time  5", ": --salloc-arg=--time=5" },
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(wrong); i++) {
		struct salloc s;
		struct err e;

		if (parse(&s, wrong[i].in, &e) != -1)
			fail_msg("'%s' was taken", wrong[i].in);
		if (strstr(e.text, wrong[i].want) == NULL)
			fail_msg("'%s': '%s' lacks '%s'", wrong[i].in, e.text,
				wrong[i].want);
		salloc_fini(&s);
	}
}

static void test_only_time(void **state)
{
	static const struct {
		const char *words[4];
		int ret;
		const char *other;
		uint64_t seconds;
	} rows[] = {
		{ { NULL }, 0, NULL, 0 },
		{ { "--time=90" }, 0, NULL, 5400 },
		{ { "-t", "0:05" }, 0, NULL, 5 },
		{ { "-t1:2:3", "--time=0:1" }, 0, NULL, 1 },
		{ { "-t5", "--time=unlimited" }, 0, NULL, 0 },
		{ { "--partition", "-t5", "--tim=7" }, 0, "--partition", 420 },
		{ { "--time=0:30", "--partition=foo", "--bogus" }, 0,
			"--partition=foo", 30 },
		{ { "-l", "--no-such=1", "--t=1", "word" }, 0, "-l", 60 },
		{ { "--x11", "-t5" }, 0, "--x11", 300 },
		{ { "-t1x" }, -1, NULL, 0 },
		{ { "-p", "x", "--time" }, -1, NULL, 0 },
		{ { "--time=" }, -1, NULL, 0 },
		{ { "-t-5" }, -1, NULL, 0 },
		{ { "--gres=gpu:1 --time=5" }, -1, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const char *other = NULL;
		uint64_t seconds = 0;
		struct err e = { "" };
		size_t n = 0;

		while (n < 4 && rows[i].words[n] != NULL)
			n++;
		if (salloc_time(&seconds, &other, (char **)rows[i].words, n,
			&e) != rows[i].ret || seconds != rows[i].seconds ||
			(rows[i].ret == -1 && strstr(e.text, "--time") == NULL))
			fail_msg("row %zu: %s", i, e.text);
		if (rows[i].ret == 0 && (other == NULL ? rows[i].other != NULL :
			rows[i].other == NULL ||
			strcmp(other, rows[i].other) != 0))
			fail_msg("row %zu: %s", i, other ? other : "none");
	}
}

/* What the user should have typed. */
static void test_spell(void **state)
{
	static const struct {
		const char *words[3];
		int near;
		size_t used;
		const char *want, *why;
	} rows[] = {
		{ { "--gpus=1" }, 0, 1, "--salloc-arg=--gpus=1", NULL },
		{ { "--gpus", "1", "x" }, 0, 2, "--salloc-arg=--gpus=1", NULL },
		{ { "--part=x" }, 0, 1, "--salloc-arg=--partition=x", NULL },
		{ { "-p gpu" }, 0, 1, "--salloc-arg=--partition=gpu", NULL },
		{ { "-t5" }, 0, 1, "--salloc-arg=--time=5", NULL },
		{ { "--exclusive" }, 0, 1, "--salloc-arg=--exclusive", NULL },
		{ { "--exclusive=user" }, 0, 1,
			"--salloc-arg=--exclusive=user", NULL },
		{ { "-t" }, 0, 1, "--salloc-arg=--time=VALUE", NULL },
		{ { "-J", "a'b" }, 0, 2,
			"'--salloc-arg=--job-name=a'\\''b'", NULL },
		{ { "--tiem=5" }, 0, 0, "", NULL },
		{ { "--tiem=5" }, 1, 1, "--salloc-arg=--time=5", NULL },
		{ { "--x11" }, 0, 1, "", "not for a batch job" },
		{ { "gpu" }, 1, 0, "", NULL },
		{ { "-" }, 1, 0, "", NULL },
		{ { "--" }, 1, 0, "", NULL },
		{ { "" }, 1, 0, "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct buf out = { 0 };
		const char *why;
		size_t n = 0, used;

		while (n < 3 && rows[i].words[n] != NULL)
			n++;
		used = salloc_spell((char **)rows[i].words, n, rows[i].near,
			&out, &why);
		buf_append(&out, "", 1);
		if (used != rows[i].used ||
			strcmp(buf_data(&out), rows[i].want) != 0)
			fail_msg("row %zu: %zu, %s", i, used, buf_data(&out));
		if (rows[i].why == NULL ? why != NULL : why == NULL ||
			strcmp(why, rows[i].why) != 0)
			fail_msg("row %zu: %s", i, why ? why : "no reason");
		buf_fini(&out);
	}
}

/* What looks like several words and is one. */
static void test_one_word(void **state)
{
	static const char *const words[] = { "--comment=for x -t 5",
		"--job-name=a b", "-Ja b", "--comment=a -b" };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(words); i++) {
		char *word[] = { (char *)words[i] };
		struct salloc s;
		struct err e;

		if (salloc_parse(&s, word, 1, &e) == -1)
			fail_msg("'%s': %s", words[i], e.text);
		salloc_fini(&s);
	}
}

static void test_too_long(void **state)
{
	char word[SALLOC_STRING_MAX + 32];
	char *words[] = { word };
	struct salloc s;
	struct err e;
	int n = snprintf(word, sizeof word, "--comment=%0*d",
		SALLOC_STRING_MAX, 0);

	(void)state;
	assert_int_equal(salloc_parse(&s, words, 1, &e), 0);
	salloc_fini(&s);
	memcpy(word + n, "x", 2);
	assert_int_equal(salloc_parse(&s, words, 1, &e), -1);
	assert_non_null(strstr(e.text, "longer than 900"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_only_time),
		cmocka_unit_test(test_spell),
		cmocka_unit_test(test_one_word),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests_name("salloc", tests, NULL, NULL);
}
