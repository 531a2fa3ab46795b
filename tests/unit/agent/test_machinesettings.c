/* SPDX-License-Identifier: BSD-2-Clause */
/* A site's defaults in the settings of servers: where they go, and where not. */
#include "fake.h"

#include <dirent.h>

#include "agent/servers/machinesettings.h"
#include "base/buf.h"
#include "base/mem.h"

#define FOLDER "home/.vscode-server"
#define MACHINE FOLDER "/data/Machine"
#define SETTINGS MACHINE "/settings.json"

static char *path_of(const char *name)
{
	return mem_printf("%s/%s", fake_dir, name);
}

/* What it says, in a static buffer. */
static const char *run(const char *file, const char *own)
{
	static char said[8192];
	char *site = path_of(file), *home = path_of("home");
	char *folder = own != NULL ? path_of(own) : NULL;
	ssize_t n;
	int p[2];

	assert_int_equal(pipe2(p, O_CLOEXEC | O_NONBLOCK), 0);
	machinesettings_run(site, home, folder, p[1]);
	close(p[1]);
	n = read(p[0], said, sizeof said - 1);
	assert_true(n >= 0);
	said[n] = '\0';
	close(p[0]);
	free(site);
	free(home);
	free(folder);
	return said;
}

static void make_dir(const char *name)
{
	char *path = path_of(name);

	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
}

static void link_to(const char *to, const char *name)
{
	char *path = path_of(name);

	assert_int_equal(symlink(to, path), 0);
	free(path);
}

/* All of a file, in a static buffer; "" without one. */
static const char *content(const char *name)
{
	static char text[4096];
	char *path = path_of(name);
	FILE *f = fopen(path, "r");
	size_t n = f != NULL ? fread(text, 1, sizeof text - 1, f) : 0;

	text[n] = '\0';
	if (f != NULL)
		fclose(f);
	free(path);
	return text;
}

static int setup(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	fake_file("site.json", "{\"a\": 1}\n");
	return 0;
}

static void goes_where_a_server_is(void **state)
{
	struct stat st;
	char *path = path_of(SETTINGS);

	(void)state;
	assert_string_equal(run("site.json", NULL), "");
	make_dir(FOLDER);
	make_dir("home/.other-server");
	make_dir("home/.cursor-server");
	assert_non_null(strstr(run("site.json", NULL), ".vscode-server/data/Machine/settings.json: defaults of the site were put in\n"));
	assert_string_equal(content(SETTINGS), "{\n\t\"a\": 1\n}\n");
	assert_string_equal(content("home/.cursor-server/data/Machine/settings.json"),
		"{\n\t\"a\": 1\n}\n");
	assert_string_equal(content("home/.other-server/data/Machine/settings.json"),
		"");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* A second time there is nothing to do, and nothing is said or written. */
	assert_string_equal(run("site.json", NULL), "");
	free(path);
}

