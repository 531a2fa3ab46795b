/* SPDX-License-Identifier: BSD-2-Clause */
/* Runtimes of containers: those that are built in, and what settings say of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "opt/runtimerow.h"
#include "settings.h"

static int rows_of(struct runtimerows *r, const struct config *c, struct err *e)
{
	struct opt_list said = { 0 };
	int ret;

	runtimerow_say(c, &said);
	ret = runtimerows_init(r, &said, e);
	optlist_free(&said);
	return ret;
}

/* Each is whole, and passes its own checks. */
static void builtin_ones_are_good(void **state)
{
	const struct config none = { 0 };
	struct runtimerows r;
	struct err e;

	(void)state;
	assert_int_equal(rows_of(&r, &none, &e), 0);
	for (size_t i = 0; i < r.n; i++) {
		assert_string_equal(runtimerow_builtin_name(i), r.row[i].name);
		assert_int_equal(runtimekey_is_runtime(r.row[i].name, &e), 0);
		for (int k = 0; k < RUNTIMEKEYS; k++)
			if (runtimekey_check((enum runtimekey)k,
				r.row[i].value[k], &e) == -1)
				fail_msg("%s: %s", r.row[i].name, e.text);
	}
	assert_null(runtimerow_builtin_name(r.n));
	runtimerows_fini(&r);
}

/* examples/runtimes.conf is what they are, so that it can be changed from there. */
static void the_example_is_the_same(void **state)
{
	struct config c = { 0 };
	char text[16384];
	FILE *f = fopen("examples/runtimes.conf", "r");
	size_t len, at = 0;
	struct err e = { "" };

	(void)state;
	assert_non_null(f);
	len = fread(text, 1, sizeof text - 1, f);
	text[len] = '\0';
	fclose(f);
	if (settings_add(&c, OPT_BY_SITE, text, &e) == -1)
		fail_msg("%s", e.text);
	for (size_t i = 0; runtimerow_builtin_name(i) != NULL; i++) {
		const char *name = runtimerow_builtin_name(i);

		assert_string_equal(c.setting[at].of, name);
		assert_string_equal(c.setting[at++].key, "");
		for (int k = 0; k < RUNTIMEKEYS; k++) {
			const char *value = runtimerow_builtin(i,
				(enum runtimekey)k);

			if (value == NULL)
				continue;
			assert_true(at < c.n);
			assert_string_equal(c.setting[at].key,
				runtimekey_name((enum runtimekey)k));
			assert_string_equal(c.setting[at++].value, value);
		}
	}
	assert_int_equal(at, c.n);
	config_fini(&c);
}

/* Of site and user that counts which is last, but for what a site has locked. */
static void who_counts(void **state)
{
	struct config c = { 0 };
	struct runtimerows r;
	const struct runtimerow *row;
	struct err e = { "" };

	(void)state;
	assert_int_equal(settings_add(&c, OPT_BY_SITE, "[runtime apptainer]\nprogram = /site/apptainer\nnvidia = --nvccli\n"
		"[lock runtime apptainer]\nprogram = /locked/apptainer\n", &e), 0);
	assert_int_equal(settings_add(&c, OPT_BY_USER, "[runtime apptainer]\nprogram = /my/apptainer\nnvidia = --nv --x\n"
		"[runtime mine]\nprogram = mine\nimages = name\nenter = run %image\n", &e), 0);
	if (rows_of(&r, &c, &e) == -1)
		fail_msg("%s", e.text);
	row = runtimerows_find(&r, "apptainer", &e);
	assert_non_null(row);
	assert_string_equal(row->value[RUNTIMEKEY_PROGRAM], "/locked/apptainer");
	assert_string_equal(row->value[RUNTIMEKEY_NVIDIA], "--nv --x");
	assert_string_equal(row->value[RUNTIMEKEY_AMD], "--rocm");
	assert_string_equal(r.row[0].name, "mine");
	assert_string_equal(r.row[0].value[RUNTIMEKEY_BINDS], "session");
	assert_null(runtimerows_find(&r, "docker", &e));
	assert_non_null(strstr(e.text, "there is no runtime 'docker'; there are: auto, mine, apptainer, "));
	runtimerows_fini(&r);
	config_fini(&c);
}

