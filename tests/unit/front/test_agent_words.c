/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the front's command line to the agent's and into the agent: whatever is
 * passed on arrives as it was given, and nothing else goes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "front/job/front_request.h"
#include "opt/opt.h"
#include "opt/optval.h"

#define TAG "0123456789abcdef"
#define MAX_WORDS 32

/* What changes each option that is passed on. */
static const struct {
	const char *name, *word;
} given[] = {
	{ "session", "--session=a.b" },
	{ "idle-timeout", "--idle-timeout=90s" },
	{ "profile", "--profile=gpu" },
	{ "idle-busy", "--idle-busy=cpu" },
	{ "unattended-timeout", "--unattended-timeout=2h" },
	{ "prologue", "--prologue=module load 'x'" },
	{ "job-start", "--job-start=-a; b" },
	{ "job-end", "--job-end=c" },
	{ "hook-timeout", "--hook-timeout=5s" },
	{ "signal", "--signal=USR2@120" },
	{ "notify-command", "--notify-command=a 'b c'; --d=e" },
	{ "notify-terminals", "--notify-terminals=on" },
	{ "server-hygiene", "--server-hygiene=off" },
	{ "server-dir", "--server-dir=session" },
	{ "machine-settings", "--machine-settings=/etc/m.json" },
	{ "sshd", "--sshd=/opt/an sshd" },
	{ "container", "--container=/i" },
	{ "container-runtime", "--container-runtime=bubblewrap" },
	{ "container-bind", "--container-bind=/d:/data" },
	{ "container-arg", "--container-arg=--a b" },
	{ "container-cache", "--container-cache=/p:/c" },
	{ "bridge", "--bridge=off" },
	{ "bridge-command", "--bridge-command=none" },
	{ "link-address", "--link-address=10.0.0.0/8" },
	{ "link-port", "--link-port=60000-60999" },
	{ "syslog", "--syslog=local3" },
	{ "event-log", "--event-log=/x/%u.json" },
	{ "verbose", "-vv" },
};
#define GIVEN (sizeof given / sizeof *given)

/* A front that was called with these words. */
struct words_front {
	struct options opt;
	struct invocation inv;
};

/* Whether a word is of a site's files only; then it is given as by one. */
static int is_sites(struct options *o, const char *word)
{
	static const struct opt_origin site = { OPT_BY_SITE, "/site:1" };
	const char *value = strchr(word, '=');
	const struct opt *row;
	struct err e;
	char *name;

	if (strncmp(word, "--", 2) != 0 || value == NULL)
		return 0;
	name = mem_strndup(word + 2, (size_t)(value - word) - 2);
	row = optset_find(&o->set, name);
	free(name);
	if (row == NULL || !row->of_site)
		return 0;
	if (optset_set(&o->set, row, value + 1, &site, &e) == -1)
		fail_msg("%s", e.text);
	return 1;
}

static void front_init_by(struct words_front *f, int n, const char *const words[])
{
	char *argv[MAX_WORDS + 1] = { (char *)"vscode-remote-shell" };
	struct err e = { "" };
	int argc = 1;

	memset(f, 0, sizeof *f);
	f->inv.opt = &f->opt;
	f->inv.state_dir = (char *)"/state dir";
	options_init(&f->opt, OPT_PROGRAM);
	for (int i = 0; i < n; i++)
		if (!is_sites(&f->opt, words[i]))
			argv[argc++] = (char *)words[i];
	if (opt_parse(&f->opt.set, argc, argv, 1, &e) != argc)
		fail_msg("%s", e.text);
}

/* The words that the front writes, and what the agent makes of them. */
static void pass_on(const struct words_front *f, const char *network,
	struct opt_list *words, struct options *agent)
{
	char *argv[MAX_WORDS + 1] = { (char *)"vscode-remote-agent" };
	struct err e = { "" };
	int argc = 1;

	*words = (struct opt_list){ 0 };
	front_request_agent(&f->inv, TAG, network, words);
	assert_true(words->n <= MAX_WORDS);
	for (size_t i = 0; i < words->n; i++)
		argv[argc++] = words->word[i];
	options_init(agent, OPT_AGENT);
	if (opt_parse(&agent->set, argc, argv, 1, &e) != argc)
		fail_msg("%s", e.text);
	assert_string_equal(agent->agent.tag, TAG);
	assert_string_equal(agent->session.state_dir, "/state dir");
}

