/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "opt/config.h"
#include "opt/optsalloc.h"
#include "opt/opttable.h"
#include "opt/optval.h"

static struct options o;
static struct config c;
static struct err e;

static int start(void **state)
{
	(void)state;
	options_init(&o, OPT_PROGRAM);
	e.text[0] = '\0';
	return 0;
}

static int stop(void **state)
{
	(void)state;
	options_free(&o);
	config_fini(&c);
	return 0;
}

static int not_list(const char *name, struct err *why)
{
	return strcmp(name, "list") != 0 ? 0 : err_set(why, "it is a command");
}

static int add(enum opt_source source, const char *text)
{
	return config_add(&c, &o.set, source == OPT_BY_SITE ? "/site" : "/user",
		source, text, strlen(text), not_list, &e);
}

static void refused(enum opt_source source, const char *text, const char *why)
{
	assert_int_equal(add(source, text), -1);
	if (strcmp(e.text, why) != 0)
		print_message("# %s\n", e.text);
	assert_string_equal(e.text, why);
	config_fini(&c);
}

/* What all sources say, and that profile. */
static struct config_who who;

static int give(const char *profile)
{
	who.profile = profile;
	return config_give(&c, &o.set, OPT_BY_SITE, &who, &e) == -1 ||
		config_give(&c, &o.set, OPT_BY_USER, &who, &e) == -1 ||
		(profile != NULL &&
		config_give_profile(&c, &o.set, profile, &e) == -1) ? -1 : 0;
}

static void not_given(const char *profile, const char *why)
{
	assert_int_equal(give(profile), -1);
	assert_string_equal(e.text, why);
}

static void later_sources_count(void **state)
{
	const struct opt *row = optset_row(&o.set, &o.forward.linger);

	(void)state;
	assert_int_equal(add(OPT_BY_SITE,
		"linger = 1m\nidle-timeout = 2h\n[profile p]\nlinger = 3m\n"), 0);
	assert_int_equal(add(OPT_BY_USER,
		"linger = 2m\nallow-root-peers = yes\nverbose = 2\n"), 0);
	assert_int_equal(give(NULL), 0);
	assert_int_equal(o.forward.linger, 120);
	assert_int_equal(o.session.idle_timeout, 7200);
	assert_int_equal(o.forward.allow_root_peers, 1);
	assert_int_equal(o.log.verbose, 2);
	assert_int_equal(optset_source(&o.set, row), OPT_BY_USER);
	assert_string_equal(optset_where(&o.set, row), "/user:1");
	assert_int_equal(config_give_profile(&c, &o.set, "p", &e), 0);
	assert_int_equal(o.forward.linger, 180);
	assert_int_equal(optset_source(&o.set, row), OPT_BY_PROFILE);
	assert_string_equal(optset_where(&o.set, row), "/site:4");
}

static void flags_can_be_taken_back(void **state)
{
	(void)state;
	assert_int_equal(add(OPT_BY_SITE, "allow-root-peers = on\n"), 0);
	assert_int_equal(add(OPT_BY_USER, "allow-root-peers = off\n"), 0);
	assert_int_equal(give(NULL), 0);
	assert_int_equal(o.forward.allow_root_peers, 0);
}

static void profiles_inherit(void **state)
{
	struct opt_list names = { 0 };

	(void)state;
	assert_int_equal(add(OPT_BY_SITE,
		"[profile cpu]\ndescription = two\nsalloc-arg = -c2\nlinger = 1m\n"
		"[profile gpu]\ninherit = cpu\nsalloc-arg = --gpus=1\n"), 0);
	assert_int_equal(add(OPT_BY_USER,
		"[profile mine]\ninherit = gpu\nlinger = 9m\n"
		"[profile cpu]\nsalloc-arg = --mem=1G\n[profile empty]\n"), 0);
	assert_int_equal(give("mine"), 0);
	assert_string_equal(optsalloc_value(&o.set, "cpus-per-task"), "2");
	assert_string_equal(optsalloc_value(&o.set, "mem"), "1G");
	assert_string_equal(optsalloc_value(&o.set, "gpus"), "1");
	assert_int_equal(o.forward.linger, 540);
	config_profiles(&c, &names);
	assert_int_equal(names.n, 4);
	assert_string_equal(names.word[0], "cpu");
	assert_string_equal(names.word[1], "gpu");
	assert_string_equal(names.word[2], "mine");
	assert_string_equal(names.word[3], "empty");
	optlist_free(&names);
	assert_int_equal(config_has_profile(&c, "empty"), 1);
	assert_int_equal(config_has_profile(&c, "gp"), 0);
	assert_string_equal(config_about(&c, "cpu", "description"), "two");
	assert_string_equal(config_about(&c, "gpu", "inherit"), "cpu");
	assert_null(config_about(&c, "gpu", "description"));
}

