/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include "agent/servers/serverdir.h"
#include "base/mem.h"
#include "os/tmpdir.h"

#define COMMIT "1234567890123456789012345678901234567890"

static struct err e;
static char *dir;

static int setup(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	options.servers.dir = OPTIONS_SERVER_DIR_SESSION;
	dir = serverdir_path(&agent.job, &e);
	return dir == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	free(dir);
	return fake_agent_end(state);
}

static int make(struct serverdir_id *id)
{
	return serverdir_make(dir, agent.job.user.home, id, &e);
}

/* Where the link "dir/NAME" leads, below home; "" for none. */
static const char *leads_to(const char *name)
{
	static char at[4096];
	char *path = mem_printf("%s/%s", dir, name);
	ssize_t n = readlink(path, at, sizeof at - 1);
	size_t home = strlen(agent.job.user.home);

	free(path);
	at[n > 0 ? n : 0] = '\0';
	return n > 0 && strncmp(at, agent.job.user.home, home) == 0 ? at + home :
		at;
}

static void is_where_it_was_asked_for(void **state)
{
	char *want = mem_printf("%s/state/0123456789abcdef/server", fake_dir);
	char *path;

	(void)state;
	assert_string_equal(dir, want);
	free(want);
	options.servers.dir = OPTIONS_SERVER_DIR_HOME;
	assert_null(serverdir_path(&agent.job, &e));
	assert_string_equal(e.text, "");
	options.servers.dir = OPTIONS_SERVER_DIR_NODE;
	setenv("XDG_RUNTIME_DIR", fake_dir, 1);
	path = serverdir_path(&agent.job, &e);
	want = mem_printf("%s/vscode-remote-shell/server", fake_dir);
	assert_string_equal(path, want);
	assert_string_equal(e.text, "");
	unsetenv("XDG_RUNTIME_DIR");
	free(want);
	free(path);
}

/*
 * Also of a home directory that has had no session: what the first one installs
 * would be lost with it.
 */
static void shares_what_vscode_writes(void **state)
{
	struct serverdir_id id;

	(void)state;
	assert_int_equal(make(&id), 0);
	assert_int_not_equal(id.ino, 0);
	assert_string_equal(leads_to(".vscode-server/extensions"),
		"/.vscode-server/extensions");
	assert_string_equal(leads_to(".vscode-server/data"),
		"/.vscode-server/data");
	assert_string_equal(leads_to(".vscode-server/bin"),
		"/.vscode-server/bin");
	fake_file("home/.vscode-server/extensions/x", "");
	/* Of other editors only what is there. */
	assert_string_equal(leads_to(".cursor-server/data"), "");
}

static void shares_programs_but_no_records(void **state)
{
	struct serverdir_id id;

	(void)state;
	fake_file("home/.vscode-server/code-" COMMIT, "program");
	fake_file("home/.vscode-server/cli/servers/Stable-" COMMIT "/server/bin",
		"");
	fake_file("home/.vscode-server/cli/servers/Stable-" COMMIT "/pid.txt",
		"17");
	fake_file("home/.vscode-server/." COMMIT ".pid", "17");
	assert_int_equal(make(&id), 0);
	assert_string_equal(leads_to(".vscode-server/code-" COMMIT),
		"/.vscode-server/code-" COMMIT);
	assert_string_equal(leads_to(".vscode-server/cli/servers/Stable-" COMMIT
		"/server"), "/.vscode-server/cli/servers/Stable-" COMMIT
		"/server");
	assert_string_equal(leads_to(".vscode-server/cli/servers/Stable-" COMMIT
		"/pid.txt"), "");
	assert_null(fake_text("state/0123456789abcdef/server/.vscode-server/."
		COMMIT ".pid"));
}

/* What is there stays, but for a link that leads nowhere. */
static void may_be_made_again(void **state)
{
	struct serverdir_id id, again;
	char *path;

	(void)state;
	assert_int_equal(make(&id), 0);
	path = mem_printf("%s/.vscode-server/data", dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/nonexistent/data", path), 0);
	assert_int_equal(make(&again), 0);
	assert_int_equal(id.ino, again.ino);
	assert_string_equal(leads_to(".vscode-server/data"),
		"/.vscode-server/data");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(make(&again), 0);
	assert_string_equal(leads_to(".vscode-server/data"), "");
	free(path);
}

/* One that was removed and made by somebody is another. */
static void knows_which_one_it_is(void **state)
{
	struct serverdir_id id;
	char *kept = mem_printf("%s/kept", fake_dir);

	(void)state;
	assert_int_equal(make(&id), 0);
	assert_true(serverdir_is(dir, &id, &e));
	/* Kept, since its number may be given again at once. */
	assert_int_equal(rename(dir, kept), 0);
	assert_false(serverdir_is(dir, &id, &e));
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_false(serverdir_is(dir, &id, &e));
	assert_non_null(strstr(e.text, "was removed"));
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(rename(kept, dir), 0);
	assert_true(serverdir_is(dir, &id, &e));
	/* The same one, but others may write there now. */
	assert_int_equal(chmod(dir, 0777), 0);
	assert_false(serverdir_is(dir, &id, &e));
	free(kept);
}

static void tells_when_there_is_room(void **state)
{
	(void)state;
	assert_int_equal(serverdir_room(NULL, agent.job.user.home, &e), 0);
	/* A file system that takes no files at all. */
	assert_int_equal(serverdir_room(NULL, "/proc/self", &e), 0);
	/* One that is read-only, as in containers. */
	if (access("/sys/fs/cgroup", W_OK) == -1 && errno == EROFS) {
		assert_int_equal(serverdir_room("/sys/fs/cgroup",
			agent.job.user.home, &e), -1);
		assert_non_null(strstr(e.text, "/sys/fs/cgroup"));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_where_it_was_asked_for),
		TEST(shares_what_vscode_writes),
		TEST(shares_programs_but_no_records),
		TEST(may_be_made_again),
		TEST(knows_which_one_it_is),
		TEST(tells_when_there_is_room),
	};

	return cmocka_run_group_tests_name("serverdir", tests, NULL, NULL);
}
