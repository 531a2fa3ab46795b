/* SPDX-License-Identifier: BSD-2-Clause */
/* When the records of servers are looked at, and who waits for it. */
#include "fake.h"

#include "agent/servers/hygiene.h"
#include "base/mem.h"
#include "os/proc.h"
#include "os/tmpdir.h"

static struct hygiene *hygiene;

static void begin(void)
{
	hygiene = hygiene_new(&agent.job, agent.env.rundir, agent.fronts,
		agent.end);
}

static int setup(void **state)
{
	if (fake_session_begin(state) == -1)
		return -1;
	options.servers.hygiene = 1;
	return 0;
}

static int teardown(void **state)
{
	hygiene_free(hygiene);
	hygiene = NULL;
	return fake_session_end(state);
}

static int started;

static void shell(struct link *l, const struct frame *f, void *arg)
{
	assert_ptr_equal(arg, &started);
	assert_false(fakelink_is_paused(l));
	assert_int_equal(f->type, FRAME_SHELL);
	assert_memory_equal(f->data, "request", f->len);
	started++;
}

static struct link *await(void)
{
	struct link *l = fakelink_new(2);
	struct frame f = { .type = FRAME_SHELL, .data = "request", .len = 7 };

	started = 0;
	hygiene_await(hygiene, l, &f, shell, &started);
	return l;
}

/* Stop the child in its look, as a file system does. 0: it was faster. */
static int stop_look(void)
{
	siginfo_t how = { 0 };
	pid_t pid;

	if (proc_children(&pid, 1) == 0)
		return 0;
	kill(pid, SIGSTOP);
	assert_int_equal(waitid(P_PID, (id_t)pid, &how, WSTOPPED | WEXITED |
		WNOWAIT), 0);
	return how.si_code == CLD_STOPPED;
}

static void a_shell_waits_for_the_look(void **state)
{
	struct link *l;

	(void)state;
	begin();
	l = await();
	assert_int_equal(started, 0);
	assert_true(fakelink_is_paused(l));
	FAKECLOCK_WAIT(agent.job.base, started == 1);
	/* One of the same second does not wait. */
	await();
	assert_int_equal(started, 1);
	fakeclock_pass(agent.job.base, 1000);
	await();
	assert_int_equal(started, 0);
	FAKECLOCK_WAIT(agent.job.base, started == 1);
}

static void a_shell_that_goes_is_forgotten(void **state)
{
	struct link *l;

	(void)state;
	begin();
	l = await();
	fakelink_down(l, "gone", 0);
	assert_true(fakelink_is_freed(l));
	await();
	FAKECLOCK_WAIT(agent.job.base, started == 1);
}

static void an_ending_session_refuses(void **state)
{
	struct link *l;

	(void)state;
	begin();
	l = await();
	fake_end();
	FAKECLOCK_WAIT(agent.job.base, fakelink_is_leaving(l));
	fakelink_refused(l, EX_UNAVAILABLE, "the session is ending");
	assert_int_equal(started, 0);
}

/* What it found before somebody was there to hear it. */
static void tells_who_comes_later(void **state)
{
	struct link *front;

	(void)state;
	/* A folder that is none of ours to look into. */
	fake_file("home/.vscode-server", "a file");
	begin();
	await();
	FAKECLOCK_WAIT(agent.job.base, started == 1);
	front = fake_front(2);
	hygiene_greet(hygiene);
	assert_non_null(strstr(fakelink_text(front, FRAME_NOTICE),
		"~/.vscode-server: "));
	fakelink_expect_nothing(front);
	hygiene_greet(hygiene);
	/* It stays so, and is not told again. */
	fakeclock_pass(agent.job.base, 2000);
	await();
	FAKECLOCK_WAIT(agent.job.base, started == 1);
	fakelink_expect_nothing(front);
}

/*
 * A home directory that hangs costs a shell three seconds, and only the first:
 * for a minute nobody waits.
 */
static void a_home_that_hangs_costs_little(void **state)
{
	struct link *front = fake_front(2);

	(void)state;
	begin();
	await();
	for (int tries = 0; !stop_look(); tries++) {
		assert_true(tries < 100);
		FAKECLOCK_WAIT(agent.job.base, started == 1);
		fakeclock_pass(agent.job.base, 2000);
		await();
	}
	fakeclock_pass(agent.job.base, 2999);
	assert_int_equal(started, 0);
	fakeclock_pass(agent.job.base, 1);
	assert_int_equal(started, 1);
	assert_string_equal(fakelink_text(front, FRAME_NOTICE),
		"your home directory has not answered for 3 s: old records of VS Code servers in it stay as they are");
	FAKECLOCK_WAIT(agent.job.base, proc_children(&(pid_t){ 0 }, 1) == 0);
	fakeclock_pass(agent.job.base, 59000);
	await();
	assert_int_equal(started, 1);
	/* Then it gets another chance. */
	fakeclock_pass(agent.job.base, 1000);
	await();
	assert_int_equal(started, 0);
	FAKECLOCK_WAIT(agent.job.base, started == 1);
}