static void bad_inheritance_is_told(void **state)
{
	(void)state;
	assert_int_equal(add(OPT_BY_USER,
		"[profile a]\ninherit = b\n[profile b]\ninherit = c\n"
		"[profile c]\ninherit = b\n[profile d]\ninherit = e\n"
		"[profile s]\ninherit = s\n"), 0);
	not_given("a", "/user:6: inherit: profile 'b' would inherit from itself");
	not_given("s", "/user:10: inherit: profile 's' would inherit from itself");
	not_given("d", "/user:8: inherit: there is no profile 'e'");
	not_given("x", "there is no profile 'x'; there are: a, b, c, d, s");
	config_fini(&c);
	not_given("x", "there is no profile 'x', nor any other");
}

static void locks_hold(void **state)
{
	(void)state;
	assert_int_equal(add(OPT_BY_SITE, "[lock]\nlauncher = slurm\n"
		"[profile p]\nlauncher = local\n"), 0);
	not_given("p", "/site:4: launcher: is locked to 'slurm' by /site:2: leave it out");
	assert_string_equal(o.job.launcher, "slurm");
	assert_string_equal(optset_locked(&o.set,
		optset_row(&o.set, &o.job.launcher)), "/site:2");
	/* In the same file, wherever it stands. */
	config_fini(&c);
	stop(state);
	start(state);
	assert_int_equal(add(OPT_BY_SITE,
		"[lock]\nlinger = 1m\n[profile p]\n"), 0);
	assert_int_equal(add(OPT_BY_USER, "linger = 2m\n"), 0);
	not_given(NULL, "/user:1: linger: is locked to '1m' by /site:2: leave it out");
	config_fini(&c);
	assert_int_equal(add(OPT_BY_SITE, "[lock]\nsession = x\n"), 0);
	stop(state);
	start(state);
	assert_int_equal(add(OPT_BY_SITE, "[lock]\nsession = x\n"), 0);
	not_given(NULL, "/site:2: session: is every user's own, and cannot be locked");
}

static void limits_hold(void **state)
{
	(void)state;
	assert_int_equal(add(OPT_BY_SITE,
		"[limit]\nidle-timeout = 10m..2h\nlinger = ..1m\nbacklog = 4..\n"), 0);
	assert_int_equal(give(NULL), 0);
	assert_int_equal(o.session.idle_timeout, 3600);
	/* Its default is brought within. */
	assert_int_equal(o.forward.linger, 60);
	assert_string_equal(optset_narrowed(&o.set,
		optset_row(&o.set, &o.forward.linger)), "/site:3");
	assert_int_equal(add(OPT_BY_USER, "[profile p]\nidle-timeout = 0\n"), 0);
	assert_int_equal(config_give_profile(&c, &o.set, "p", &e), -1);
	assert_string_equal(e.text, "/user:2: idle-timeout: '0' is out of the bounds that /site:2 sets (10m to 2h)");
}

