/* SPDX-License-Identifier: BSD-2-Clause */
/* When front/prefetch.c begins, with which words, and what the user is told of it. */
#include "fake.h"

#include <sys/utsname.h>

#include "base/mem.h"
#include "front/prefetch.h"

#define COMMIT "e10f2369d0d9614a452462f2e01cdc4aa9486296"
#define FOLDER "VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n"
#define CLI "COMMIT_ID=" COMMIT "\n" FOLDER "CLI_NAME_IN_ARCHIVE=code\n"
#define BIN "COMMIT_ID=" COMMIT "\n" FOLDER \
	"VSCH_DIR=\"$VSCODE_AGENT_FOLDER/bin/$COMMIT_ID\"\n"

static struct prefetch *prefetch;
static struct buf told;

/* The words of the script, one a line, and then what the test says. */
static void script_is(const char *body)
{
	char *text = mem_printf("{ printf '%%s\\n' \"$@\" \"$(cat)\"; ps -o ni= -p $$; } >%s/words.new\nmv %s/words.new %s/words\n%s\n",
		fake_dir, fake_dir, fake_dir, body);

	fake_file("prefetch-server", text);
	free(text);
}

static int setup(void **state)
{
	if (fake_front_begin(state) == -1)
		return -1;
	(void)fakelog_logged();
	front.inv.libexec = (char *)(uintptr_t)fake_dir;
	front.opt.prefetch.what = OPTIONS_PREFETCH_X64;
	return 0;
}

static int teardown(void **state)
{
	prefetch_free(prefetch);
	prefetch = NULL;
	buf_fini(&told);
	return fake_front_end(state);
}

static void begin(const char *typed)
{
	prefetch = prefetch_new(&front.inv);
	assert_non_null(prefetch);
	prefetch_hear(typed, strlen(typed), prefetch);
}

/* What has been told so far has this. */
static int is_told(const char *text)
{
	buf_puts(&told, fakelog_told());
	buf_append(&told, "", 1);
	told.len--;
	return strstr(buf_data(&told), text) != NULL;
}

static int is_logged(const char *text)
{
	return strstr(fakelog_logged(), text) != NULL;
}

static char *words(void)
{
	char *path = mem_printf("%s/words", fake_dir);
	FILE *f = fopen(path, "r");
	char *text = mem_alloc(4096);

	if (f != NULL) {
		assert_true(fread(text, 1, 4095, f) < 4095);
		fclose(f);
	}
	free(path);
	return text;
}

static void expect_words(const char *kind, const char *arch, const char *more)
{
	char *got = words(), *want = mem_printf("%s/.vscode-server\n%s\n%s\nstable\n%s\n%shttps://update.code.visualstudio.com/commit:%%c/%%a/%%q\n",
		fake_dir, kind, COMMIT, arch, more);

	assert_true(strlen(got) > strlen(want));
	assert_memory_equal(got, want, strlen(want));
	/* It is not in anybody's way. */
	assert_non_null(strstr(got + strlen(want), "19"));
	free(want);
	free(got);
}

static void tells_begin_and_end(void **state)
{
	(void)state;
	script_is("echo begin it; echo done it; exit 0");
	begin(CLI);
	FAKECLOCK_WAIT(front.inv.base, is_told("it is in place\n"));
	assert_non_null(strstr(buf_data(&told), "prefetch: getting it into "));
	expect_words("cli", "x64", "");
	/* Once, whatever else is typed. */
	script_is("echo begin another; exit 0");
	FAKECLOCK_WAIT(front.inv.base, fake_is_alone());
	prefetch_hear(BIN, strlen(BIN), prefetch);
	assert_true(fake_is_alone());
	assert_string_equal(fakelog_told(), "");
}

static void is_silent_where_all_is_there(void **state)
{
	(void)state;
	script_is("exit 0");
	begin(BIN);
	FAKECLOCK_WAIT(front.inv.base, is_logged("prefetch: over"));
	assert_string_equal(fakelog_told(), "");
	expect_words("bin", "x64", "");
}

