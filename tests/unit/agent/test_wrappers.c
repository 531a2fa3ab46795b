/* SPDX-License-Identifier: BSD-2-Clause */
/* What an independent job is not given: agent/wrappers.c, run as shells run it. */
#include "fake.h"

#include <sched.h>
#include <sys/mount.h>

#include "agent/prologue.h"
#include "agent/rundir.h"
#include "agent/wrappers.h"
#include "base/mem.h"
#include "proto/sessionenv.h"

static struct wrappers *wrappers;

static int setup(void **state)
{
	if (fake_session_begin(state) == -1)
		return -1;
	wrappers = wrappers_new(&agent.env);
	sessionenv_set(&agent.env.env, SESSIONENV_AUTH_SOCK, "/it's");
	sessionenv_set(&agent.env.env, SESSIONENV_DISPLAY, ":50");
	fake_file("real/sbatch", "#!/bin/sh\n"
		"echo \"${SSH_AUTH_SOCK-none}|${DISPLAY-none}|$#|$1|$PATH\"\nexit 7\n");
	return 0;
}

static int teardown(void **state)
{
	wrappers_free(wrappers);
	return fake_session_end(state);
}

static void cover_both(void)
{
	assert_int_equal(wrappers_cover(wrappers, SESSIONENV_AUTH_SOCK), 0);
	assert_int_equal(wrappers_cover(wrappers, SESSIONENV_DISPLAY), 0);
}

static const char *covered(void)
{
	return envlist_get(&agent.env.env, "VRS_COVERED");
}

/* What a shell of the session prints for that, and the exit status. */
static const char *run(const char *line)
{
	static char text[1024];
	char *real = mem_printf("%s/real", fake_dir);
	char *command = mem_printf("PATH='%s':'%s'; SSH_AUTH_SOCK=\"/it's\" DISPLAY=:50 VRS_COVERED=\"%s\"; export PATH SSH_AUTH_SOCK DISPLAY VRS_COVERED; %s; echo $?",
		agent.env.bin, real, covered(), line);
	char *sbatch = mem_printf("%s/sbatch", real);
	FILE *f;
	size_t n;

	chmod(sbatch, 0700);
	f = popen(command, "r");
	n = fread(text, 1, sizeof text - 1, f);
	text[n] = '\0';
	pclose(f);
	free(command);
	free(real);
	free(sbatch);
	return text;
}

static void expect(const char *line, const char *want)
{
	char *all = mem_printf("%s|%s/real\n7\n", want, fake_dir);

	assert_string_equal(run(line), all);
	free(all);
}

static void there_is_none_without_need(void **state)
{
	(void)state;
	assert_null(agent.env.bin);
}

static void leaves_out_what_is_of_the_session(void **state)
{
	(void)state;
	cover_both();
	expect("sbatch 'a b'", "none|none|1|a b");
	expect("sbatch", "none|none|0|");
}

/* Who has set another value wants that. */
static void keeps_what_is_anothers(void **state)
{
	(void)state;
	cover_both();
	expect("SSH_AUTH_SOCK=/mine sbatch x", "/mine|none|1|x");
	expect("DISPLAY= sbatch x", "none||1|x");
}

/* Slurm's own X11 takes it from there. */
static void keeps_what_an_option_needs(void **state)
{
	(void)state;
	cover_both();
	expect("sbatch --x11=first", "none|:50|1|--x11=first");
}

static void says_that_there_is_no_other(void **state)
{
	(void)state;
	cover_both();
	assert_string_equal(run("srun true 2>&1"), "srun: command not found\n127\n");
}

/* Not what the script has called so. */
static void leaves_other_variables_alone(void **state)
{
	(void)state;
	cover_both();
	fake_file("real/srun", "#!/bin/sh\n"
		"echo \"$name|$path|$own|$value|$dir|${VRS_COVERED-none}\"\n");
	assert_string_equal(run("/bin/chmod 700 \"${PATH#*:}/srun\"; export name=a path=b own=c value=d dir=e; srun"),
		"a|b|c|d|e|none\n0\n");
}

/* What is told has parts, and a value may look like two of them. */
static void says_what_it_cannot_leave_out(void **state)
{
	(void)state;
	cover_both();
	sessionenv_set(&agent.env.env, SESSIONENV_DISPLAY, "a;b");
	assert_int_equal(wrappers_cover(wrappers, SESSIONENV_DISPLAY), -1);
	assert_string_equal(covered(), "SSH_AUTH_SOCK=/it's");
	assert_non_null(strstr(fakelog_logged(), "DISPLAY has a semicolon"));
}

/*
 * PATH goes on to other nodes, and anybody may make there what has a name in /tmp:
 * nothing of it is the session's directory on this node.
 */
static void stand_where_nobody_else_can(void **state)
{
	char *want = mem_printf("%s/state/0123456789abcdef/bin", fake_dir);
	char *command;

	(void)state;
	cover_both();
	assert_string_equal(agent.env.bin, want);
	command = prologue_command(&(struct opt_list){ 0 }, agent.env.bin,
		"/bin/bash", "");
	assert_null(strstr(command, rundir_path(agent.env.rundir)));
	free(command);
	free(want);
}

/* A mount of its own, without the right to run what is there. */
static int cover_where_nothing_runs(void)
{
	char *bin = mem_printf("%s/state/0123456789abcdef/bin", fake_dir);
	int ret;

	if (unshare(CLONE_NEWNS) == -1 ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
		mount("none", bin, "tmpfs", MS_NOEXEC, "mode=0700") == -1)
		return 2;
	free(bin);
	wrappers_free(wrappers);
	wrappers = wrappers_new(&agent.env);
	ret = wrappers_cover(wrappers, SESSIONENV_AUTH_SOCK);
	return ret == -1 && agent.env.bin == NULL && strstr(fakelog_logged(),
		"sbatch cannot be run there: Permission denied") != NULL ? 0 : 1;
}

static void are_not_there_where_nothing_runs(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	if (geteuid() != 0) {
		print_message("# skipped: needs root to mount\n");
		return;
	}
	pid = fork();
	if (pid == 0)
		_exit(cover_where_nothing_runs());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
		print_message("# skipped: nothing can be mounted here\n");
		return;
	}
	assert_int_equal(status, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(there_is_none_without_need),
		TEST(leaves_out_what_is_of_the_session),
		TEST(keeps_what_is_anothers),
		TEST(keeps_what_an_option_needs),
		TEST(says_that_there_is_no_other),
		TEST(leaves_other_variables_alone),
		TEST(says_what_it_cannot_leave_out),
		TEST(stand_where_nobody_else_can),
		TEST(are_not_there_where_nothing_runs),
	};

	return cmocka_run_group_tests_name("wrappers", tests, NULL, NULL);
}
