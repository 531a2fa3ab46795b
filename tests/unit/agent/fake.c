/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <dirent.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "agent/rundir.h"
#include "base/mem.h"
#include "net/loop.h"
#include "os/proc.h"
#include "os/tmpdir.h"

#define FRONTS_MAX 8

struct fake_agent agent;
struct options options;

static struct fronts_member members[FRONTS_MAX];
static unsigned n_members;

int fake_agent_begin(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	fakeclock_reset();
	(void)fakelog_told();
	(void)fakelog_logged();
	if (fakedir_begin() == -1)
		return -1;
	options = (struct options){
		.session.name = mem_strdup("test"),
		.session.state_dir = mem_printf("%s/state", fake_dir),
		.agent.tag = mem_strdup("0123456789abcdef"),
	};
	agent = (struct fake_agent){
		.job = { .opt = &options, .dir = -1, .node = "node1",
			.id = "17" },
		.env = { .job = &agent.job, .own_shell = "/bin/sh",
			.posix_shell = "/bin/sh" },
	};
	agent.env.cwd = mem_strdup("/");
	agent.job.user.home = mem_printf("%s/home", fake_dir);
	mkdir(options.session.state_dir, 0700);
	mkdir(agent.job.user.home, 0700);
	agent.job.base = loop_new();
	agent.job.children = children_new(agent.job.base);
	agent.fronts = fronts_new();
	agent.hook = hook_new(&agent.env);
	agent.news = news_new(&agent.job, agent.fronts, agent.hook);
	agent.memory = memory_new(agent.news);
	agent.end = end_new(&agent.job, agent.news, agent.hook, agent.memory);
	n_members = 0;
	return 0;
}

static void reap_all(void)
{
	pid_t pids[64];
	size_t n;

	while ((n = proc_children(pids, 64)) > 0) {
		for (size_t i = 0; i < n; i++)
			kill(pids[i], SIGKILL);
		waitpid(-1, NULL, 0);
	}
}

int fake_agent_end(void **state)
{
	(void)state;
	end_free(agent.end);
	memory_free(agent.memory);
	news_free(agent.news);
	hook_free(agent.hook);
	fronts_free(agent.fronts);
	reap_all();
	children_free(agent.job.children);
	event_base_free(agent.job.base);
	fakelink_reset();
	jobenv_fini(&agent.env);
	free(agent.job.user.home);
	free(options.session.name);
	free(options.agent.tag);
	free(options.session.state_dir);
	free(options.session.notify_command);
	return fakedir_end();
}

static void made(const char *path)
{
	(void)path;
}

static void told(const char *line, void *arg)
{
	(void)arg;
	fronts_notice(agent.fronts, line);
}

const struct rundir_ops fake_rundir_ops = { .made = made, .tell = told };

/* The sweep of what others have left is over, and has no part in the test. */
int fake_session_begin(void **state)
{
	struct err e;

	if (fake_agent_begin(state) == -1)
		return -1;
	agent.env.rundir = rundir_new(&agent.env.env, &fake_rundir_ops, NULL,
		&e);
	if (agent.env.rundir == NULL)
		return -1;
	FAKECLOCK_WAIT(agent.job.base, proc_children(&(pid_t){ 0 }, 1) == 0);
	return 0;
}

int fake_session_end(void **state)
{
	struct err e;
	int removed = tmpdir_remove(rundir_path(agent.env.rundir), &e);

	rundir_free(agent.env.rundir);
	return fake_agent_end(state) == -1 ? -1 : removed;
}

static char *away;	/* where its directory is meanwhile */

void fake_rundir_goes(void)
{
	const char *path = rundir_path(agent.env.rundir);

	away = mem_printf("%s.away", path);
	assert_int_equal(rename(path, away), 0);
	fake_no_files();
	assert_int_equal(rundir_check(agent.env.rundir), -1);
	fake_files_again();
}

void fake_rundir_returns(void)
{
	assert_int_equal(rename(away, rundir_path(agent.env.rundir)), 0);
	free(away);
	away = NULL;
}

struct fake_services offers;

int fake_services_begin(void **state)
{
	struct err e;

	if (fake_session_begin(state) == -1)
		return -1;
	offers.all = services_new(&agent.job, agent.fronts, &offers.peeruid,
		NULL);
	offers.wrappers = wrappers_new(&agent.env);
	services_join(offers.all, &offers.front,
		fakelink_new(SERVICE_VERSION));
	return peeruid_open(&offers.peeruid, &e);
}

void fake_services_leave(void)
{
	services_leave(offers.all, &offers.front);
}

int fake_services_end(void **state)
{
	services_free(offers.all);
	wrappers_free(offers.wrappers);
	peeruid_close(&offers.peeruid);
	return fake_session_end(state);
}

void fake_offer(const char *service, const char *about)
{
	struct offer o = { .is_there = about != NULL };
	struct buf b = { 0 };
	struct frame f;

	snprintf(o.service, sizeof o.service, "%s", service);
	snprintf(o.about, sizeof o.about, "%s", about != NULL ? about : "");
	offer_put(&b, &o);
	assert_true(frame_parse(&f, buf_data(&b), b.len, NULL) > 0);
	assert_true(services_heard(offers.all, &offers.front, &f));
	buf_fini(&b);
}

void fake_end(void)
{
	end_session(agent.end, EX_OK, "a reason");
}

static void gone(void *arg)
{
	fronts_remove(agent.fronts, arg);
}

struct link *fake_front(uint16_t version)
{
	struct fronts_member *m = &members[n_members++];
	struct link *l = fakelink_new(version);

	assert_true(n_members <= FRONTS_MAX);
	fronts_add(agent.fronts, m, l, gone, m);
	return l;
}

pid_t fake_child(void (*prepare)(void))
{
	int ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		if (prepare != NULL)
			prepare();
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		close(ready[0]);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

int fake_is_alive(pid_t pid)
{
	struct procstat st;

	return proc_stat(pid, &st) == 0 && st.state != 'Z' && st.state != 'X';
}

int fake_open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static struct rlimit files;

void fake_no_files(void)
{
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){
		.rlim_cur = 1, .rlim_max = files.rlim_max }), 0);
}

void fake_files_again(void)
{
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
}

int fake_is_over(void)
{
	return event_base_got_break(agent.job.base);
}
