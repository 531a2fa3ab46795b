/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "opt/allowed.h"
#include "opt/bound.h"
#include "opt/optsalloc.h"
#include "opt/opttable.h"
#include "opt/policy.h"

static int any_name(const char *name, struct err *e)
{
	(void)name;
	(void)e;
	return 0;
}

static void read_site(struct config *c, const char *text)
{
	struct options o;
	struct err e = { "" };

	options_init(&o, OPT_PROGRAM);
	*c = (struct config){ 0 };
	if (config_add(c, &o.set, "/site", OPT_BY_SITE, text, strlen(text),
		any_name, &e) == -1)
		fail_msg("%s", e.text);
	options_free(&o);
}

static void lists_allow(void **state)
{
	static const struct { const char *list, *word; int want; } rows[] = {
		{ "a b", "b", 1 }, { "a, b", "b", 1 }, { "a b", "c", 0 },
		{ "gpu*", "gpu-4", 1 }, { "gpu*", "cpu", 0 },
		{ "!b", "a", 1 }, { "!b", "b", 0 },
		{ "gpu* !gpu-test", "gpu-test", 0 }, { "gpu* !x", "gpu", 1 },
	};
	const char *at = "!x gp* a,b";
	char *word = allowed_next(&at);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(allowed_has(rows[i].list, rows[i].word,
			strlen(rows[i].word)), rows[i].want);
	assert_string_equal(word, "a");
	free(word);
	word = allowed_next(&at);
	assert_string_equal(word, "b");
	free(word);
	assert_null(allowed_next(&at));
	at = "gp* !x, a !g?";
	word = allowed_named(&at);
	assert_string_equal(word, "x");
	free(word);
	word = allowed_named(&at);
	assert_string_equal(word, "a");
	free(word);
	assert_null(allowed_named(&at));
	assert_true(allowed_has_folded("!High low*", "LOWER", 5));
	assert_false(allowed_has_folded("!High low*", "hIGH", 4));
}

#define TWO "[limit partition a]\ngpus = ..2\n[limit partition b]\ngpus = ..4\n" \
	"[limit]\ngpus = ..1\n"

/*
 * A bound for jobs, what is typed, and what is said or made of it. want: the words
 * then, or NULL: refused with this.
 */
