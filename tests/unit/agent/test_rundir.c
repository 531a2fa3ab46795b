/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <time.h>

#include "agent/rundir.h"
#include "base/mem.h"
#include "os/tmpdir.h"
#include "proto/sessionenv.h"

static struct err e;
static struct rundir *dir;
static int names;	/* that were made known */

static void made(const char *path)
{
	assert_int_equal(path[0], '/');
	names++;
}

static void told(const char *line, void *arg)
{
	(void)arg;
	fronts_notice(agent.fronts, line);
}

static const struct rundir_ops ops = { .made = made, .tell = told };

/* Whether it has another name now. */
static int check(void)
{
	int before = names;

	assert_int_equal(rundir_check(dir), 0);
	return names - before;
}

static int setup(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	dir = rundir_new(&agent.env.env, &ops, NULL, &e);
	return dir == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	tmpdir_remove(rundir_path(dir), &e);
	rundir_free(dir);
	return fake_agent_end(state);
}

#define OWN "VRS_RUNTIME_DIR"

static const char *offered(void)
{
	return envlist_get(&agent.env.env, "XDG_RUNTIME_DIR");
}

static int is_private(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
		st.st_uid == geteuid() && (st.st_mode & 07777) == 0700;
}

static void is_made_and_offered(void **state)
{
	char *run = mem_printf("%s/run", rundir_path(dir));

	(void)state;
	assert_true(is_private(rundir_path(dir)));
	assert_true(is_private(run));
	assert_string_equal(offered(), run);
	assert_string_equal(envlist_get(&agent.env.env, OWN), run);
	assert_int_equal(check(), 0);
	free(run);
}

/* A cleaner has taken it, and its name is free. */
static void is_made_anew(void **state)
{
	struct link *front = fake_front(2);
	char *was = mem_strdup(rundir_path(dir));

	(void)state;
	assert_int_equal(tmpdir_remove(rundir_path(dir), &e), 0);
	assert_int_equal(check(), 0);
	assert_string_equal(rundir_path(dir), was);
	assert_true(is_private(rundir_path(dir)));
	assert_true(is_private(offered()));
	assert_non_null(strstr(fakelink_text(front, FRAME_NOTICE),
		"was removed; it is made anew"));
	/* It is told once. */
	assert_int_equal(check(), 0);
	fakelink_expect_nothing(front);
	free(was);
}

/* Somebody has made one that others may enter: it is not used. */
static void has_another_name_then(void **state)
{
	struct link *front = fake_front(2);
	char *was = mem_strdup(rundir_path(dir));

	(void)state;
	assert_int_equal(tmpdir_remove(rundir_path(dir), &e), 0);
	assert_int_equal(mkdir(was, 0700), 0);
	assert_int_equal(chmod(was, 0755), 0);
	assert_int_equal(check(), 1);
	assert_string_not_equal(rundir_path(dir), was);
	assert_true(is_private(rundir_path(dir)));
	assert_int_equal(strncmp(offered(), rundir_path(dir),
		strlen(rundir_path(dir))), 0);
	assert_non_null(strstr(fakelink_text(front, FRAME_NOTICE),
		"somebody else's is there"));
	assert_int_equal(rmdir(was), 0);
	free(was);
}

/* Only its content was taken. */
static void offers_again(void **state)
{
	(void)state;
	assert_int_equal(rmdir(offered()), 0);
	assert_int_equal(check(), 0);
	assert_true(is_private(offered()));
}

static int told_users;
static const char *told_path;

static void is_told(const char *path, void *arg)
{
	assert_null(arg);
	told_users++;
	told_path = path;
}

static void expect_user(int told, const char *path)
{
	assert_int_equal(told_users, told);
	if (path == NULL)
		assert_null(told_path);
	else
		assert_string_equal(told_path, path);
}

static int whole;

static int is_whole(const char *path, void *arg)
{
	assert_null(arg);
	assert_string_equal(path, rundir_path(dir));
	return whole;
}