static void tells_why_in_one_line(void **state)
{
	static const struct {
		const char *script, *want;
	} rows[] = {
		{ "echo begin x; echo failed no room; exit 1", "prefetch: no room;" },
		{ "echo what is that >&2; exit 1", "prefetch: what is that;" },
		{ "exit 3", "prefetch: it ended with status 3;" },
		{ "kill -9 $$", "prefetch: it ended with " },
		{ "exit 124", "prefetch: it took longer than 15m;" },
		{ "echo failed; head -c 9000 /dev/zero | tr '\\0' x; exit 4",
			"prefetch: failed;" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		script_is(rows[i].script);
		told.len = 0;
		begin(BIN);
		FAKECLOCK_WAIT(front.inv.base, is_told(rows[i].want));
		assert_true(is_told("; the editor's script will get what is missing itself, in the job\n"));
		prefetch_free(prefetch);
		prefetch = NULL;
	}
	front.inv.libexec = "/nowhere";
	told.len = 0;
	begin(BIN);
	FAKECLOCK_WAIT(front.inv.base, is_told("/nowhere/prefetch-server"));
	assert_true(is_told("; the editor's script"));
}

static void names_extensions_for_this_machine(void **state)
{
	struct utsname here;
	int is_x64, is_arm64;

	(void)state;
	assert_int_equal(uname(&here), 0);
	is_x64 = strcmp(here.machine, "x86_64") == 0;
	is_arm64 = strcmp(here.machine, "aarch64") == 0;
	if (!is_x64 && !is_arm64) {
		print_message("# skipped: not for %s\n", here.machine);
		return;
	}
	optlist_add(&front.opt.prefetch.extensions, mem_strdup("a.b"));
	optlist_add(&front.opt.prefetch.extensions, mem_strdup("c.d"));
	front.opt.prefetch.what = OPTIONS_PREFETCH_ON;
	script_is("echo done it");
	begin(BIN);
	FAKECLOCK_WAIT(front.inv.base, is_told("it is in place"));
	expect_words("bin", is_x64 ? "x64" : "arm64", "a.b\nc.d\n");
	prefetch_free(prefetch);
	front.opt.prefetch.what = is_x64 ? OPTIONS_PREFETCH_ARM64 :
		OPTIONS_PREFETCH_X64;
	script_is("echo done other");
	begin(BIN);
	FAKECLOCK_WAIT(front.inv.base, is_told("other is in place"));
	assert_true(is_told("prefetch-extensions: has no effect"));
	expect_words("bin", is_x64 ? "arm64" : "x64", "");
}

static void does_nothing_unasked(void **state)
{
	(void)state;
	script_is("echo begin it");
	front.opt.prefetch.what = OPTIONS_PREFETCH_OFF;
	assert_null(prefetch_new(&front.inv));
	front.opt.prefetch.what = OPTIONS_PREFETCH_X64;
	begin("ls\nCOMMIT_ID=latest\n");
	assert_true(fake_is_alone());
	prefetch_free(prefetch);
	begin(FOLDER "COMMIT_ID=" COMMIT "\n");
	assert_true(fake_is_alone());
	/* Its last piece comes. */
	prefetch_hear("CLI_NAME_IN_ARCHIVE=code", 24, prefetch);
	assert_true(fake_is_alone());
	prefetch_hear("\n", 1, prefetch);
	assert_false(fake_is_alone());
	FAKECLOCK_WAIT(front.inv.base, is_told("getting it"));
}

/* A front that ends is no reason to begin anew when the client comes back. */
static void goes_on_without_the_front(void **state)
{
	char *text;

	(void)state;
	script_is("trap '' PIPE; echo begin it; cat go >/dev/null; echo done it; touch end");
	text = mem_printf("%s/go", fake_dir);
	assert_int_equal(mkfifo(text, 0600), 0);
	free(text);
	assert_int_equal(chdir(fake_dir), 0);
	begin(BIN);
	FAKECLOCK_WAIT(front.inv.base, is_told("getting it"));
	prefetch_free(prefetch);
	prefetch = NULL;
	assert_false(fake_is_alone());
	close(open("go", O_WRONLY));
	FAKECLOCK_WAIT(front.inv.base, access("end", F_OK) == 0);
	assert_int_equal(chdir("/"), 0);
	assert_string_equal(fakelog_told(), "");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(tells_begin_and_end),
		TEST(is_silent_where_all_is_there),
		TEST(tells_why_in_one_line),
		TEST(names_extensions_for_this_machine),
		TEST(does_nothing_unasked),
		TEST(goes_on_without_the_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