/* Looks after an announcement: at once, then less and less often. */
static void looks_after_an_announcement(void **state)
{
	(void)state;
	begin();
	await();
	FAKECLOCK_WAIT(agent.job.base, started == 1);
	hygiene_announced(hygiene);
	fakeclock_pass(agent.job.base, 1);
	/* A shell waits for the look that goes on. */
	await();
	FAKECLOCK_WAIT(agent.job.base, started == 1);
}

/* The session's own folder is made before the first shell, and named to it. */
static void makes_the_sessions_folder(void **state)
{
	char *dir = mem_printf("%s/state/0123456789abcdef", fake_dir);

	(void)state;
	assert_int_equal(mkdir(dir, 0700), 0);
	options.servers.dir = OPTIONS_SERVER_DIR_SESSION;
	begin();
	assert_null(hygiene_folder_line(hygiene));
	await();
	FAKECLOCK_WAIT(agent.job.base, started == 1);
	assert_non_null(strstr(hygiene_folder_line(hygiene), dir));
	free(dir);
}

/* Removed while it is in use: it is made anew, and that is told. */
static void makes_it_anew(void **state)
{
	struct link *front = fake_front(2);
	char *dir = mem_printf("%s/state/0123456789abcdef", fake_dir);
	char *server = mem_printf("%s/server", dir);
	struct err e;

	(void)state;
	assert_int_equal(mkdir(dir, 0700), 0);
	options.servers.dir = OPTIONS_SERVER_DIR_SESSION;
	begin();
	await();
	FAKECLOCK_WAIT(agent.job.base, started == 1);
	assert_int_equal(tmpdir_remove(server, &e), 0);
	fakeclock_pass(agent.job.base, 2000);
	await();
	FAKECLOCK_WAIT(agent.job.base, started == 1);
	assert_non_null(strstr(fakelink_text(front, FRAME_NOTICE),
		"is made anew for what connects from now on"));
	assert_int_equal(access(server, F_OK), 0);
	free(server);
	free(dir);
}

/* Also without a look at records; and once more when a server was announced. */
static void puts_settings_in(void **state)
{
	char *file = mem_printf("%s/site.json", fake_dir);
	char *first = mem_printf("%s/home/.vscode-server", fake_dir);
	char *later = mem_printf("%s/home/.cursor-server", fake_dir);
	char *wrote = mem_printf("%s/data/Machine/settings.json", later);

	(void)state;
	fake_file("site.json", "{\"a\": 1}");
	assert_int_equal(mkdir(first, 0700), 0);
	options.servers.hygiene = 0;
	options.servers.settings = file;
	begin();
	await();
	FAKECLOCK_WAIT(agent.job.base, started == 1);
	free(first);
	first = mem_printf("%s/home/.vscode-server/data/Machine/settings.json",
		fake_dir);
	assert_int_equal(access(first, F_OK), 0);
	assert_int_equal(mkdir(later, 0700), 0);
	hygiene_announced(hygiene);
	FAKECLOCK_WAIT(agent.job.base, access(wrote, F_OK) == 0);
	options.servers.settings = NULL;
	free(file);
	free(first);
	free(later);
	free(wrote);
}

static void nothing_without_need(void **state)
{
	(void)state;
	options.servers.hygiene = 0;
	begin();
	assert_null(hygiene);
	await();
	assert_int_equal(started, 1);
	hygiene_announced(hygiene);
	hygiene_greet(hygiene);
	assert_null(hygiene_folder_line(hygiene));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_shell_waits_for_the_look),
		TEST(a_shell_that_goes_is_forgotten),
		TEST(an_ending_session_refuses),
		TEST(tells_who_comes_later),
		TEST(a_home_that_hangs_costs_little),
		TEST(looks_after_an_announcement),
		TEST(makes_the_sessions_folder),
		TEST(makes_it_anew),
		TEST(puts_settings_in),
		TEST(nothing_without_need),
	};

	return cmocka_run_group_tests_name("hygiene", tests, NULL, NULL);
}