static void bad_limits_are_told(void **state)
{
	static const struct { const char *text, *why; } rows[] = {
		{ "[limit]\nlinger = 5m\n", "/site:2: linger: '5m' is not MIN..MAX, MIN.. or ..MAX" },
		{ "[limit]\nlinger = ..\n", "/site:2: linger: '..' is not MIN..MAX, MIN.. or ..MAX" },
		{ "[limit]\nsalloc-arg = a..b\n", "/site:2: salloc-arg: has neither bounds nor words to choose from" },
		{ "[limit]\nsession = a b\n", "/site:2: session: is every user's own, and cannot be limited" },
		{ "[limit]\nlinger = 2h..1h\n", "/site:2: linger: the bounds are not within those that it has" },
		{ "[limit]\nlinger = ..30d\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		config_fini(&c);
		assert_int_equal(add(OPT_BY_SITE, rows[i].text), 0);
		assert_int_equal(give(NULL), -1);
		if (rows[i].why != NULL)
			assert_string_equal(e.text, rows[i].why);
		else
			assert_non_null(strstr(e.text, "/site:2: linger: "));
	}
}

static void scopes_count(void **state)
{
	const char *names[] = { "staff" };
	const struct opt_list groups = { 1, (char **)names };

	(void)state;
	assert_int_equal(add(OPT_BY_SITE, "linger = 1m\n"
		"[partition gpu]\nlinger = 2m\n"
		"[group staff]\nlinger = 3m\nbacklog = 5\n"
		"[limit group staff]\nbacklog = ..9\n"
		"[limit]\nbacklog = ..4\n"
		"[lock partition gpu]\nbyte-limit = 77\n"), 0);
	assert_int_equal(give(NULL), 0);
	assert_int_equal(o.forward.linger, 60);
	assert_int_equal(o.forward.backlog, 4);
	stop(NULL);
	start(NULL);
	assert_int_equal(add(OPT_BY_SITE, "linger = 1m\n"
		"[partition gpu]\nlinger = 2m\n"
		"[group staff]\nlinger = 3m\nbacklog = 5\n"
		"[limit group staff]\nbacklog = ..9\n"
		"[limit]\nbacklog = ..4\n"
		"[lock partition gpu]\nbyte-limit = 77\n"
		"[lock]\nbyte-limit = 66\n"), 0);
	who.groups = &groups;
	who.partition = "cpu,gpu";
	assert_int_equal(give(NULL), 0);
	who = (struct config_who){ .profile = NULL };
	/* The partition's counts more than the group's. */
	assert_int_equal(o.forward.linger, 120);
	/* A special bound takes the place of the general one. */
	assert_int_equal(o.forward.backlog, 5);
	assert_int_equal(o.forward.byte_limit, 77);
}

/* A job may come to each partition that it names: the strictest holds. */
static void partitions_hold_together(void **state)
{
	static const char site[] =
		"[limit partition a]\nlinger = ..1h\nshell = /bin/sh /bin/zsh\n"
		"[limit partition b]\nlinger = 1m..4h\nshell = /bin/bash /bin/zsh\n"
		"[limit]\nlinger = ..10m\nbacklog = ..4\n"
		"[lock partition a]\nbyte-limit = 66\n"
		"[lock partition b]\nbyte-limit = 77\n"
		"[lock partition c]\nbyte-limit = 66\n";
	const struct opt *linger;

	(void)state;
	assert_int_equal(add(OPT_BY_SITE, site), 0);
	assert_int_equal(add(OPT_BY_USER, "linger = 2h\n"), 0);
	who.partition = "b";
	assert_int_equal(give(NULL), 0);
	assert_int_equal(o.forward.linger, 7200);
	assert_int_equal(config_locks_agree(&c, &who, &e), 0);
	stop(NULL);
	start(NULL);
	assert_int_equal(add(OPT_BY_SITE, site), 0);
	assert_int_equal(add(OPT_BY_USER, "linger = 2h\n"), 0);
	who.partition = "a,b";
	not_given(NULL, "/user:1: linger: '2h' is out of the bounds that /site:5 sets (1m to 1h)");
	assert_int_equal(config_locks_agree(&c, &who, &e), -1);
	assert_string_equal(e.text, "partition: a,b are asked for, and /site:11 and /site:13 lock byte-limit differently: name one partition");
	linger = optset_row(&o.set, &o.forward.linger);
	assert_string_equal(optset_narrowed(&o.set, linger), "/site:5");
	who.partition = "a,c";
	assert_int_equal(config_locks_agree(&c, &who, &e), 0);
	stop(NULL);
	start(NULL);
	assert_int_equal(add(OPT_BY_SITE, site), 0);
	assert_int_equal(add(OPT_BY_USER, "shell = /bin/bash\n"), 0);
	who.partition = "b,a";
	not_given(NULL, "/user:1: shell: '/bin/bash' is not one of those that /site:6 allows (/bin/sh /bin/zsh)");
	/* One of no section is bound by what is for all. */
	stop(NULL);
	start(NULL);
	assert_int_equal(add(OPT_BY_SITE, site), 0);
	assert_int_equal(add(OPT_BY_USER, "linger = 30m\n"), 0);
	who.partition = "a,x";
	assert_int_equal(give(NULL), -1);
	assert_non_null(strstr(e.text, "'30m' is out of the bounds"));
	who = (struct config_who){ .profile = NULL };
}

static void a_lock_counts_more_than_a_limit(void **state)
{
	const char *names[] = { "staff" };
	const struct opt_list groups = { 1, (char **)names };
	static const char site[] = "profile = a\n"
		"[limit]\nprofile = a b\nlinger = ..1m\n"
		"[lock group staff]\nprofile = c\nlinger = 2m\n"
		"[profile a]\n[profile b]\n[profile c]\nbacklog = 7\n";

	(void)state;
	assert_int_equal(add(OPT_BY_SITE, site), 0);
	assert_string_equal(config_chosen(&c, &who), "a");
	who.groups = &groups;
	assert_string_equal(config_chosen(&c, &who), "c");
	assert_int_equal(give("c"), 0);
	assert_string_equal(o.session.profile, "c");
	assert_int_equal(o.forward.linger, 120);
	assert_int_equal(o.forward.backlog, 7);
	who = (struct config_who){ .profile = NULL };
	stop(NULL);
	start(NULL);
	assert_int_equal(add(OPT_BY_SITE, site), 0);
	assert_int_equal(give("b"), 0);
	assert_int_equal(o.forward.linger, 60);
}

/* What is locked to "no" excludes nothing. */
static void a_lock_excludes_what_it_has(void **state)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };
	const struct opt *share = optset_find(&o.set, "oversubscribe");

	assert_int_equal(add(OPT_BY_SITE, "[lock]\nexclusive = no\n"), 0);
	assert_int_equal(give(NULL), 0);
	assert_int_equal(optset_set(&o.set, share, NULL, &typed, &e), 0);
	assert_string_equal(optsalloc_value(&o.set, "oversubscribe"), "");
	stop(state);
	start(state);
	share = optset_find(&o.set, "oversubscribe");
	assert_int_equal(add(OPT_BY_SITE, "[lock]\nexclusive = user\n"), 0);
	assert_int_equal(give(NULL), 0);
	assert_int_equal(optset_set(&o.set, share, NULL, &typed, &e), -1);
	assert_string_equal(e.text, "--oversubscribe: excludes --exclusive, which is locked by /site:2: leave it out");
}