#define SAME ""
#define UNCOUNTED "cpus: what cannot be counted"
static const struct {
	const char *site, *words, *want, *why;
} rows[] = {
	/* What nobody asks for is the scheduler's. */
	{ "[limit]\npartition = a\ntime = ..1\ncpus = ..1\nmem = ..1\ngpus = ..0\nnodes = ..1\nqos = a\naccount = a\n",
		"--comment=x", SAME, NULL },
	/* Whatever the spelling. */
	{ "[limit]\npartition = cpu\n", "-pgpu", NULL,
		"partition: gpu is asked for, and /site:2 allows cpu" },
	{ "[limit]\npartition = cpu\n", "-p gpu", NULL, "partition: gpu is" },
	{ "[limit]\npartition = cpu\n", "--part=gpu", NULL,
		"partition: gpu is" },
	{ "[limit]\npartition = cpu\n", "--partition gpu", NULL,
		"partition: gpu is" },
	{ "[limit]\npartition = cpu\n", "-pgpu -pcpu", SAME, NULL },
	{ "[limit]\npartition = cpu\n", "-pcpu,gpu", NULL,
		"partition: cpu,gpu is" },
	{ "[lower]\npartition = cpu\n", "-pcpu,gpu -c2", "--cpus-per-task=2 --partition=cpu",
		"partition: cpu,gpu is asked for, and /site:2 allows cpu: it is made --partition=cpu" },
	{ "[lower]\npartition = !gpu\n", "-pgpu", NULL, "partition: gpu is" },
	{ "[lower]\naccount = a b\n", "-Ac", "--account=a", "made" },
	{ "[limit]\nqos = !high\n", "-qhigh", NULL,
		"qos: high is asked for, and /site:2 allows !high" },
	{ "[limit]\nqos = !high\n", "-qlow", SAME, NULL },
	{ "[limit]\ntime = ..8:00:00\n", "-t 8:00:00", SAME, NULL },
	{ "[limit]\ntime = ..8:00:00\n", "-t 481", NULL,
		"time: 8:01:00 is asked for, and /site:2 allows ..8:00:00" },
	{ "[limit]\ntime = ..8:00:00\n", "-t 0", NULL, "time: no limit is" },
	{ "[limit]\ntime = ..8:00:00\n", "-t UNLIMITED", NULL,
		"time: no limit is" },
	{ "[lower]\ntime = 10..8:00:00\n", "-t 1-1", "--time=480",
		"time: 1-01:00:00 is asked for, and /site:2 allows 10..8:00:00: it is made --time=480" },
	{ "[lower]\ntime = 10..8:00:00\n", "-t 1", "--time=10", "made" },
	{ "[limit]\ncpus = ..8\n", "-n2 -c4", SAME, NULL },
	{ "[limit]\ncpus = ..8\n", "-n3 -c4", NULL, "cpus: 12 is" },
	{ "[limit]\ncpus = ..8\n", "-N9", NULL, "cpus: 9 is" },
	{ "[limit]\ncpus = ..8\n", "--exclusive", NULL,
		"cpus: all of a node is" },
	{ "[lower]\ncpus = ..8\n", "-n2 -c5", "--ntasks=2 --cpus-per-task=4", "made" },
	{ "[lower]\ncpus = ..8\n", "-n9", NULL, "cpus: 9 is" },
	{ "[lower]\ncpus = ..8\n", "--exclusive", NULL, "cpus: all" },
	{ "[limit]\nmem = ..8G\n", "--mem=8G", SAME, NULL },
	{ "[limit]\nmem = ..8G\n", "--mem=8193", NULL,
		"mem: 8193M is asked for, and /site:2 allows ..8G" },
	{ "[limit]\nmem = ..8G\n", "--mem=0", NULL, "mem: all of a node is" },
	{ "[limit]\nmem = ..8G\n", "--mem-per-cpu=3G -c3", NULL, "mem: 9G is" },
	{ "[lower]\nmem = ..8G\n", "--mem-per-cpu=3G -c3", "--cpus-per-task=3 --mem=8192M",
		"made" },
	{ "[limit]\ngpus = ..2\n", "--gres=gpu:2", SAME, NULL },
	{ "[limit]\ngpus = ..2\n", "--gres=gpu:a100:3", NULL, "gpus: 3 is" },
	{ "[limit]\ngpus = ..2\n", "--gres=shard:9", SAME, NULL },
	{ "[limit]\ngpus = ..2\n", "--gres=shard:9,gpu,gpu:v100:2", NULL,
		"gpus: 3 is" },
	{ "[limit]\ngpus = ..2\n", "-G 3", NULL, "gpus: 3 is" },
	{ "[limit]\ngpus = ..2\n", "--gpus-per-node=2 -N2", NULL, "gpus: 4 is" },
	{ "[limit]\ngpus = ..2\n", "--gpus=a100:1,v100:2", NULL, "gpus: 3 is" },
	{ "[limit]\ngpus = ..2\n", "--gres=gpu:2K", NULL,
		"gpus: what cannot be counted (write gpu:TYPE:NUMBER) is asked for" },
	{ "[limit]\ngpus = ..2\n", "--gres=gpu:2080ti", NULL,
		"gpus: what cannot be counted (write gpu:TYPE:NUMBER) is asked for" },
	{ "[limit]\ngpus = ..2\n", "--gres=gpu:2080ti:1", SAME, NULL },
	{ "[limit]\ngpus = ..2\n", "--gres=none", SAME, NULL },
	{ "[lower]\ngpus = ..2\n", "--gres=gpu:a100:3", "--gres=gpu:a100:2",
		"made" },
	{ "[lower]\ngpus = ..2\n", "-G3", "--gres=gpu:2", "made" },
	{ "[lower]\ngpus = ..4\n", "-N2 --gpus-per-node=a100:3",
		"--nodes=2 --gres=gpu:a100:2", "made" },
	{ "[lower]\ngpus = ..2\n", "--gres=shard:9,gpu:3", NULL, "gpus: 3 is" },
	{ "[lower]\ngpus = 2..\n", "--gres=gpu", "--gres=gpu:2", "made" },
	{ "[limit]\nnodes = ..1\n", "-N1-2", NULL, "nodes: 2 is" },
	/* One number by another. */
	{ "[limit]\ntime = ..8:00:00\n", "--time-min=9:00:00", NULL,
		"time: 9:00:00 is" },
	{ "[lower]\ntime = ..8:00:00\n", "--time-min=9:00:00 -t10:00:00",
		"--time=480", "made" },
	{ "[limit]\nnodes = ..1\n", "-n4 --ntasks-per-node=2", NULL,
		"nodes: 2 is" },
	{ "[lower]\nnodes = ..1\n", "-n4 --ntasks-per-node=2", NULL,
		"nodes: 2 is" },
	{ "[limit]\ncpus = ..8\n", "--ntasks-per-node=9", NULL, "cpus: 9 is" },
	{ "[limit]\ncpus = ..8\n", "--mincpus=9", NULL, "cpus: 9 is" },
	{ "[limit]\ncpus = ..8\n", "-G2 --cpus-per-gpu=5", NULL, "cpus: 10 is" },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpu=5 -n2", NULL,
		"cpus: 10 is" },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpu:8,gres/gpu=9", SAME, NULL },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=gres/gpu=1,cpu:9", NULL,
		"cpus: 9 is" },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpu", SAME, NULL },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpu -n9", NULL,
		"cpus: 9 is" },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=CPU/+9", NULL, "cpus: 9 is" },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpu=5,cpu=4", NULL,
		"cpus: 9 is" },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=license/cpu:9", NULL,
		"cpus: 9 is" },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=gres/cpuboost:9", SAME, NULL },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpu=", NULL, UNCOUNTED },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpus", NULL, UNCOUNTED },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpus=2", NULL, UNCOUNTED },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpu:9:1", NULL, UNCOUNTED },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpu=2;cpu=9", NULL, UNCOUNTED },
	{ "[limit]\ncpus = ..8\n", "--tres-per-task=cpu=0x9", NULL, UNCOUNTED },
	{ "[lower]\ncpus = ..8\n", "--tres-per-task=cpus=9", NULL, UNCOUNTED },
	{ "[lower]\ncpus = ..8\n", "--mincpus=9", "--cpus-per-task=8", "made" },
	{ "[limit]\nmem = ..8G\n", "--mem-per-gpu=5G -G2", NULL, "mem: 10G is" },
	{ "[limit]\nmem = ..8G\n", "--mem-per-cpu=5G -G2 --cpus-per-gpu=1",
		NULL, "mem: 10G is" },
	{ "[lower]\nmem = ..8G\n", "--mem-per-gpu=5G -G2", "--gpus=2 --mem=8192M",
		"made" },
	{ "[limit]\ngpus = ..2\n", "--gpus-per-task=3", NULL, "gpus: 3 is" },
	{ "[limit]\ngpus = ..2\n", "--gpus-per-task=a100:2 -n2", NULL,
		"gpus: 4 is" },
	{ "[limit]\ngpus = ..2\n", "--tres-per-task=cpu:1,gres/gpu:a100:3",
		NULL, "gpus: 3 is" },
	{ "[limit]\ngpus = ..2\n", "--tres-per-task=gres/gpu=3", NULL,
		"gpus: 3 is" },
	{ "[limit]\ngpus = ..2\n", "--tres-per-task=cpu=9", "--tres-per-task=cpu=9",
		NULL },
	{ "[lower]\ngpus = ..2\n", "--gpus-per-task=3", NULL, "gpus: 3 is" },
	{ "[lower]\nnodes = ..1\n", "-N1-2", "--nodes=1", "made" },
	/* Without --ntasks the GPUs say how many tasks there are. */
	{ "[limit]\ncpus = ..8\n", "-G8 --gpus-per-task=1 -c8", NULL,
		"cpus: 64 is" },
	{ "[limit]\ncpus = ..8\n", "--gpus-per-node=8 --gpus-per-task=1 -c8",
		NULL, "cpus: 64 is" },
	{ "[limit]\ncpus = ..8\n", "-N2 --gres=gpu:3 --gpus-per-task=2 -c4",
		NULL, "cpus: 12 is" },
	{ "[limit]\ncpus = ..4\n", "-G8 --gpus-per-task=1", NULL, "cpus: 8 is" },
	{ "[limit]\ncpus = ..8\n", "-n1 -G8 --gpus-per-task=8 -c8", SAME, NULL },
	{ "[limit]\nmem = ..8G\n", "-G8 --gpus-per-task=1 -c8 --mem-per-cpu=1G",
		NULL, "mem: 64G is" },
	{ "[lower]\ncpus = ..16\n", "-G8 --gpus-per-task=1 -c8",
		"--gpus=8 --gpus-per-task=1 --cpus-per-task=2", "made" },
	/* A node that is shared with nobody has all of its GPUs for the job, too. */
	{ "[limit]\ngpus = ..1\n", "--exclusive", NULL,
		"gpus: all of a node is asked for" },
	{ "[limit]\ngpus = ..1\n", "--exclusive --gres=gpu:1", NULL, "gpus: all" },
	{ "[lower]\ngpus = ..1\n", "--exclusive --gres=gpu:1", NULL, "gpus: all" },
	{ "[limit]\ngpus = ..1\n", "--exclusive=user --gres=gpu:1", SAME, NULL },
	{ "[limit]\nmem = ..8G\n", "--exclusive", SAME, NULL },
	{ "[limit]\nmem = ..8G\n", "--exclusive --mem=8G", SAME, NULL },
	{ "[limit]\nmem = ..8G\n", "--exclusive --mem-per-cpu=1", NULL,
		"mem: all of a node is" },
	{ "[limit]\nmem = ..8G\n", "--exclusive --mem-per-gpu=1", NULL,
		"mem: all of a node is" },
	{ "[limit]\nnodes = ..4\n", "--exclusive -N4", SAME, NULL },
	{ "[limit]\ncpus = ..8\n", "--exclusive=topo", NULL,
		"cpus: all of a node is" },
	{ "[limit]\ngpus = ..8\n", "--exclusive=topo", NULL,
		"gpus: all of a node is" },
	{ "[limit]\nnodes = ..8\n", "--exclusive=topo -N1", NULL,
		"nodes: all of a switch is" },
	/* Slurm takes such names in large letters and small ones; not partitions. */
	{ "[limit]\nqos = !high\n", "-qHIGH", NULL, "qos: HIGH is" },
	{ "[limit]\nqos = High\n", "-qhigh", SAME, NULL },
	{ "[limit]\naccount = !lab\n", "-ALab", NULL, "account: Lab is" },
	{ "[limit]\npartition = !gpu\n", "-pGPU", SAME, NULL },
	/* Hosts are nodes, too. */
	{ "[limit]\nnodes = ..1\n", "-wn[1-3],m", NULL, "nodes: 4 is" },
	{ "[limit]\nnodes = ..1\n", "-wn1", SAME, NULL },
	{ "[limit]\nnodes = ..9\n", "-wn[1-3]x[1-3]", SAME, NULL },
	{ "[limit]\nnodes = ..9\n", "-wn[1-", NULL, "nodes: what cannot be counted is" },
	{ "[lower]\nnodes = ..1\n", "-N3 -wn[1-3]", NULL, "nodes: 3 is" },
	{ "[limit]\ncpus = ..8\n", "-wn[1-3] -c4", NULL, "cpus: 12 is" },
	{ "[limit]\ngpus = ..2\n", "-wn[1-2] --gres=gpu:2", NULL, "gpus: 4 is" },
	/* It may be given all of the nodes that it takes. */
	{ "[limit]\ncpus = ..8\n", "-N1-3 -c4", NULL, "cpus: 12 is" },
	{ "[limit]\ncpus = ..8\n", "-N1-3 -c4 -n2", SAME, NULL },
	{ "[limit]\ncpus = ..8\n", "-N1-3 --mincpus=4", NULL, "cpus: 12 is" },
	/* A task a thread of each of so many nodes. */
	{ "[limit]\ncpus = ..8\n", "-N3 --threads-per-core=4", NULL,
		"cpus: 12 is" },
	{ "[limit]\ncpus = ..8\n", "-N3 --threads-per-core=4 -n3", SAME, NULL },
	{ "[limit]\ncpus = ..8\n", "--threads-per-core=4 -c4", SAME, NULL },
	/* GPUs as Slurm reads them, or might. */
	{ "[limit]\ngpus = ..2\n", "--gres=gpu:+8", NULL, "gpus: 8 is" },
	{ "[limit]\ngpus = ..2\n", "--gres=gpu:a100:+8", NULL, "gpus: 8 is" },
	{ "[limit]\ngpus = ..2\n", "--gres=GPU:8", NULL, "gpus: 8 is" },
	{ "[limit]\ngpus = ..2\n", "--gres=gres:gres:gpu:8", NULL, "gpus: 8 is" },
	{ "[limit]\ngpus = ..2\n", "--gres=gres/gpu:8", NULL, "gpus: 8 is" },
	{ "[limit]\ngpus = ..2\n", "--gres=gpu=8", NULL, "gpus: 8 is" },
	{ "[limit]\ngpus = ..2\n", "--gres=gpu:0x8", NULL,
		"gpus: what cannot be counted" },
	{ "[limit]\ngpus = ..2\n", "--gres=!gpu:8", NULL,
		"gpus: what cannot be counted" },
	{ "[limit]\ngpus = ..2\n", "--gpus=+8", NULL, "gpus: 8 is" },
	{ "[limit]\ngpus = ..2\n", "-n1 --gpus-per-task=+8", NULL, "gpus: 8 is" },
	{ "[limit]\ngpus = ..2\n", "--tres-per-task=GRES/GPU:8", NULL,
		"gpus: 8 is" },
	{ "[limit]\ngpus = ..2\n", "--gres=gres:gpu:2", SAME, NULL },
	{ "[lower]\ngpus = ..2\n", "--gres=gpu:+8", NULL, "gpus: 8 is" },
	/* What it is made is within, or it is refused. */
	{ "[lower]\ncpus = 7..8\n", "-n3 -c4", NULL, "cpus: 12 is" },
	{ "[lower]\ncpus = 7..9\n", "-n3 -c2", "--ntasks=3 --cpus-per-task=3", "made" },
	{ "[lower]\ngpus = 3..3\n", "-N2 --gres=gpu:1", NULL, "gpus: 2 is" },
	{ "[lower]\ngpus = 3..4\n", "-N2 --gres=gpu:1", "--nodes=2 --gres=gpu:2", "made" },
	{ "[lower]\ncpus = ..4\n[limit]\nmem = 4G..\n", "-c8 --mem-per-cpu=512M",
		NULL, "mem: 2G is" },
	/* What its parser does not know is for the launcher. */
	{ "[limit]\nmem = ..8G\n", "--container-image=x --mem=9G", NULL,
		"mem: 9G is" },
	{ "[limit partition gpu]\nmem = ..8G\n", "--mem=9G", SAME, NULL },
	/* It may come to each partition that it names. */
	{ TWO, "-pa,b -G3", NULL, "gpus: 3 is asked for, and /site:2 allows ..2" },
	{ TWO, "-pb,a -G3", NULL, "gpus: 3 is asked for, and /site:2 allows ..2" },
	{ TWO, "-pb -G3", SAME, NULL },
	{ TWO, "-pb,c -G3", NULL, "gpus: 3 is asked for, and /site:6 allows ..1" },
	{ TWO, "-pa,b -G2", SAME, NULL },
	{ TWO, "-G2", NULL, "/site:6 allows ..1" },
	/* And to the one in which the site puts it. */
	{ "[lower]\npartition = a\n[limit partition a]\ngpus = ..2\n", "-pb -G3",
		NULL, "gpus: 3 is asked for, and /site:4 allows ..2" },
	{ "[lower partition a]\ngpus = ..2\n[lower]\npartition = a\n", "-pb -G3",
		"--partition=a --gres=gpu:2", "partition: b is" },
	{ "[lower partition b]\npartition = a\n", "-pb", "--partition=a", "made" },
	{ "[limit]\npartition = a\n[lock]\npartition = b\n", "-pb", SAME, NULL },
};