static const char *word_for(const char *name)
{
	for (size_t i = 0; i < GIVEN; i++)
		if (strcmp(given[i].name, name) == 0)
			return given[i].word;
	fail_msg("--%s is passed on, but has no row in test_agent_words.c",
		name);
	return NULL;
}

static void each_arrives(void **state)
{
	size_t passed = 0;

	(void)state;
	for (const struct opt *row = opttable; row->name || row->group; row++) {
		struct options agent, usual;
		struct opt_list words;
		struct words_front f;

		if (row->name == NULL || row->agent != OPT_AGENT_PASSED)
			continue;
		passed++;
		front_init_by(&f, 1,
			(const char *[]){ word_for(row->name) });
		pass_on(&f, NULL, &words, &agent);
		options_init(&usual, OPT_PROGRAM);
		if (optval_equal(row, &f.opt, &usual))
			fail_msg("--%s is not changed", row->name);
		if (!optval_equal(row, &f.opt, &agent))
			fail_msg("--%s does not arrive", row->name);
		options_free(&usual);
		options_free(&agent);
		options_free(&f.opt);
		optlist_free(&words);
	}
	assert_int_equal(passed, GIVEN);
}

/* Over what a wrapper gives, say. */
static void defaults_can_be_given(void **state)
{
	(void)state;
	for (const struct opt *row = opttable; row->name || row->group; row++) {
		const char *words_in[2];
		struct options agent;
		struct opt_list words;
		struct words_front f;
		char *word;

		if (row->name == NULL || row->agent != OPT_AGENT_PASSED ||
			row->value == NULL)
			continue;
		word = mem_printf("--%s=%s", row->name, row->value);
		words_in[0] = word_for(row->name);
		words_in[1] = word;
		front_init_by(&f, 2, words_in);
		pass_on(&f, NULL, &words, &agent);
		assert_true(optval_equal(row, &f.opt, &agent));
		options_free(&agent);
		options_free(&f.opt);
		optlist_free(&words);
		free(word);
	}
}

static void all_arrive_together(void **state)
{
	const char *words_in[GIVEN];
	struct options agent;
	struct opt_list words;
	struct words_front f;

	(void)state;
	for (size_t i = 0; i < GIVEN; i++)
		words_in[i] = given[i].word;
	front_init_by(&f, GIVEN, words_in);
	pass_on(&f, NULL, &words, &agent);
	for (const struct opt *row = opttable; row->name || row->group; row++)
		if (row->name != NULL && row->agent == OPT_AGENT_PASSED)
			assert_true(optval_equal(row, &f.opt, &agent));
	options_free(&agent);
	options_free(&f.opt);
	optlist_free(&words);
}

static void show(const struct opt_list *words, const char *want)
{
	struct buf got = { 0 };

	for (size_t i = 0; i < words->n; i++)
		buf_printf(&got, "%s%s", i ? " " : "", words->word[i]);
	buf_append(&got, "", 1);
	assert_string_equal(buf_data(&got), want);
	buf_fini(&got);
}

/* What is the front's alone stays here, whatever else the front knows. */
/* The session is always told, for who reads ps on the node. */
static void nothing_else_goes(void **state)
{
	static const struct {
		const char *network, *word, *want;
	} rows[] = {
		{ NULL, "-q", "" },
		{ NULL, "--state-dir=/other", "" },
		{ NULL, "--linger=1m", "" },
		{ NULL, "--salloc-arg=--time=1", "" },
		{ NULL, "--shell=/bin/zsh", "" },
		{ NULL, "--agent=/a", "" },
		/* Given is given, also as it is by default. */
		{ NULL, "--idle-timeout=60m", " --idle-timeout=1h" },
		/* That of the launcher. */
		{ "127.0.0.1", "-q", " --link-address=127.0.0.1" },
		{ "::1", "--link-address=::1", " --link-address=::1" },
		/* The agent's log is in the home directory. */
		{ NULL, "-vvvv", " --verbose --verbose" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct options agent;
		struct opt_list words;
		struct words_front f;
		char want[256];

		front_init_by(&f, 1, &rows[i].word);
		pass_on(&f, rows[i].network, &words, &agent);
		snprintf(want, sizeof want, "--tag=%s --state-dir=/state dir --session=default%s",
			TAG, rows[i].want);
		show(&words, want);
		options_free(&agent);
		options_free(&f.opt);
		optlist_free(&words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_arrives),
		cmocka_unit_test(defaults_can_be_given),
		cmocka_unit_test(all_arrive_together),
		cmocka_unit_test(nothing_else_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
