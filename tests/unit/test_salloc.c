/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "salloc/salloc.h"
#include "salloc/salloctable.h"

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))
#define WORDS_MAX 8

/* Words separated by '|', maybe behind a release: "2305 -p|x". */
static int parse(struct salloc *s, const char *in, struct err *e)
{
	char *end;
	int release = (int)strtol(in, &end, 10);

	char copy[2048], *words[WORDS_MAX], *p = copy;
	size_t n = 0;

	in = end > in ? end + 1 : in;
	snprintf(copy, sizeof copy, "%s", in);
	while (p && *in) {
		assert_true(n < WORDS_MAX);
		words[n++] = strsep(&p, "|");
	}
	e->text[0] = '\0';
	return salloc_parse(s, words, n, release, e);
}

static void show_numbers(struct buf *out, const struct salloc *s)
{
	const struct {
		const char *name;
		uint64_t value, unset;
	} numbers[] = {
		{ "time-min", s->time_min, 0 }, { "cpus", s->cpus_per_task, 0 },
		{ "cpus-per-gpu", s->cpus_per_gpu, 0 },
		{ "mincpus", s->mincpus, 0 }, { "ntasks", s->ntasks, 0 },
		{ "ntasks-per-node", s->ntasks_per_node, 0 },
		{ "threads", s->threads_per_core, 0 },
		{ "switches", s->switches, 0 }, { "for", s->switch_seconds, 0 },
		{ "mem", s->mem, SALLOC_MEM_UNSET },
		{ "mem-per-cpu", s->mem_per_cpu, SALLOC_MEM_UNSET },
		{ "mem-per-gpu", s->mem_per_gpu, SALLOC_MEM_UNSET },
		{ "tmp", s->tmp, SALLOC_MEM_UNSET },
		{ "margin", s->mem_margin, 0 }, { "delay", s->mem_delay, 0 },
		{ "exclusive", (uint64_t)s->exclusive, 0 },
		{ "hint", (uint64_t)s->hint, 0 },
		{ "hold", (uint64_t)s->hold, 0 },
		{ "gres-flags", (uint64_t)s->gres_flags, 0 },
		{ "signal", (uint64_t)s->warn_signal, 0 },
		{ "reservation-too", (uint64_t)s->warn_reservation, 0 },
	};

	for (size_t i = 0; i < ELEMENTS(numbers); i++)
		if (numbers[i].value != numbers[i].unset)
			buf_printf(out, "%s=%ju ", numbers[i].name,
				(uintmax_t)numbers[i].value);
	if (s->warn_signal)
		buf_printf(out, "at=%d ", s->warn_seconds);
	if (s->has_nice)
		buf_printf(out, "nice=%d ", s->nice);
	if (s->has_mail_type)
		buf_printf(out, "mail=%d ", s->mail_type);
	if (s->begin.kind != BEGINTIME_NONE)
		buf_puts(out, "begin ");
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
		{ "chdir", s->chdir }, { "prefer", s->prefer },
		{ "mcs-label", s->mcs_label }, { "mail-user", s->mail_user },
		{ "clusters", s->clusters }, { "dependency", s->dependency },
		{ "container", s->container },
		{ "gpus-per-task", s->gpus_per_task },
		{ "tres-per-task", s->tres_per_task }, { "gres", s->gres },
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
	if (s->min_nodes || s->max_nodes)
		buf_printf(out, "nodes=%u-%u ", s->min_nodes, s->max_nodes);
	show_numbers(out, s);
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
	{ "--time=2|--time-min=1", "time=2 time-min=1" },
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
	{ "--gres=gres:gpu:2,nvme", "gres=gres:gpu:2,gres:nvme" },
	{ "--gres=none", "" },
	{ "--gres=gpu:2|--gres=none", "" },
	{ "-G2", "gpus=gres:gpu:2" },
	{ "-G|a100:1,v100:2", "gpus=gres:gpu:a100:1,gres:gpu:v100:2" },
	{ "--gpus-per-node=2", "gpus-per-node=gres:gpu:2" },
	{ "2302 --gres=gpu:2", "gres=gres:gpu:2" },
	{ "2311 --gres=gpu:2,gres/nvme", "gres=gres/gpu:2,gres/nvme" },
	{ "2311 --gres=,gpu:2,,nvme,", "gres=gres/gpu:2,gres/nvme" },
	{ "--gres=gpu:2,", "gres=gres:gpu:2" },
	{ "2311 -G|a100:1", "gpus=gres/gpu:a100:1" },
	{ "2205 -G1,", "gpus=gres:gpu:1" },
	{ "--gpus-per-task=2", "gpus-per-task=2" },
	{ "--cpus-per-gpu=4|--mem-per-gpu=2G",
		"cpus-per-gpu=4 mem-per-gpu=2048" },
	{ "--tres-per-task=cpu=2,gres/gpu=1", "tres-per-task=cpu=2,gres/gpu=1" },
	/* names */
	{ "--tasks-per-node=3", "ntasks-per-node=3" },
	{ "--ntasks-per-node=3|--mincpus=2|--threads-per-core=1",
		"mincpus=2 ntasks-per-node=3 threads=1" },
	{ "--cluster=a", "clusters=a" },
	{ "-Ma,b", "clusters=a,b" },
	{ "--prefer=a&b|--mcs-label=x|--mail-user=me@x",
		"prefer=a&b mcs-label=x mail-user=me@x" },
	{ "--no-shell", "" },
	{ "-d|afterok:1:2,after:3+5", "dependency=afterok:1:2,after:3+5" },
	{ "--container=/a/b", "container=/a/b" },
	/* numbers, where blanks and a plus are nothing */
	{ "-c+4", "cpus=4" },
	{ "-c| 4", "cpus=4" },
	{ "--nice", "nice=100" },
	{ "--nice=0", "nice=0" },
	{ "--nice=-5", "nice=-5" },
	{ "--nice=+5", "nice=5" },
	{ "--nice=2147483645", "nice=2147483645" },
	{ "-H", "hold=1" },
	{ "--tmp=1G", "tmp=1024" },
	{ "--time-min=1:00", "time-min=1" },
	{ "--time-min=0", "time-min=4294967295" },
	{ "--begin=now+1hour", "begin" },
	{ "--switches=2", "switches=2" },
	{ "--switches=2@10", "switches=2 for=600" },
	{ "--switches=1@0:30", "switches=1 for=30" },
	{ "2605 --mem-update=20@5", "margin=20 delay=5" },
	/* words */
	{ "--exclusive=EXCLUSIVE", "exclusive=1" },
	{ "--exclusive=mcs", "exclusive=3" },
	{ "2405 --exclusive=topo", "exclusive=4" },
	{ "2605 --exclusive=allocation", "exclusive=1" },
	{ "-s", "exclusive=5" },
	{ "--oversubscribe", "exclusive=5" },
	{ "2205 --exclusive|-s", "exclusive=5" },
	{ "--hint=nomultithread", "hint=4" },
	{ "--hint=Compute_Bound", "hint=1" },
	{ "--mail-type=BEGIN,end", "mail=3" },
	{ "--mail-type=ALL", "mail=1295" },
	{ "--mail-type=FAIL,what", "mail=4" },
	{ "--mail-type=FAIL,NONE,BEGIN", "mail=0" },
	{ "--mail-type=TIME_LIMIT,TIME_LIMIT_50", "mail=144" },
	{ "2205 --gres-flags=enforce-binding", "gres-flags=2" },
	{ "2311 --gres-flags=enforce-binding,one-task-per-sharing",
		"gres-flags=6" },
	{ "--signal=USR1", "signal=10 at=60" },
	{ "--signal=SIGTERM@120", "signal=15 at=120" },
	{ "--signal=R:hup@5", "signal=1 reservation-too=1 at=5" },
	{ "--signal=12@0", "signal=12 at=0" },
	/* of which one is refused only later */
	{ "2205 --exclud=n", "exclude=n" },
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
	{ "--no=1", "could be --no-shell or" },
	{ "--gp=1", "could be --gpus or --gpus-per-" },
	{ "--ti=1", "could be --time or --time-min" },
	{ "2205 --tres-per-task=x", "--tres-per-task: Slurm has it since 23.02, this is 22.05" },
	{ "2511 --mem-update=20@5", "--mem-update: Slurm has it since 26.05" },
	{ "--a=1", "could be" },
	{ "--mem-update=20", "--mem-update=20: not MARGIN@DELAY" },
	{ "--mem-update=0@5", "--mem-update" },
	{ "--mem-update=70000@5", "--mem-update" },
	{ "--mem=1|--mem-per-gpu=1", "exclude each other" },
	{ "2205 --cpus-per-gpu=1|-c2", "--cpus-per-gpu and --cpus-per-task exclude each other" },
	{ "2302 --exclusive|-s", "--exclusive and --oversubscribe exclude" },
	{ "2205 --exclusive=topo", "--exclusive=topo" },
	{ "2205 --gres-flags=enforce-binding,disable-binding", "--gres-flags" },
	{ "--gres-flags=what", "--gres-flags=what: not" },
	{ "2311 --gres-flags=enforce-binding,disable-binding", "exclude each other" },
	{ "--gres-flags=one-task-per-sharing,multiple-tasks-per-sharing",
		"exclude each other" },
	{ "--hint=help", "--hint=help: not compute_bound" },
	{ "--mail-type=what", "--mail-type=what: not a list" },
	{ "--mail-type=,", "--mail-type" },
	{ "--nice=5x", "--nice=5x: not a number" },
	{ "--nice=-", "--nice" },
	{ "--nice=2147483646", "--nice" },
	{ "-d|afterok:1?afterok:2", "--dependency" },
	{ "--begin=soon", "--begin=soon: not a time" },
	{ "--switches=0", "--switches" },
	{ "--switches=1@x", "--switches" },
	{ "--switches=1x", "--switches" },
	{ "--signal=B:USR1@60", "--signal of vscode-remote-shell itself" },
	{ "--signal=NO@60", "--signal=NO@60: not a signal" },
	{ "--signal=USR1@", "--signal" },
	{ "--signal=USR1@5x", "--signal" },
	{ "--signal=0", "--signal" },
	{ "--array=1-3", "--array: a session is one job" },
	{ "-k", "--no-kill: a session ends with its first node" },
	{ "--immediate", "--immediate: a session waits" },
	{ "--profile=all", "--profile: a session is no step" },
	{ "--deadline=now", "--deadline: a session ends at its time limit" },
	{ "--partition", "--partition: its value is missing" },
	{ "-p", "--partition: its value is missing" },
	{ "--partition=", "--partition: its value is empty" },
	{ "-p|", "--partition: its value is empty" },
	{ "--no-requeue=1", "takes no value" },
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
	{ "2205 --gres=gpu:1,", "--gres=gpu:1,: an empty word" },
	{ "2205 --gres=,gpu:1", "--gres=,gpu:1: an empty word" },
	{ "2205 --gres=gpu:1,,a", "--gres=gpu:1,,a: an empty word" },
	{ "--gres=,", "--gres=,: an empty list" },
	{ "-G,", "--gpus=,: an empty list" },
	{ "--gres=help", "salloc --gres=help" },
	{ "-w/etc/hosts", "--nodelist" },
	{ "--partiton=gpu", "do you mean --partition=gpu?" },
	{ "--time-limit=5", "understood are" },
	{ "partition=gpu", "do you mean --partition=gpu?" },
	{ "partition", "do you mean --partition?" },
	{ "--arrray=1", "understood are" },	/* refused, so not proposed */
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
		const char *want;	/* the other words, or the fault */
		uint64_t seconds;
	} rows[] = {
		{ { NULL }, 0, "", 0 },
		{ { "--time=90" }, 0, "", 5400 },
		{ { "-t", "0:05" }, 0, "", 5 },
		{ { "-t1:2:3", "--time=0:1" }, 0, "", 1 },
		{ { "-t5", "--time=unlimited" }, 0, "", 0 },
		{ { "--partition", "-t5", "--time=7" }, 0, "--partition -t5", 420 },
		{ { "--time=0:30", "--partition=foo", "--bogus" }, 0,
			"--partition=foo --bogus", 30 },
		{ { "-l", "--no-such=1", "-t1", "a b" }, 0,
			"-l --no-such=1 'a b'", 60 },
		{ { "--gpus=1", "-t5", "-p", "gpu" }, 0, "--gpus=1 -p gpu", 300 },
		{ { "--x11", "-t5" }, -1, "--x11: ", 0 },
		{ { "-t5", "--profile=task" }, -1, "--profile: ", 0 },
		{ { "--profile" }, -1, "--profile: ", 0 },
		{ { "-t1x" }, -1, "--time", 0 },
		{ { "-p", "x", "--time" }, -1, "--time", 0 },
		{ { "--time=" }, -1, "--time", 0 },
		{ { "-t-5" }, -1, "--time", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct buf others = { 0 };
		uint64_t seconds = 0;
		struct err e = { "" };
		size_t n = 0;
		int ret;

		while (n < 4 && rows[i].words[n] != NULL)
			n++;
		ret = salloc_time(&seconds, &others, (char **)rows[i].words, n,
			&e);
		buf_append(&others, "", 1);
		if (ret != rows[i].ret || seconds != rows[i].seconds)
			fail_msg("row %zu: %d, %s", i, ret, e.text);
		if (ret == -1 ? strstr(e.text, rows[i].want) == NULL :
			strcmp(buf_data(&others), rows[i].want) != 0)
			fail_msg("row %zu: %s, %s", i, buf_data(&others),
				e.text);
		buf_fini(&others);
	}
}

/* The rows agree with each other. */
static void test_table(void **state)
{
	size_t n = 0, refused = 0;

	(void)state;
	for (const struct sallocrow *row = salloctable; row->name != NULL;
		row++, n++) {
		const struct sallocrow *real = salloctable_find(row->name,
			strlen(row->name));

		if (real == NULL || (row->alias == NULL && real != row))
			fail_msg("--%s: is not found", row->name);
		if (row->alias == NULL && row->parse == NULL)
			fail_msg("--%s: is not read", row->name);
		for (const struct sallocrow *r = salloctable; r != row; r++)
			if (row->letter != 0 && r->letter == row->letter)
				fail_msg("-%c: is twice", row->letter);
		refused += row->why != NULL;
	}
	assert_in_range(n - refused, 45, SALLOCTABLE_MAX);
	assert_in_range(refused, 60, SALLOCTABLE_MAX);
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
	assert_int_equal(salloc_parse(&s, words, 1, 0, &e), 0);
	salloc_fini(&s);
	memcpy(word + n, "x", 2);
	assert_int_equal(salloc_parse(&s, words, 1, 0, &e), -1);
	assert_non_null(strstr(e.text, "longer than 900"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_only_time),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests_name("salloc", tests, NULL, NULL);
}
