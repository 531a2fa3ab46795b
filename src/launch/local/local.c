/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs of launch-local. A job is a numbered record in STATE/local:
 *	host= boot= pid= start=		which process, unmistakably
 *	tag= session= began=
 *	limit=				seconds that it may take, 0: no limit
 * Numbers grow, so that the lowest is the oldest, and never come back. Only
 * jobs of this host and this boot are seen; records of dead ones are removed on
 * the way. Of several jobs of one session only the oldest runs: each other is a
 * process that waits for those before it, as Slurm's "singleton" does it.
 */
#include "launch/local/local.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/envlist.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/timespan.h"
#include "launch/jobfield.h"
#include "launch/launch_request.h"
#include "launch/local/local_job.h"
#include "launch/local/local_machine.h"
#include "salloc/salloc.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/procsig.h"
#include "os/safepath.h"

#define END_PATIENCE_MS 15000
#define POLL_MS 100

static struct buf answer;

static void local_finish(void)
{
	if (launch_request_answer(&answer) == -1)
		exit(1);
}

/* What a request_x() returned: exits when it is NULL. */
static const char *must(const char *value, const struct err *e)
{
	if (value == NULL)
		local_fail("internal", "%s", e->text);
	return value;
}

static const char *need(const struct kv *request, const char *key)
{
	struct err e;

	return must(launch_request_value(request, key, &e), &e);
}

/* The folder of the records; -1 only when it does not exist yet. */
static int open_jobs(const struct kv *request, int create)
{
	char *path = mem_printf("%s/local", need(request, "state-dir"));
	struct err e;
	int fd = safepath_dir(path, create, NULL, &e);

	if (fd == -1 && (create || errno != ENOENT))
		local_fail("config", "%s", e.text);
	free(path);
	return fd;
}

/*
 * Seconds until the time limit ends it. Its start is known in ticks since boot,
 * which nobody sets.
 */
static long left_of(const struct local_job *j)
{
	struct timespec up;

	clock_gettime(CLOCK_BOOTTIME, &up);
	return j->limit - (long)(up.tv_sec -
		(time_t)(j->start / (unsigned long)sysconf(_SC_CLK_TCK)));
}

static void say_end(const struct local_job *j)
{
	long left = left_of(j);

	kv_writef(&answer, "end", "%lld", (long long)time(NULL) + left);
	kv_writef(&answer, "left", "%ld", left > 0 ? left : 0);
}

static void say_job(const struct local_job *j, const char *state)
{
	kv_writef(&answer, "job", "%ld", j->id);
	kv_write(&answer, "tag", j->tag);
	kv_write(&answer, "state", state);
	if (strcmp(state, "pending") == 0) {
		kv_write(&answer, "reason", "Dependency");
		kv_write(&answer, "text", "an older job of the session has not ended");
	}
	if (strcmp(state, "ended") == 0)
		kv_write(&answer, "by", "itself");
	kv_write(&answer, "node", j->host);
	kv_writef(&answer, "start", "%lld", (long long)j->began);
	if (j->limit > 0)
		say_end(j);
	kv_writef(&answer, "age", "%lld", (long long)(time(NULL) - j->began));
	local_finish();
}

/* What these answers are about: jobs of another machine are not among them. */
static void say_scope(void)
{
	kv_write(&answer, "scope", local_host);
	kv_write(&answer, "link-address", "127.0.0.1");
	local_finish();
}

static void scope(const struct kv *request)
{
	(void)request;
	say_scope();
}

static void local_find(const struct kv *request)
{
	struct err e;
	const char *session = kv_get(request, "session") == NULL ? NULL :
		must(launch_request_session(request, &e), &e);
	int dir = open_jobs(request, 0);
	struct local_job *jobs;
	long highest;
	size_t n = local_live(dir, &jobs, &highest);

	say_scope();
	for (size_t i = 0; i < n; i++) {
		if (session != NULL && strcmp(jobs[i].session, session) != 0)
			continue;
		kv_write(&answer, "session", jobs[i].session);
		if (jobs[i].limit > 0)
			kv_writef(&answer, "time-limit", "%ld", jobs[i].limit);
		else
			kv_write(&answer, "time-limit", "unlimited");
		say_job(&jobs[i], local_is_first(jobs, i) ? "running" :
			"pending");
	}
	free(jobs);
}

/* The one job of the request; exits when there is no such live job. */
static struct local_job the_job(const struct kv *request)
{
	const char *id = need(request, "job");
	int dir = open_jobs(request, 0);
	struct local_job j;