/* What a cleaner has taken in it is its user's to know. */
static void asks_whether_all_is_there(void **state)
{
	struct rundir_user user = { .is_whole = is_whole };

	(void)state;
	told_users = 0;
	whole = 1;
	rundir_use(dir, &user, is_told, NULL);
	assert_int_equal(check(), 0);
	expect_user(1, rundir_path(dir));
	whole = 0;
	assert_int_equal(check(), 0);
	expect_user(2, rundir_path(dir));
	whole = 1;
	assert_int_equal(check(), 0);
	expect_user(2, rundir_path(dir));
	rundir_leave(&user);
}

/* Nothing names it any more, since it may be another's by now. */
static void is_withdrawn_and_comes_back(void **state)
{
	struct rundir_user user = { 0 };
	char *away;

	(void)state;
	told_users = 0;
	/* A directory's users in a ring would be gone through for ever. */
	alarm(60);
	rundir_use(dir, &user, is_told, NULL);
	expect_user(1, rundir_path(dir));
	rundir_use(dir, &user, is_told, NULL);
	expect_user(2, rundir_path(dir));
	/* It is there, though nobody can look into it. */
	fake_no_files();
	assert_int_equal(rundir_check(dir), 0);
	fake_files_again();
	expect_user(2, rundir_path(dir));
	away = mem_printf("%s.away", rundir_path(dir));
	assert_int_equal(rename(rundir_path(dir), away), 0);
	fake_no_files();
	assert_int_equal(rundir_check(dir), -1);
	fake_files_again();
	expect_user(3, NULL);
	assert_null(offered());
	assert_null(envlist_get(&agent.env.env, OWN));
	/* It is the same. */
	assert_int_equal(rename(away, rundir_path(dir)), 0);
	free(away);
	assert_int_equal(check(), 0);
	expect_user(4, rundir_path(dir));
	assert_true(is_private(offered()));
	assert_int_equal(check(), 0);
	expect_user(4, rundir_path(dir));
	rundir_leave(&user);
	assert_int_equal(tmpdir_remove(rundir_path(dir), &e), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(told_users, 4);
	rundir_leave(&user);
	alarm(0);
}

static void leaves_the_site_its_own(void **state)
{
	char *given = mem_printf("%s/given", fake_dir);
	struct envlist env = { 0 };
	struct rundir *other;

	(void)state;
	fake_file("given/x", "");
	envlist_set(&env, "XDG_RUNTIME_DIR", given);
	other = rundir_new(&env, &ops, NULL, &e);
	assert_non_null(other);
	assert_string_equal(envlist_get(&env, "XDG_RUNTIME_DIR"), given);
	/* Beside that of the session, which goes with it. */
	assert_true(is_private(envlist_get(&env, OWN)));
	assert_int_equal(strncmp(envlist_get(&env, OWN), rundir_path(other),
		strlen(rundir_path(other))), 0);
	/* But not one that others may enter. */
	tmpdir_remove(rundir_path(other), &e);
	rundir_free(other);
	chmod(given, 0755);
	other = rundir_new(&env, &ops, NULL, &e);
	assert_non_null(other);
	assert_string_not_equal(envlist_get(&env, "XDG_RUNTIME_DIR"),
		given);
	tmpdir_remove(rundir_path(other), &e);
	rundir_free(other);
	envlist_fini(&env);
	free(given);
}

/* That of the node is a name in use for weeks, too: it was removed, or worse. */
static void takes_the_place_of_what_the_site_gave(void **state)
{
	struct link *front = fake_front(2);
	char *given = mem_printf("%s/given", fake_dir);

	(void)state;
	for (int is_removed = 0; is_removed < 2; is_removed++) {
		struct envlist env = { 0 };
		struct rundir *other;

		fake_file("given/x", "");
		chmod(given, 0700);
		envlist_set(&env, "XDG_RUNTIME_DIR", given);
		other = rundir_new(&env, &ops, NULL, &e);
		assert_non_null(other);
		assert_int_equal(rundir_check(other), 0);
		assert_string_equal(envlist_get(&env, "XDG_RUNTIME_DIR"),
			given);
		assert_int_equal(is_removed ? tmpdir_remove(given, &e) :
			chmod(given, 0755), 0);
		assert_int_equal(rundir_check(other), 0);
		assert_true(is_private(envlist_get(&env, "XDG_RUNTIME_DIR")));
		assert_string_not_equal(envlist_get(&env, "XDG_RUNTIME_DIR"),
			given);
		assert_non_null(strstr(fakelink_text(front, FRAME_NOTICE),
			"the XDG_RUNTIME_DIR of this node"));
		assert_int_equal(rundir_check(other), 0);
		fakelink_expect_nothing(front);
		tmpdir_remove(rundir_path(other), &e);
		rundir_free(other);
		envlist_fini(&env);
	}
	free(given);
}

/* Another user can neither make a private one of ours nor move it there. */
static void leaves_what_is_not_private(void **state)
{
	char *path = mem_printf("%s/given", fake_dir);

	(void)state;
	fake_file("given/x", "");
	assert_int_equal(chmod(path, 0770), 0);
	rundir_retire(path);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(chmod(path, 0700), 0);
	rundir_retire(path);
	assert_int_equal(access(path, F_OK), -1);
	free(path);
}

static void is_removed_when_nobody_uses_it(void **state)
{
	char *path = mem_strdup(rundir_path(dir));
	int fd;

	(void)state;
	/* A job that was started from the session has its name. */
	setenv("SOMEWHERE", offered(), 1);
	fd = open(offered(), O_RDONLY | O_DIRECTORY);
	assert_int_not_equal(fd, -1);
	fake_child(NULL);
	close(fd);
	unsetenv("SOMEWHERE");
	rundir_retire(path);
	assert_true(is_private(path));
	fake_agent_end(state);
	fake_agent_begin(state);
	rundir_retire(path);
	assert_int_equal(access(path, F_OK), -1);
	/* One that is gone, or another's, is no matter of ours. */
	rundir_retire(path);
	assert_int_equal(symlink("/nowhere", path), 0);
	rundir_retire(path);
	assert_int_equal(unlink(path), 0);
	free(path);
}

/* What a session had to leave goes with the next one, when it is grown up. */
static void sweeps_what_was_left(void **state)
{
	char *old = tmpdir_make("/tmp", &e), *young = tmpdir_make("/tmp", &e);
	char *used = tmpdir_make("/tmp", &e);
	struct timespec then[2] = { { .tv_sec = time(NULL) - 3600 },
		{ .tv_sec = time(NULL) - 3600 } };
	struct envlist env = { 0 };
	struct rundir *next;
	int fd = open(used, O_RDONLY | O_DIRECTORY);

	(void)state;
	utimensat(AT_FDCWD, old, then, 0);
	utimensat(AT_FDCWD, used, then, 0);
	next = rundir_new(&env, &ops, NULL, &e);
	assert_non_null(next);
	FAKECLOCK_WAIT(agent.job.base, access(old, F_OK) == -1);
	assert_true(is_private(young));
	assert_true(is_private(used));
	assert_true(is_private(rundir_path(next)));
	close(fd);
	tmpdir_remove(young, &e);
	tmpdir_remove(used, &e);
	tmpdir_remove(rundir_path(next), &e);
	rundir_free(next);
	envlist_fini(&env);
	free(old);
	free(young);
	free(used);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_made_and_offered),
		TEST(is_made_anew),
		TEST(has_another_name_then),
		TEST(offers_again),
		TEST(asks_whether_all_is_there),
		TEST(is_withdrawn_and_comes_back),
		TEST(leaves_the_site_its_own),
		TEST(takes_the_place_of_what_the_site_gave),
		TEST(leaves_what_is_not_private),
		TEST(is_removed_when_nobody_uses_it),
		TEST(sweeps_what_was_left),
	};

	return cmocka_run_group_tests_name("rundir", tests, NULL, NULL);
}