static void lists_hold(void **state)
{
	(void)state;
	assert_int_equal(add(OPT_BY_SITE, "help-url = http://x/y\n"
		"[limit]\nshell = /bin/bash /bin/z*\nlauncher = slurm, local\n"
		"peer-check = !off\n[lower]\nsignal = USR1\nlinger = ..1m\n"), 0);
	assert_int_equal(give(NULL), 0);
	assert_string_equal(o.job.launcher, "slurm");
	assert_null(o.shell.path);
	assert_int_equal(add(OPT_BY_USER, "shell = /bin/zsh\nsignal = TERM\n"
		"linger = 9m\n[profile p]\nshell = /bin/tcsh\n"
		"[profile q]\npeer-check = off\n"), 0);
	assert_int_equal(config_give(&c, &o.set, OPT_BY_USER, &who, &e), 0);
	assert_string_equal(o.shell.path, "/bin/zsh");
	assert_string_equal(o.session.signal, "USR1");
	assert_int_equal(o.forward.linger, 60);
	assert_int_equal(o.set.notes.n, 2);
	assert_string_equal(o.set.notes.word[0],
		"signal: 'TERM' is beyond what /site:7 allows: it is made 'USR1'; see http://x/y");
	assert_string_equal(o.set.notes.word[1],
		"linger: '9m' is beyond what /site:8 allows: it is made '1m'; see http://x/y");
	assert_int_equal(config_give_profile(&c, &o.set, "p", &e), -1);
	assert_string_equal(e.text, "/user:5: shell: '/bin/tcsh' is not one of those that /site:3 allows (/bin/bash /bin/z*); see http://x/y");
	assert_int_equal(config_give_profile(&c, &o.set, "q", &e), -1);
	assert_string_equal(e.text, "/user:7: peer-check: 'off' is not one of those that /site:5 allows (!off); see http://x/y");
	config_fini(&c);
	assert_int_equal(add(OPT_BY_USER, "help-url = http://z\n"), 0);
	not_given(NULL, "/user:1: help-url: is for the site's files only");
}

