/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket of the ssh-agent, and the directory that it is in: agent/agent_sshagent.c. */
#include "fake.h"

#include "agent/agent_sshagent.h"
#include "agent/rundir.h"
#include "agent/service.h"
#include "base/mem.h"
#include "os/tmpdir.h"
#include "proto/message.h"

static struct agent_sshagent *sshagent;

static int setup(void **state)
{
	if (fake_services_begin(state) == -1)
		return -1;
	sshagent = agent_sshagent_new(&agent.env, offers.all, offers.wrappers,
		&offers.peeruid);
	return 0;
}

static int teardown(void **state)
{
	fake_services_leave();
	agent_sshagent_free(sshagent);
	return fake_services_end(state);
}

static void say_offer(int is_there)
{
	fake_offer(SERVICE_AGENT, is_there ? "" : NULL);
}

static const char *variable(void)
{
	return envlist_get(&agent.env.env, "SSH_AUTH_SOCK");
}

static void is_there_with_the_first_offer(void **state)
{
	(void)state;
	assert_null(variable());
	say_offer(1);
	assert_non_null(variable());
	assert_int_equal(access(variable(), F_OK), 0);
	assert_true(agent.env.has_agent);
	say_offer(0);
	assert_false(agent.env.has_agent);
	assert_int_equal(access(variable(), F_OK), 0);
}

/* The name is taken when the first offer comes: the next one tries again. */
static void is_there_after_all(void **state)
{
	char *path = mem_printf("%s/agent.sock", rundir_path(agent.env.rundir));
	struct link *l = fake_front(SERVICE_VERSION);
	struct err e;

	(void)state;
	/* A directory's users in a ring would be gone through for ever. */
	alarm(60);
	assert_int_equal(mkdir(path, 0700), 0);
	say_offer(1);
	assert_non_null(strstr(fakelink_text(l, FRAME_NOTICE), "--forward-agent: there is no socket for ssh-agent on node1: "));
	assert_null(variable());
	say_offer(0);
	say_offer(1);
	assert_int_equal(tmpdir_remove(rundir_path(agent.env.rundir), &e), 0);
	assert_int_equal(rundir_check(agent.env.rundir), 0);
	assert_string_equal(variable(), path);
	assert_int_equal(access(path, F_OK), 0);
	alarm(0);
	free(path);
}

/* A name that is somebody else's by now is told to nobody. */
static void is_not_named_while_there_is_none(void **state)
{
	(void)state;
	say_offer(1);
	assert_non_null(variable());
	fake_rundir_goes();
	assert_null(variable());
	fake_rundir_returns();
	say_offer(0);
	say_offer(1);
	assert_non_null(variable());
	assert_int_equal(access(variable(), F_OK), 0);
}

/* Removed, and another has taken the name: nothing of his is touched. */
static void touches_nothing_of_others(void **state)
{
	char *was = mem_strdup(rundir_path(agent.env.rundir));
	char *path = mem_printf("%s/agent.sock", was);
	struct err e;
	int fd;

	(void)state;
	assert_int_equal(tmpdir_remove(was, &e), 0);
	assert_int_equal(mkdir(was, 0700), 0);
	assert_int_equal(chmod(was, 0755), 0);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	close(fd);
	say_offer(1);
	assert_string_not_equal(variable(), path);
	assert_int_equal(access(variable(), F_OK), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(was), 0);
	free(path);
	free(was);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_there_with_the_first_offer),
		TEST(is_there_after_all),
		TEST(is_not_named_while_there_is_none),
		TEST(touches_nothing_of_others),
	};

	return cmocka_run_group_tests_name("sshagent", tests, NULL, NULL);
}