/* Which names of registries there are, by the rows, of all or of one. */
/* What a site has put into enter must not be gone around by an instance. */
static void enter_counts_without_start(void **state)
{
	static const struct { const char *text, *start; } rows[] = {
		{ "[runtime apptainer]\nprogram = x\n", "instance start" },
		{ "[runtime apptainer]\nenter = exec --contain %image\n", "" },
		{ "[runtime apptainer]\nstart = go %pidfile\nenter = exec %image\n", "go " },
		{ "[runtime apptainer2]\nprogram = x\nimages = sif\nenter = exec %image\n", "instance start" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct config c = { 0 };
		struct runtimerows r;
		struct err e = { "" };
		const char *start;

		assert_int_equal(settings_add(&c, OPT_BY_SITE, rows[i].text, &e), 0);
		assert_int_equal(rows_of(&r, &c, &e), 0);
		start = runtimerows_find(&r, "apptainer", &e)->value[RUNTIMEKEY_START];
		assert_int_equal(strncmp(start, rows[i].start,
			strlen(rows[i].start)), 0);
		assert_int_equal(start[0] == '\0', rows[i].start[0] == '\0');
		runtimerows_fini(&r);
		config_fini(&c);
	}
}

static void knows_names(void **state)
{
	static const struct { const char *runtime, *image, *want; } rows[] = {
		{ "auto", "/x.sif", NULL },
		{ "bubblewrap", "/x.sif", NULL },
		{ "auto", "docker://x", NULL },
		{ "auto", "oras://x", NULL },
		{ "enroot", "docker://x", NULL },
		{ "mine", "here://x", NULL },
		{ "auto", "here://x", NULL },
		{ "podman", "oras://x", "'oras://x' is no name that podman takes: those begin with docker://" },
		{ "auto", "http://x", "'http://x' is no name that any runtime takes: those begin with here://, docker://, library://, oras://" },
		{ "auto", "dock://x", "'dock://x' is no name" },
		{ "auto", "://x", "'://x' is no name" },
		{ "bubblewrap", "docker://x", "'docker://x' is no name that bubblewrap takes: it takes no name of a registry" },
	};
	struct config c = { 0 };
	struct runtimerows r;
	struct err e = { "" };

	(void)state;
	assert_int_equal(settings_add(&c, OPT_BY_USER, "[runtime mine]\nprogram = mine\nimages = name\nschemes = here\nenter = run %image\n", &e), 0);
	assert_int_equal(rows_of(&r, &c, &e), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		e.text[0] = '\0';
		assert_int_equal(runtimerows_take_name(&r, rows[i].runtime,
			rows[i].image, &e), rows[i].want != NULL ? -1 : 0);
		assert_int_equal(strncmp(e.text, rows[i].want != NULL ?
			rows[i].want : "", rows[i].want != NULL ?
			strlen(rows[i].want) : 1), 0);
	}
	assert_null(runtimerows_find(&r, "bwrap", &e));
	assert_string_equal(e.text, "there is no runtime 'bwrap': do you mean 'bubblewrap', whose program that is?");
	runtimerows_fini(&r);
	config_fini(&c);
}

static void tells_slips(void **state)
{
	static const struct { enum opt_source source; const char *text, *want; } rows[] = {
		{ OPT_BY_SITE, "[runtime auto]\n", "F:1: [runtime auto]: 'auto' is no name" },
		{ OPT_BY_SITE, "[runtime a]\nprogramm = x\n", "F:2: unknown key 'programm': do you mean 'program'?" },
		{ OPT_BY_SITE, "[runtime a]\ncolour = x\n", "a runtime has program, images, enter" },
		{ OPT_BY_SITE, "[runtime a]\nprogram = bin/x\n", "F:2: program: 'bin/x' is neither a name nor" },
		{ OPT_BY_SITE, "[runtime a]\nimages = sif iso\n", "F:2: images: 'iso' is not one of" },
		{ OPT_BY_SITE, "[runtime a]\nenter = run --rm\n", "F:2: enter: nothing in it stands for the image" },
		{ OPT_BY_SITE, "[runtime a]\nenter = run %img\n", "nothing in it stands for the image" },
		{ OPT_BY_SITE, "[runtime a]\nenter = run %image %gpus %gpv\n", "F:2: enter: '%gpv' stands for nothing here" },
		{ OPT_BY_SITE, "[runtime a]\nbind = %image\n", "F:2: bind: '%image' stands for nothing here" },
		{ OPT_BY_SITE, "[runtime a]\nterminal = -t;id\n", "F:2: terminal: '-t;id' has more than" },
		{ OPT_BY_SITE, "[runtime a]\nsignals = maybe\n", "F:2: signals: 'maybe' is not one of passed, kept" },
		{ OPT_BY_SITE, "[runtime a]\nstart = run %image\n", "F:2: start: nothing in it tells the instance's process" },
		{ OPT_BY_SITE, "[runtime a]\nstart = run %image %hold %closed\n", "F:2: start: '%closed' stands for nothing here" },
		{ OPT_BY_SITE, "[runtime a]\njoin = exec\n", "F:2: join: nothing in it stands for the instance" },
		{ OPT_BY_SITE, "[runtime a]\njoin = exec %pid %image\n", "F:2: join: '%image' stands for nothing here" },
		{ OPT_BY_SITE, "[runtime a]\njoin-program = bin/x\n", "F:2: join-program: 'bin/x' is neither a name nor" },
		{ OPT_BY_SITE, "[runtime a]\njoin-signals = lost\n", "F:2: join-signals: 'lost' is not one of passed, kept" },
		{ OPT_BY_SITE, "[runtime a]\nstop = rm %image\n", "F:2: stop: '%image' stands for nothing here" },
		{ OPT_BY_SITE, "[runtime a]\nimport = pull %image\n", "F:2: import: it needs %to, and %image or %name" },
		{ OPT_BY_SITE, "[runtime a]\nimport = pull %to %image %node\n", "F:2: import: '%node' stands for nothing here" },
		{ OPT_BY_SITE, "[runtime a]\nschemes = docker://\n", "F:2: schemes: 'docker://' has more than" },
		{ OPT_BY_SITE, "[runtime a]\nimports = iso\n", "F:2: imports: 'iso' is not one of sif, sqsh" },
		{ OPT_BY_SITE, "[limit runtime a]\nprogram = x\n", "unknown section" },
		{ OPT_BY_USER, "[lock runtime a]\nprogram = x\n", "is for the site's files only" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct config c = { 0 };
		struct err e = { "" };

		assert_int_equal(settings_add(&c, rows[i].source, rows[i].text, &e), -1);
		if (strstr(e.text, rows[i].want) == NULL)
			fail_msg("%s: %s", rows[i].text, e.text);
		config_fini(&c);
	}
}

static void tells_what_is_missing(void **state)
{
	struct config c = { 0 };
	struct runtimerows r;
	struct err e = { "" };

	(void)state;
	assert_int_equal(settings_add(&c, OPT_BY_SITE, "[runtime a]\nprogram = x\nenter = %image\n", &e), 0);
	assert_int_equal(rows_of(&r, &c, &e), -1);
	assert_string_equal(e.text, "[runtime a]: nothing says its images");
	config_fini(&c);
	c = (struct config){ 0 };
	assert_int_equal(settings_add(&c, OPT_BY_SITE, "[runtime a]\nprogram = x\nimages = sif\nenter = %image\nstart = %image %hold\n", &e), 0);
	assert_int_equal(rows_of(&r, &c, &e), -1);
	assert_string_equal(e.text, "[runtime a]: start without join");
	config_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builtin_ones_are_good),
		cmocka_unit_test(the_example_is_the_same),
		cmocka_unit_test(who_counts),
		cmocka_unit_test(enter_counts_without_start),
		cmocka_unit_test(knows_names),
		cmocka_unit_test(tells_slips),
		cmocka_unit_test(tells_what_is_missing),
	};

	return cmocka_run_group_tests_name("runtimerow", tests, NULL, NULL);
}