static void bad_lines_are_told(void **state)
{
	(void)state;
	refused(OPT_BY_USER, "\nlingr = 1m\n",
		"/user:2: unknown key 'lingr': do you mean 'linger'?");
	refused(OPT_BY_USER, "xyzzyx = 1m\n",
		"/user:1: unknown key 'xyzzyx': keys are the long options, see the manual");
	refused(OPT_BY_USER, "all = yes\n",
		"/user:1: all: is an option of a command line alone");
	refused(OPT_BY_USER, "help = yes\n",
		"/user:1: help: is an option of a command line alone");
	refused(OPT_BY_USER, "inherit = x\n",
		"/user:1: unknown key 'inherit': keys are the long options, see the manual");
	refused(OPT_BY_USER, "[profile a]\nprofile = b\n",
		"/user:2: profile: a profile is built on another by 'inherit'");
	refused(OPT_BY_USER, "[profile list]\n",
		"/user:1: [profile list]: it is a command");
	refused(OPT_BY_USER, "[profile .a]\n",
		"/user:1: [profile .a]: a name has letters, digits, '.', '_' and '-', and begins with a letter or digit");
	refused(OPT_BY_USER, "[lock]\n",
		"/user:1: [lock] is for the site's files only");
	refused(OPT_BY_USER, "[limit]\n",
		"/user:1: [limit] is for the site's files only");
	refused(OPT_BY_SITE, "[profiles]\n",
		"/site:1: unknown section [profiles]: there are [profile NAME], [app NAME], [runtime NAME], [partition NAME], [group NAME], [lock], [limit] and [lower], the last three also as [lock partition NAME]");
	refused(OPT_BY_SITE, "[limit partition]\n",
		"/site:1: unknown section [limit partition]: there are [profile NAME], [app NAME], [runtime NAME], [partition NAME], [group NAME], [lock], [limit] and [lower], the last three also as [lock partition NAME]");
	refused(OPT_BY_USER, "[partition x]\n",
		"/user:1: [partition x] is for the site's files only");
	refused(OPT_BY_USER, "[lower group x]\n",
		"/user:1: [lower group x] is for the site's files only");
	refused(OPT_BY_SITE, "[lock partition x]\nprofile = a\n",
		"/site:2: profile: is chosen before the others count: it stands above all sections, or in [lock] or [lock group NAME]");
	refused(OPT_BY_SITE, "[partition x]\nprofile = a\n",
		"/site:2: profile: is chosen before the others count: it stands above all sections, or in [lock] or [lock group NAME]");
	refused(OPT_BY_SITE, "[limit]\ntims = ..1\n",
		"/site:2: unknown key 'tims': do you mean 'time'?");
	refused(OPT_BY_SITE, "cpus = 1\n",
		"/site:1: unknown key 'cpus': do you mean 'gpus'?");
	refused(OPT_BY_SITE, "x\n",
		"/site:1: is neither KEY = VALUE nor [SECTION]; behind 'x' comes no '='");
}

static void bad_values_are_told(void **state)
{
	(void)state;
	assert_int_equal(add(OPT_BY_USER, "allow-root-peers = perhaps\n"), 0);
	not_given(NULL, "/user:1: allow-root-peers: 'perhaps' is not yes or no");
	config_fini(&c);
	assert_int_equal(add(OPT_BY_USER, "verbose = 10\n"), 0);
	not_given(NULL, "/user:1: verbose: '10' is not a number from 0 to 9");
	assert_int_equal(o.log.verbose, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(later_sources_count, start, stop),
		cmocka_unit_test_setup_teardown(flags_can_be_taken_back, start,
			stop),
		cmocka_unit_test_setup_teardown(profiles_inherit, start, stop),
		cmocka_unit_test_setup_teardown(bad_inheritance_is_told, start,
			stop),
		cmocka_unit_test_setup_teardown(locks_hold, start, stop),
		cmocka_unit_test_setup_teardown(limits_hold, start, stop),
		cmocka_unit_test_setup_teardown(bad_limits_are_told, start, stop),
		cmocka_unit_test_setup_teardown(scopes_count, start, stop),
		cmocka_unit_test_setup_teardown(partitions_hold_together, start,
			stop),
		cmocka_unit_test_setup_teardown(a_lock_counts_more_than_a_limit,
			start, stop),
		cmocka_unit_test_setup_teardown(a_lock_excludes_what_it_has, start,
			stop),
		cmocka_unit_test_setup_teardown(lists_hold, start, stop),
		cmocka_unit_test_setup_teardown(bad_lines_are_told, start, stop),
		cmocka_unit_test_setup_teardown(bad_values_are_told, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