	if (dir == -1 || local_load(dir, id, &j) == -1 || !local_is_here(&j) ||
		!local_is_alive(&j))
		local_fail("gone", "job %s is not running on this machine", id);
	return j;
}

/* Until the jobs before it have ended; 0 when nobody reads us any more. */
static int watch_queue(const struct kv *request, const struct local_job *j)
{
	int dir = open_jobs(request, 0);

	if (!local_waits(dir, j))
		return 1;
	say_job(j, "pending");
	while (local_is_alive(j) && local_waits(dir, j))
		if (fd_wait(STDOUT_FILENO, 0, clock_ms() + POLL_MS) > 0)
			return 0;
	return 1;
}

static void local_watch(const struct kv *request)
{
	struct local_job j = the_job(request);
	struct pollfd fds[2] = {
		{ .fd = syscall(SYS_pidfd_open, j.pid, 0), .events = POLLIN },
		{ .fd = STDOUT_FILENO },	/* POLLERR: nobody reads */
	};

	if (!watch_queue(request, &j))
		return;
	say_job(&j, "running");
	while (local_is_alive(&j)) {
		if (poll(fds, 2, fds[0].fd == -1 ? POLL_MS : -1) == -1 &&
			errno != EINTR)
			break;
		if (fds[1].revents != 0)
			return;
		if (fds[0].revents != 0)
			break;
	}
	say_job(&j, "ended");
}

static void local_end(const struct kv *request)
{
	struct local_job j = the_job(request);
	pid_t *pids;
	size_t n;

	procsig_send(j.pid, SIGTERM);
	for (int ms = 0; local_is_alive(&j) && ms < END_PATIENCE_MS; ms += POLL_MS)
		clock_pause(POLL_MS);
	if (local_is_alive(&j)) {
		if (proc_descendants(j.pid, &pids, &n) == 0) {
			for (size_t i = 0; i < n; i++)
				procsig_send(pids[i], SIGKILL);
			free(pids);
		}
		procsig_send(j.pid, SIGKILL);
	}
	local_finish();
}

/*
 * The child: waits for its record to exist, of which it is told the number, and
 * for its turn, then becomes the agent.
 */
__attribute__((noreturn))
static void become_agent(const struct kv *request, const struct local_job *j,
	int dir, int go)
{
	struct local_job mine = *j;
	struct envlist env = { 0 };
	const char *word, **argv;
	size_t pos = 0, n = 0;
	struct err e;
	int log, null;
	char id[32] = "";

	setsid();
	if (read(go, id, sizeof id - 1) < 1 ||
		number_read(id, 1, LOCAL_ID_MAX, &mine.id) == -1)
		_exit(0);
	argv = mem_alloc((request->n + 3) * sizeof *argv);
	while ((word = kv_next(request, "command", &pos)) != NULL)
		argv[n++] = word;
	argv[n++] = mem_printf("--job=%s", id);
	if (j->limit > 0)
		argv[n++] = mem_printf("--time-limit=%lds", j->limit);
	pos = 0;
	while ((word = kv_next(request, "env", &pos)) != NULL)
		envlist_put(&env, word);
	log = safepath_output(need(request, "log"), "log", 0, &e);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, STDIN_FILENO);
	dup2(log == -1 ? null : log, STDOUT_FILENO);
	dup2(log == -1 ? null : log, STDERR_FILENO);
	if (chdir(need(request, "chdir")) == -1 && chdir("/") == -1)
		_exit(127);
	while (local_waits(dir, &mine))
		clock_pause(POLL_MS);
	execve(argv[0], (char **)argv, env.list);
	dprintf(STDERR_FILENO, "launch-local: %s: %s\n", argv[0],
		strerror(errno));
	_exit(127);
}

/* More time for a job. Its agent hears of it from the front. */
static void extend(const struct kv *request)
{
	struct local_job j = the_job(request);
	const char *word = need(request, "seconds");
	long more;

	if (number_read(word, 1, LOCAL_LIMIT_MAX, &more) == -1)
		local_fail("internal", "'%.40s' is not a number of seconds", word);
	if (j.limit == 0)
		local_fail("refused", "job %ld has no time limit to extend", j.id);
	if (j.limit > LOCAL_LIMIT_MAX - more)
		local_fail("refused", "a job can have at most %ld days",
			LOCAL_LIMIT_MAX / 86400);
	j.limit += more;
	local_rewrite(open_jobs(request, 0), &j);
	say_end(&j);
	local_finish();
}

/*
 * The time limit; no other of salloc's options means something here: those are
 * appended to ignored. -1 with e set.
 */