/* As one types them, each behind an -S. */
static void type(struct opt_set *set, const char *text)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };
	const struct opt *row = optset_find(set, "salloc-arg");
	struct err e;

	for (size_t len; *text != '\0'; text += len + (text[len] != '\0')) {
		char *word;
		int ret;

		len = strcspn(text, " ");
		word = mem_strndup(text, len);
		ret = optset_set(set, row, word, &typed, &e);
		if (ret == -1)
			fail_msg("%s", e.text);
		free(word);
	}
}

static void join(const struct opt_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->n; i++)
		buf_printf(out, "%s%s", i > 0 ? " " : "", list->word[i]);
	buf_append(out, "", 1);
}

static void bounds_hold(void **state)
{
	static const struct config_who who = { NULL, NULL, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct opt_list words = { 0 }, notes = { 0 };
		struct buf typed = { 0 }, now = { 0 };
		const char *want = rows[i].want;
		struct options o;
		struct err e = { "" };
		struct config c;
		const char *said;
		int ret;

		read_site(&c, rows[i].site);
		options_init(&o, OPT_PROGRAM);
		type(&o.set, rows[i].words);
		optsalloc_words(&o.set, NULL, &words);
		join(&words, &typed);
		if (want != NULL && want[0] == '\0')
			want = buf_data(&typed);
		ret = policy_job(&c, &who, &words, &notes, &e);
		said = ret == -1 ? e.text : notes.n > 0 ? notes.word[0] : "";
		join(&words, &now);
		if (ret != (want != NULL ? 0 : -1) || (want != NULL &&
			strcmp(buf_data(&now), want) != 0) ||
			(rows[i].why != NULL ? strstr(said, rows[i].why) == NULL :
			said[0] != '\0'))
			fail_msg("%s %s: %s: %s", rows[i].site, rows[i].words,
				buf_data(&now), said);
		buf_fini(&now);
		buf_fini(&typed);
		options_free(&o);
		optlist_free(&words);
		optlist_free(&notes);
		config_fini(&c);
	}
}

