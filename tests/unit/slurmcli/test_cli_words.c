/* SPDX-License-Identifier: BSD-2-Clause */
/* sbatch's command line: what is known, what goes through, what never does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "launch/slurmcli/cli_words.h"

static struct cli_words w;
static struct kv kv;
static struct err e;
static struct buf line;

static int drop(void **state)
{
	(void)state;
	cli_words_fini(&w);
	kv_fini(&kv);
	kv = (struct kv){ 0 };
	buf_fini(&line);
	return 0;
}

static void request(const char *const *lines)
{
	struct buf b = { 0 };

	drop(NULL);
	for (; *lines != NULL; lines++)
		buf_printf(&b, "%s\n", *lines);
	buf_puts(&b, "session=s\ntag=0123456789abcdef\nlog=/state/a%b.log\n"
		"chdir=/home/u\n\n");
	assert_true(kv_parse(&kv, buf_data(&b), b.len, 1, NULL) > 0);
	buf_fini(&b);
}

/* The words of the user as sbatch gets them; "-" and e: refused. */
static const char *words(const char *const *lines)
{
	request(lines);
	if (cli_words_init(&w, &kv, &e) == -1)
		return "-";
	for (size_t i = 0; i < w.n; i++)
		buf_printf(&line, "%s<%s>", i > 0 ? " " : "", w.argv[i]);
	buf_append(&line, "", 1);
	assert_null(w.argv[w.n]);
	return buf_data(&line);
}

#define O(x) "option=" x
#define WORDS(...) words((const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })

static void names_what_is_known(void **state)
{
	(void)state;
	assert_string_equal(WORDS(), "<sbatch>");
	assert_string_equal(WORDS(O("-p"), O("gpu"), O("-t2:00:00"),
		O("--cpus-per-t=4"), O("--exclusive")),
		"<sbatch> <--partition=gpu> <--time=2:00:00> <--cpus-per-task=4> <--exclusive>");
	/* These are made of the session and of this. */
	assert_string_equal(WORDS(O("-Jmine"), O("--comment=x"), O("-D/tmp"),
		O("-Mhere"), O("--dependency=after:7"), O("--no-shell")),
		"<sbatch>");
	assert_string_equal(w.options.job_name, "mine");
	assert_string_equal(w.options.clusters, "here");
	/* What salloc has as well, with sbatch's own spelling of a value. */
	assert_string_equal(WORDS(O("--begin=now+1hour"), O("-H"), O("--nice"),
		O("--gres=gpu:2"), O("-G"), O("a100:1"), O("--tasks-per-node=2")),
		"<sbatch> <--begin=now+1hour> <--hold> <--nice> <--gres=gpu:2> <--gpus=a100:1> <--ntasks-per-node=2>");
}

static void passes_on_what_is_not(void **state)
{
	(void)state;
	assert_string_equal(WORDS(O("--container-image=nvcr.io#x"),
		O("--no-container-mount-home"), O("-pgpu")),
		"<sbatch> <--container-image=nvcr.io#x> <--no-container-mount-home> <--partition=gpu>");
	/* A word of its own would be the script. */
	assert_string_equal(WORDS(O("--container-image"), O("a b"), O("-Z"),
		O("1"), O("-p"), O("gpu")),
		"<sbatch> <--container-image=a b> <-Z1> <--partition=gpu>");
	assert_string_equal(WORDS(O("--flag"), O("--other"), O("-Z")),
		"<sbatch> <--flag> <--other> <-Z>");
}

static void refuses(void **state)
{
	static const struct {
		const char *option[2], *why;
	} rows[] = {
		{ { O("script.sh") }, "'script.sh': not an option" },
		{ { O("--flag=1"), O("script.sh") },
			"'script.sh': not an option" },
		{ { O("--") }, "'--': not an option" },
		{ { O("-") }, "'-': not an option" },
		{ { O("--wait") }, "--wait: " },
		{ { O("-W") }, "--wait: " },
		{ { O("--test") }, "--test-only: " },
		{ { O("--export-f=x") }, "--export-file: " },
		/* For an sbatch without --container. */
		{ { O("--cont=x") }, "'--cont=x': could be --" },
		{ { O("--=x") }, "could be --" },
		{ { O("--dependency=after:7?singleton") }, "--dependency=" },
		{ { O("--output=x") }, "--output: " },
		{ { O("--array=1-2") }, "--array: " },
		{ { O("--wrap=x") }, "--wrap: " },
		{ { O("--cpus-per-task=0") }, "not a number" },
		{ { O("-wc[1-") }, "--nodelist=c[1-: how many nodes" },
		{ { O("-w{all}") }, "--nodelist={all}: how many nodes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_string_equal(words((const char *const[]){
			rows[i].option[0], rows[i].option[1], NULL }), "-");
		assert_non_null(strstr(e.text, rows[i].why));
	}
}

static const char *has(const char *word)
{
	for (size_t i = 0; i < w.n; i++)
		if (strncmp(w.argv[i], word, strlen(word)) == 0)
			return w.argv[i];
	return "-";
}

