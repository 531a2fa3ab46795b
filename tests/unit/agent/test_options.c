/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/agent_options.h"
#include "os/log.h"

#define TAG "--tag=0123456789abcdef"
#define MAX_WORDS 24

static int parse(struct options *o, const char *const *words, struct err *e)
{
	char *argv[MAX_WORDS + 2] = { (char *)"vscode-remote-agent" };
	int argc = 1;

	memset(o, 0xa5, sizeof *o);
	while (argc <= MAX_WORDS && words[argc - 1] != NULL) {
		argv[argc] = (char *)words[argc - 1];
		argc++;
	}
	return agent_options_parse(o, argc, argv, e);
}

static void takes_what_the_front_writes(void **state)
{
	const char *words[MAX_WORDS] = { TAG, "--state-dir=/s",
		"--session=x", "--link-address=::1", "--link-port=7-9",
		"--idle-timeout=90s", "--watch-parent", "-vv", "--job=17_2",
		"--time-limit=2h", "--idle-busy=cpu", "--signal=usr2@90",
		"--notify-command=x y", "--notify-terminals=on",
		"--nodes=c1,c2", "--step=run", "--step=%n",
		"--unclaimed-timeout=60s", "--orphan-command=/x" };
	struct options o;
	struct err e;

	(void)state;
	assert_int_equal(parse(&o, words, &e), 0);
	assert_string_equal(o.agent.tag, "0123456789abcdef");
	assert_string_equal(o.session.state_dir, "/s");
	assert_string_equal(o.session.name, "x");
	assert_string_equal(o.link.address, "::1");
	assert_int_equal(o.link.ports.first, 7);
	assert_int_equal(o.link.ports.last, 9);
	assert_int_equal(o.session.idle_timeout, 90);
	assert_int_equal(o.agent.watch_parent, 1);
	assert_string_equal(o.agent.job, "17_2");
	assert_int_equal(o.agent.time_limit, 7200);
	assert_int_equal(o.session.idle_busy, OPTIONS_BUSY_CPU);
	assert_string_equal(o.session.signal, "usr2@90");
	assert_string_equal(o.session.notify_command, "x y");
	assert_int_equal(o.session.notify_terminals, 1);
	assert_string_equal(o.agent.nodes, "c1,c2");
	assert_int_equal(o.agent.step.n, 2);
	assert_int_equal(o.agent.unclaimed_timeout, 60);
	assert_string_equal(o.agent.orphan_command, "/x");
	assert_null(o.agent.node);
	assert_int_equal(agent_options_log_level(&o), LOG_LEVEL_INFO);
	options_free(&o);
}

/* It would be done once a node, and end the job when one node's step is lost. */
static void a_further_node_leaves_the_session_to_the_first(void **state)
{
	const char *words[MAX_WORDS] = { TAG, "--state-dir=/s", "--node=c2",
		"--notify-command=x", "--signal=usr2@90", "--time-limit=2h",
		"--job-start=x", "--job-end=x", "--job-end=y",
		"--orphan-command=/x" };
	struct options o;
	struct err e;

	(void)state;
	assert_int_equal(parse(&o, words, &e), 0);
	assert_string_equal(o.agent.node, "c2");
	assert_null(o.session.notify_command);
	assert_null(o.session.signal);
	assert_int_equal(o.agent.time_limit, 0);
	assert_int_equal(o.hooks.job_start.n, 0);
	assert_int_equal(o.hooks.job_end.n, 0);
	assert_null(o.agent.orphan_command);
	options_free(&o);
}

static void defaults(void **state)
{
	const char *words[MAX_WORDS] = { TAG, "--state-dir=/s" };
	struct options o;
	struct err e;

	(void)state;
	assert_int_equal(parse(&o, words, &e), 0);
	assert_string_equal(o.session.name, "default");
	assert_null(o.link.address);
	assert_int_equal(o.link.ports.first, 0);
	assert_int_equal(o.link.ports.last, 0);
	assert_int_equal(o.session.idle_timeout, 3600);
	assert_int_equal(o.agent.watch_parent, 0);
	assert_null(o.agent.job);
	assert_int_equal(o.agent.time_limit, 0);
	assert_int_equal(o.session.idle_busy, OPTIONS_BUSY_CONNECTIONS);
	assert_null(o.session.signal);
	assert_null(o.session.notify_command);
	assert_int_equal(o.session.notify_terminals, 0);
	assert_int_equal(agent_options_log_level(&o), LOG_LEVEL_ERROR);
	options_free(&o);
}

static void refuses(void **state)
{
	static const struct {
		const char *words[MAX_WORDS], *want;
	} rows[] = {
		{ { NULL }, "--tag: is needed, 16 hex digits" },
		{ { "--tag=0123456789abcde", "--state-dir=/s" },
			"--tag: '0123456789abcde' is not 16 hex digits" },
		{ { "--tag=0123456789abcdeg", "--state-dir=/s" },
			"--tag: '0123456789abcdeg' is not 16 hex digits" },
		{ { TAG }, "--state-dir: is needed, an absolute path" },
		{ { TAG, "--state-dir=s" },
			"--state-dir: 's' is not an absolute path" },
		{ { TAG, "--state-dir=/s", "x" }, "'x' is not an option: see "
			"vscode-remote-agent --help" },
		{ { TAG, "-q" }, "unknown option '-q': see "
			"vscode-remote-agent --help" },
		{ { TAG, "--state-dir=/s", "--signal=USR2@x" },
			"--signal: 'USR2@x' is not a signal and seconds like "
			"USR2@120, or one that no process can handle" },
		{ { TAG, "--session=../x" }, "--session: '../x' is not a name: "
			"up to 64 letters, digits, '.', '_' and '-', not "
			"beginning with '.'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct options o;
		struct err e = { "" };

		assert_int_equal(parse(&o, rows[i].words, &e), -1);
		assert_string_equal(e.text, rows[i].want);
		options_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_the_front_writes),
		cmocka_unit_test(a_further_node_leaves_the_session_to_the_first),
		cmocka_unit_test(defaults),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
