/* SPDX-License-Identifier: BSD-2-Clause */
/* What each program in the job begins with. */
#include "fake.h"

#include "agent/jobenv.h"
#include "base/mem.h"
#include "proto/sessionenv.h"

static struct jobenv env;

static int teardown(void **state)
{
	jobenv_fini(&env);
	return fake_agent_end(state);
}

static const char *there_is_a_shell(void)
{
	return access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh";
}

/* A shell of that name, which the user has. */
static char *have_shell(const char *name, mode_t mode)
{
	char *path = mem_printf("%s/%s", fake_dir, name);

	fake_file(name, "");
	assert_int_equal(chmod(path, mode), 0);
	agent.job.user.shell = path;
	return path;
}

static void has_the_users_names(void **state)
{
	(void)state;
	agent.job.user.name = (char *)"somebody";
	agent.job.user.shell = (char *)"/bin/sh";
	setenv("HOME", "/elsewhere", 1);
	setenv("OF_THE_JOB", "yes", 1);
	jobenv_init(&env, &agent.job);
	unsetenv("OF_THE_JOB");
	assert_string_equal(envlist_get(&env.env, "HOME"),
		agent.job.user.home);
	assert_string_equal(envlist_get(&env.env, "USER"), "somebody");
	assert_string_equal(envlist_get(&env.env, "LOGNAME"), "somebody");
	assert_string_equal(envlist_get(&env.env, "SHELL"), "/bin/sh");
	assert_string_equal(envlist_get(&env.env, "OF_THE_JOB"), "yes");
	assert_string_equal(envlist_get(&env.env,
		sessionenv_own_names[SESSIONENV_SESSION]), "test");
	assert_int_equal(env.cwd[0], '/');
}

static void has_a_posix_shell_beside_anothers(void **state)
{
	char *fish = have_shell("fish", 0700), *dash;

	(void)state;
	agent.job.user.name = (char *)"somebody";
	jobenv_init(&env, &agent.job);
	assert_string_equal(env.own_shell, fish);
	assert_string_equal(env.posix_shell, there_is_a_shell());
	jobenv_fini(&env);
	dash = have_shell("dash", 0700);
	jobenv_init(&env, &agent.job);
	assert_string_equal(env.own_shell, dash);
	assert_string_equal(env.posix_shell, dash);
	free(fish);
	free(dash);
}

/* One that this node does not have, or that cannot be run. */
static void has_another_for_one_that_is_not_there(void **state)
{
	char *shell = have_shell("zsh", 0600);

	(void)state;
	agent.job.user.name = (char *)"somebody";
	for (int i = 0; i < 2; i++) {
		jobenv_init(&env, &agent.job);
		assert_string_equal(env.own_shell, there_is_a_shell());
		assert_string_equal(env.posix_shell, there_is_a_shell());
		assert_string_equal(envlist_get(&env.env, "SHELL"),
			there_is_a_shell());
		if (i == 0)
			jobenv_fini(&env);
		unlink(shell);
	}
	free(shell);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_agent_begin, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(has_the_users_names),
		TEST(has_a_posix_shell_beside_anothers),
		TEST(has_another_for_one_that_is_not_there),
	};

	return cmocka_run_group_tests_name("jobenv", tests, NULL, NULL);
}