static void is_a_session(void **state)
{
	(void)state;
	WORDS(O("--comment=mine"), O("--strange"));
	cli_words_finish(&w, &kv, CLI_WORDS_SUBMIT);
	assert_string_equal(has("--nodes"), "--nodes=1");
	assert_string_equal(has("--job-name"),
		"--job-name=vscode-remote-shell-s");
	assert_string_equal(has("--comment"),
		"--comment=vscode-remote-shell session=s tag=0123456789abcdef; mine");
	assert_string_equal(has("--output"), "--output=/state/a%%b.log");
	assert_string_equal(has("--chdir"), "--chdir=/home/u");
	assert_string_equal(has("--dependency"), "--dependency=singleton");
	assert_string_equal(has("--no-requeue"), "--no-requeue");
	/* The script is the last but one, and all else an option. */
	assert_string_equal(w.argv[w.n - 2], "/dev/stdin");
	assert_string_equal(w.argv[w.n - 1],
		"vscode-remote-shell session=s tag=0123456789abcdef");
	for (size_t i = 1; i < w.n - 2; i++)
		assert_int_equal(w.argv[i][0], '-');
	WORDS(O("-dafter:7"));
	cli_words_finish(&w, &kv, CLI_WORDS_SUBMIT);
	assert_string_equal(has("--dependency"),
		"--dependency=after:7,singleton");
	WORDS(O("-N2"));
	cli_words_finish(&w, &kv, CLI_WORDS_SUBMIT);
	assert_string_equal(has("--nodes"), "--nodes=2");
	/* As many as they are: sbatch would take it for the least. */
	WORDS(O("-wa,n[1-3]"), O("-n200"));
	cli_words_finish(&w, &kv, CLI_WORDS_SUBMIT);
	assert_string_equal(has("--nodes="), "--nodes=4");
	assert_string_equal(has("--nodelist="), "--nodelist=a,n[1-3]");
	WORDS(O("-w{all}"), O("-N2"));
	cli_words_finish(&w, &kv, CLI_WORDS_SUBMIT);
	assert_string_equal(has("--nodes="), "--nodes=2");
}

/* Of a job that is not made: it would not wait for the session it is one more of. */
static void asks_when_it_would_start(void **state)
{
	(void)state;
	WORDS();
	cli_words_finish(&w, &kv, CLI_WORDS_TEST);
	assert_string_equal(has("--dependency"), "-");
	assert_string_equal(has("--test-only"), "--test-only");
	assert_string_equal(has("--parsable"), "-");
	WORDS(O("-dafter:7"));
	cli_words_finish(&w, &kv, CLI_WORDS_TEST);
	assert_string_equal(has("--dependency"), "--dependency=after:7");
	WORDS();
	cli_words_finish(&w, &kv, CLI_WORDS_SHOW);
	assert_string_equal(has("--dependency"), "--dependency=singleton");
	assert_string_equal(has("--test-only"), "-");
	assert_string_equal(has("--parsable"), "-");
	assert_string_equal(w.argv[w.n - 2], "/dev/stdin");
}

static void has_the_environment_of_the_job(void **state)
{
	char *const own[] = { (char *)"SLURM_CONF=/x", (char *)"OTHER=1", NULL };
	struct envlist env;

	(void)state;
	WORDS("env=A=1", "env=SBATCH_PARTITION=gpu", "env=SBATCH_QOS=high",
		"env=SBATCH_EXCLUSIVE=user", "env=SBATCH_TIMELIMIT=9",
		"env=SBATCH_WAIT=1", "env=SBATCH_ARRAY_INX=1-9",
		"env=SBATCH_ERROR=x", "env=SBATCH_EXPORT=NONE",
		"env=SBATCH_CLUSTERS=all", "env=SLURM_CLUSTERS=all",
		"env=SBATCH_GET_USER_ENV=1", "env=SBATCH_OUTPUT=x",
		"env=SBATCH_REQ_SWITCH=1", "env=SBATCH_WAIT4SWITCH=9",
		"env=SLURM_HINT=nomultithread", "env=SBATCH_OF_2030=1",
		O("--partition=gpu"), O("--exclusive"), O("-M"), O("here"));
	cli_words_finish(&w, &kv, CLI_WORDS_SUBMIT);
	cli_words_env(&env, &w, &kv, own);
	/* What is said, not the rest. */
	assert_string_equal(envlist_get(&env, "A"), "1");
	assert_string_equal(envlist_get(&env, "SBATCH_PARTITION"), "gpu");
	assert_string_equal(envlist_get(&env, "SBATCH_EXCLUSIVE"), "user");
	/* The command line has --output, which counts. */
	assert_string_equal(envlist_get(&env, "SBATCH_OUTPUT"), "x");
	assert_string_equal(envlist_get(&env, "SLURM_CONF"), "/x");
	assert_int_equal(env.n, 5);
	envlist_fini(&env);
}

static void asks_as_nobody_in_particular(void **state)
{
	char *const own[] = { (char *)"PATH=/bin", (char *)"SQUEUE_PARTITION=x",
		(char *)"SCANCEL_INTERACTIVE=1", (char *)"SLURM_CLUSTERS=all",
		(char *)"SLURM_TIME_FORMAT=relative", (char *)"SLURM_CONF=/x",
		NULL };
	struct envlist env;

	(void)state;
	cli_words_plain_env(&env, own);
	assert_int_equal(env.n, 3);
	assert_string_equal(envlist_get(&env, "PATH"), "/bin");
	assert_string_equal(envlist_get(&env, "SLURM_CONF"), "/x");
	assert_string_equal(envlist_get(&env, "SLURM_TIME_FORMAT"), "%s");
	envlist_fini(&env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(names_what_is_known, drop),
		cmocka_unit_test_teardown(passes_on_what_is_not, drop),
		cmocka_unit_test_teardown(refuses, drop),
		cmocka_unit_test_teardown(is_a_session, drop),
		cmocka_unit_test_teardown(asks_when_it_would_start, drop),
		cmocka_unit_test_teardown(has_the_environment_of_the_job, drop),
		cmocka_unit_test_teardown(asks_as_nobody_in_particular, drop),
	};

	return cmocka_run_group_tests_name("cli_words", tests, NULL, NULL);
}