static void keeps_what_is_there(void **state)
{
	char *path = path_of(SETTINGS), *dir = path_of(MACHINE);
	struct dirent *entry;
	struct stat st;
	int n = 0;
	DIR *d;

	(void)state;
	fake_file(SETTINGS, "{\n  // mine\n  \"z\": 2,\n}\n");
	assert_int_equal(chmod(path, 0640), 0);
	run("site.json", NULL);
	assert_string_equal(content(SETTINGS),
		"{\n  // mine\n  \"z\": 2,\n  \"a\": 1\n}\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	for (d = opendir(dir); (entry = readdir(d)) != NULL; n++)
		assert_true(entry->d_name[0] == '.' ? entry->d_name[1] == '.' ||
			entry->d_name[1] == '\0' : strcmp(entry->d_name, "settings.json") == 0);
	assert_int_equal(n, 3);
	closedir(d);
	fake_file(SETTINGS, "{\"a\": 2}");
	run("site.json", NULL);
	assert_string_equal(content(SETTINGS), "{\"a\": 2}");
	free(path);
	free(dir);
}

/* It is left as it is, and the log says why. */
static void leaves(const char *why)
{
	struct buf want = { 0 };
	const char *said = run("site.json", NULL);

	buf_printf(&want, ": left as it is: %s\n", why);
	buf_append(&want, "", 1);
	assert_int_equal(said[0], 'I');
	if (strstr(said, buf_data(&want)) == NULL)
		fail_msg("%s", said);
	buf_fini(&want);
}

static void leaves_what_is_no_json(void **state)
{
	(void)state;
	fake_file(SETTINGS, "{\n\"z\" 2}");
	leaves("line 2: there is no colon behind a name");
	assert_string_equal(content(SETTINGS), "{\n\"z\" 2}");
}

static void follows_no_link(void **state)
{
	char *path = path_of(SETTINGS), *dir = path_of(MACHINE);
	char *folder = path_of(FOLDER), *data = path_of(FOLDER "/data");

	(void)state;
	fake_file("elsewhere/settings.json", "{}");
	fake_file(MACHINE "/x", "");
	link_to("../../../../elsewhere/settings.json", SETTINGS);
	leaves("it is a link");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	leaves("it is not a file of yours with one name, of at most 1048576 bytes");
	assert_int_equal(unlink(path), 0);
	free(path);
	path = path_of(MACHINE "/x");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	link_to("../../../elsewhere", MACHINE);
	leaves("Machine: Not a directory");
	assert_int_equal(unlink(dir), 0);
	assert_int_equal(rmdir(data), 0);
	assert_int_equal(rmdir(folder), 0);
	/* A folder that is a link is one of the home's, or none. */
	fake_file("elsewhere/data/Machine/settings.json", "{}");
	link_to("../elsewhere", FOLDER);
	leaves("it is a link that leads elsewhere");
	assert_int_equal(unlink(folder), 0);
	make_dir("home/kept");
	link_to("kept", FOLDER);
	run("site.json", NULL);
	assert_string_equal(content("home/kept/data/Machine/settings.json"),
		"{\n\t\"a\": 1\n}\n");
	assert_string_equal(content("elsewhere/settings.json"), "{}");
	assert_string_equal(content("elsewhere/data/Machine/settings.json"), "{}");
	free(path);
	free(dir);
	free(folder);
	free(data);
}

static void a_folder_beside_the_home(void **state)
{
	(void)state;
	make_dir(FOLDER);
	make_dir("own");
	make_dir("own/.vscode-server");
	link_to("../../" FOLDER "/data", "own/.vscode-server/data");
	make_dir("own/.cursor-server");
	assert_null(strstr(run("site.json", "own"), "left as it is"));
	assert_string_equal(content(SETTINGS), "{\n\t\"a\": 1\n}\n");
	assert_string_equal(content("own/.cursor-server/data/Machine/settings.json"),
		"{\n\t\"a\": 1\n}\n");
}

static void a_site_s_file_must_be_good(void **state)
{
	char *path = path_of("site.json");

	(void)state;
	make_dir(FOLDER);
	assert_non_null(strstr(run("none.json", NULL), "none.json: there is no such file\n"));
	fake_file("bad.json", "{\"a\": }");
	assert_non_null(strstr(run("bad.json", NULL), "bad.json: line 1: there is no value\n"));
	fake_file("empty.json", "");
	assert_non_null(strstr(run("empty.json", NULL), "empty.json: it is empty\n"));
	assert_int_equal(chmod(path, 0666), 0);
	assert_non_null(strstr(run("site.json", NULL), "others may write it"));
	assert_string_equal(content(SETTINGS), "");
	machinesettings_run("none", fake_dir, NULL, -1);
	machinesettings_run(NULL, fake_dir, NULL, -1);
	free(path);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, fake_agent_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(goes_where_a_server_is),
		TEST(keeps_what_is_there),
		TEST(leaves_what_is_no_json),
		TEST(follows_no_link),
		TEST(a_folder_beside_the_home),
		TEST(a_site_s_file_must_be_good),
	};

	return cmocka_run_group_tests_name("machinesettings", tests, NULL, NULL);
}