static void bad_bounds_are_told(void **state)
{
	static const struct { const char *site, *why; } bad[] = {
		{ "[limit]\ntime = 8h..\n", "/site:2: time: --time=8h: not a time" },
		{ "[limit]\ntime = 8\n", "/site:2: time: '8' is not MIN..MAX, MIN.. or ..MAX" },
		{ "[limit]\ncpus = ..\n", "/site:2: cpus: '..' is not MIN..MAX, MIN.. or ..MAX" },
		{ "[limit]\ncpus = 4..2\n", "/site:2: cpus: '4..2': the first is more than the second" },
		{ "[limit]\ngpus = ..two\n", "/site:2: gpus: 'two' is not a number" },
		{ "[limit]\nmem = ..8X\n", "/site:2: mem: --mem=8X: not an amount" },
		{ "[lower group x]\nsessions = many\n", "/site:2: sessions: 'many' is not MIN..MAX" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = { "" };
		struct config c;

		read_site(&c, bad[i].site);
		assert_int_equal(policy_read(&c, &e), -1);
		if (strncmp(e.text, bad[i].why, strlen(bad[i].why)) != 0)
			fail_msg("%s", e.text);
		config_fini(&c);
	}
}

static void commands_and_sessions_are_counted(void **state)
{
	static const struct config_who who = { .profile = "gpu" };
	static const struct config_who other = { .profile = "cpu" };
	struct policy_sessions p;
	struct config c;
	struct err e;

	(void)state;
	read_site(&c, "[limit]\ncommand = !proxy\nsessions = ..3\n"
		"app = jupyter* files\n"
		"[limit profile gpu]\nsessions = ..1\ncommand = attach\n");
	assert_int_equal(policy_command(&c, &other, "list", &e), 0);
	assert_int_equal(policy_app(&c, &other, "jupyterlab", &e), 0);
	assert_int_equal(policy_app(&c, &other, "rstudio", &e), -1);
	assert_string_equal(e.text,
		"rstudio: this app is not allowed here, by /site:4");
	assert_int_equal(policy_command(&c, &other, "proxy", &e), -1);
	assert_string_equal(e.text,
		"proxy: this command is not allowed here, by /site:2");
	assert_int_equal(policy_command(&c, &who, "list", &e), -1);
	policy_sessions(&c, &who, &p);
	assert_int_equal(p.all.max, 3);
	assert_string_equal(p.all.where, "/site:3");
	assert_int_equal(p.of_profile.max, 1);
	policy_sessions_fini(&p);
	policy_sessions(&c, &other, &p);
	assert_int_equal(p.all.max, 3);
	assert_null(p.of_profile.where);
	policy_sessions_fini(&p);
	config_fini(&c);
	/* Of several partitions the least. */
	read_site(&c, "[limit partition a]\nsessions = ..2\n"
		"[limit partition b]\nsessions = ..4\n");
	policy_sessions(&c, &(struct config_who){ .partition = "b,a" }, &p);
	assert_int_equal(p.all.max, 2);
	assert_string_equal(p.all.where, "/site:2");
	policy_sessions_fini(&p);
	config_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_allow),
		cmocka_unit_test(bounds_hold),
		cmocka_unit_test(bad_bounds_are_told),
		cmocka_unit_test(commands_and_sessions_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