static int read_options(const struct kv *request, uint64_t *limit,
	struct buf *ignored, struct err *e)
{
	char **words = mem_alloc((request->n + 1) * sizeof *words);
	const char *word;
	size_t pos = 0, n = 0;
	int ret;

	while ((word = kv_next(request, "option", &pos)) != NULL)
		words[n++] = (char *)word;
	ret = salloc_time(limit, ignored, words, n, e);
	if (ret == 0 && *limit > LOCAL_LIMIT_MAX)
		ret = err_set(e, "--time: at most %ld days can be had here",
			LOCAL_LIMIT_MAX / 86400);
	free(words);
	return ret;
}

static long need_options(const struct kv *request, struct buf *ignored)
{
	uint64_t limit;
	struct err e;

	if (read_options(request, &limit, ignored, &e) == -1)
		local_fail("usage", "%s", e.text);
	return (long)limit;
}

static void say_ignored(struct buf *ignored)
{
	if (ignored->len > 0)
		kv_writef(&answer, "note", "there is no scheduler here, so these are ignored: %.*s",
			(int)ignored->len, buf_data(ignored));
	buf_fini(ignored);
}

static void local_check(const struct kv *request)
{
	struct buf ignored = { 0 };
	uint64_t limit;
	struct err e;

	if (read_options(request, &limit, &ignored, &e) == -1)
		kv_write(&answer, "bad", e.text);
	buf_fini(&ignored);
	local_finish();
}

/* Now: there is no queue. */
static void local_estimate(const struct kv *request)
{
	struct buf ignored = { 0 };

	(void)need_options(request, &ignored);
	if (kv_get(request, "ask-start") != NULL) {
		kv_writef(&answer, "start", "%lld", (long long)time(NULL));
		kv_write(&answer, "node", local_host);
	}
	say_ignored(&ignored);
	local_finish();
}

/* option NULL: none can say so */
static void local_field(const char *name, const char *value,
	const char *option)
{
	jobfield_put(&answer, name, value, option ? option : "");
	local_finish();
}

/* In the words of Slurm, which people know. */
static void local_describe(const struct kv *request)
{
	struct buf ignored = { 0 };
	long limit = need_options(request, &ignored);

	buf_fini(&ignored);
	local_field("NodeList", local_host, NULL);
	local_field("TimeLimit", limit > 0 ? timespan_text(limit).s :
		"UNLIMITED", "time");
	local_field("WorkDir", need(request, "chdir"), NULL);
	local_field("StdOut", need(request, "log"), "state-dir");
	jobfield_put_command(&answer, request);
	local_finish();
}

/* The -S words change nothing: there is one machine, and it takes any. */
static void local_partitions(const struct kv *request)
{
	(void)request;
	local_machine(&answer);
	local_finish();
}

static void submit(const struct kv *request)
{
	struct local_job j = { .began = time(NULL) };
	struct buf ignored = { 0 };
	struct err e;
	int dir = open_jobs(request, 1), go[2];
	const char *command = need(request, "command");
	char id[32];

	j.limit = need_options(request, &ignored);
	if (access(command, X_OK) == -1)
		local_fail("config", "%s: %s; install the agent there or name another with --agent",
			command, strerror(errno));
	snprintf(j.tag, sizeof j.tag, "%s",
		must(launch_request_tag(request, &e), &e));
	snprintf(j.session, sizeof j.session, "%s",
		must(launch_request_session(request, &e), &e));
	memcpy(j.host, local_host, sizeof j.host);
	memcpy(j.boot, local_boot, sizeof j.boot);
	if (pipe2(go, O_CLOEXEC) == -1)
		local_fail("internal", "%s", strerror(errno));
	j.pid = fork();
	if (j.pid == 0) {
		close(go[1]);
		become_agent(request, &j, dir, go[0]);
	}
	close(go[0]);
	if (j.pid == -1 || proc_starttime(j.pid, &j.start) == -1)
		local_fail("unavailable", "cannot start a process: %s",
			strerror(errno));
	j.id = local_store(dir, &j);
	snprintf(id, sizeof id, "%ld", j.id);
	if (write(go[1], id, strlen(id)) == -1)
		local_fail("internal", "the new process is gone");
	kv_writef(&answer, "job", "%ld", j.id);
	say_ignored(&ignored);
	local_finish();
}

static const struct local_verb verbs[] = {
	{ "submit", submit }, { "find", local_find }, { "watch", local_watch },
	{ "end", local_end }, { "extend", extend }, { "scope", scope },
	{ "check", local_check }, { "partitions", local_partitions },
	{ "estimate", local_estimate }, { "describe", local_describe },
};

const struct local_verb *local_verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}
