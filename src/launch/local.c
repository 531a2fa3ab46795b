/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * launch-local VERB: starts sessions as detached processes of this machine, for
 * when there is no scheduler. A job is a numbered record in STATE/local:
 *	host= boot= pid= start=		which process, unmistakably
 *	tag= session= began=
 *	limit=				seconds that it may take, 0: no limit
 * Numbers grow, so that the lowest is the oldest, and never come back. Only
 * jobs of this host and this boot are seen; records of dead ones are removed on
 * the way.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "launch/request.h"
#include "os/hostaddr.h"
#include "os/proc.h"
#include "os/safepath.h"
#include "pure/envlist.h"
#include "pure/kv.h"
#include "pure/mem.h"
#include "pure/salloc.h"

#define RECORD_MAX 4096
#define END_PATIENCE_MS 15000
#define POLL_MS 100
#define ID_TRIES 1000
#define LIMIT_MAX (365 * 86400)	/* seconds; the agent takes no more */

struct job {
	long id;
	pid_t pid;
	unsigned long long start;
	time_t began;
	long limit;		/* seconds, 0: none */
	char tag[17], session[65], host[256], boot[37];
};

static struct buf answer;

/* This machine and since when it runs. */
static char own_host[256], own_boot[37];

static void finish(void)
{
	if (request_answer(&answer) == -1)
		exit(1);
}

__attribute__((noreturn, format(printf, 2, 3)))
static void fail(const char *class, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	request_refuse(class, text);
	exit(1);
}

/* What a request_x() returned: exits when it is NULL. */
static const char *must(const char *value, const struct err *e)
{
	if (value == NULL)
		fail("internal", "%s", e->text);
	return value;
}

static const char *need(const struct kv *request, const char *key)
{
	struct err e;

	return must(request_value(request, key, &e), &e);
}

/* The folder of the records; -1 only when it does not exist yet. */
static int open_jobs(const struct kv *request, int create)
{
	char *path = mem_printf("%s/local", need(request, "state-dir"));
	struct err e;
	int fd = safepath_dir(path, create, NULL, &e);

	if (fd == -1 && (create || errno != ENOENT))
		fail("config", "%s", e.text);
	free(path);
	return fd;
}

static int parse_job(struct job *j, const struct buf *text)
{
	struct kv kv;
	struct err e;
	const char *v;
	long n = kv_parse(&kv, buf_data(text), text->len, 0, &e);

	if (n <= 0)
		return -1;
#define COPY(field) do { \
	v = kv_get(&kv, #field); \
	snprintf(j->field, sizeof j->field, "%s", v ? v : ""); \
} while (0)
	COPY(tag);
	COPY(session);
	COPY(host);
	COPY(boot);
#undef COPY
	v = kv_get(&kv, "pid");
	j->pid = v ? strtol(v, NULL, 10) : 0;
	v = kv_get(&kv, "start");
	j->start = v ? strtoull(v, NULL, 10) : 0;
	v = kv_get(&kv, "began");
	j->began = v ? strtol(v, NULL, 10) : 0;
	v = kv_get(&kv, "limit");
	j->limit = v ? strtol(v, NULL, 10) : 0;
	kv_fini(&kv);
	return j->pid > 1 ? 0 : -1;
}

/*
 * What cannot be looked at may be a live job, which must not be taken for none:
 * the next front would start a second one.
 */
static void fail_if_unknown(int error, const char *what)
{
	if (error == EMFILE || error == ENFILE || error == ENOMEM ||
		error == EIO)
		fail("unavailable", "%s: %s; try again", what,
			strerror(error));
}

static int load_job(int dir, const char *name, struct job *j)
{
	struct buf text = { 0 };
	char *end;
	struct err e;
	int ret;

	*j = (struct job){ .id = strtol(name, &end, 10) };
	if (*end != '\0' || j->id <= 0) {
		j->id = 0;
		return -1;
	}
	ret = safepath_read(dir, name, RECORD_MAX, &text, &e);
	if (ret == 0)
		ret = parse_job(j, &text);
	else
		fail_if_unknown(errno, "a record of a session");
	buf_fini(&text);
	return ret;
}

/* A zombie is dead, however long init takes to notice it. */
static int is_alive(const struct job *j)
{
	struct procstat st;

	if (proc_stat(j->pid, &st) == -1) {
		fail_if_unknown(errno, "/proc");
		return 0;
	}
	return st.starttime == j->start && st.state != 'Z' && st.state != 'X';
}

/* Whether a record is about this machine, at whatever boot. */
static int is_of_this_host(const struct job *j)
{
	return strcmp(own_host, j->host) == 0;
}

/* Whether a record is about this machine since it was started. */
static int is_here(const struct job *j)
{
	return is_of_this_host(j) && strcmp(own_boot, j->boot) == 0;
}

static int by_id(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* All records. *highest: of all numbers. */
static size_t load_records(int dir, struct job **jobs, long *highest)
{
	int fd = dir == -1 ? -1 : openat(dir, ".", O_RDONLY | O_DIRECTORY);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	int error = errno;
	struct dirent *entry;
	size_t n = 0;

	if (dir != -1 && d == NULL)
		fail("unavailable", "the records of sessions: %s; try again",
			strerror(error));
	*jobs = NULL;
	*highest = 0;
	while (d != NULL && (entry = readdir(d)) != NULL) {
		struct job j;
		int ret = load_job(dir, entry->d_name, &j);

		if (j.id > *highest)
			*highest = j.id;
		if (ret == -1)
			continue;
		*jobs = mem_realloc(*jobs, (n + 1) * sizeof j);
		(*jobs)[n++] = j;
	}
	if (d != NULL)
		closedir(d);
	return n;
}

/*
 * The live jobs of this machine, the oldest first. Records of its dead ones are
 * removed, but the last of all: a number is never given twice, or a front that
 * knows the old job would end the new one.
 */
static size_t load_jobs(int dir, struct job **jobs, long *highest)
{
	size_t all = load_records(dir, jobs, highest), n = 0;

	for (size_t i = 0; i < all; i++) {
		const struct job *j = &(*jobs)[i];
		char name[32];

		if (is_here(j) && is_alive(j)) {
			(*jobs)[n++] = *j;
		} else if (is_of_this_host(j) && j->id != *highest) {
			snprintf(name, sizeof name, "%ld", j->id);
			unlinkat(dir, name, 0);
		}
	}
	if (n > 0)
		qsort(*jobs, n, sizeof **jobs, by_id);
	return n;
}

/*
 * When the time limit ends it, by our clock: its start is known in ticks since
 * boot, which nobody sets.
 */
static time_t end_of(const struct job *j)
{
	struct timespec up;

	clock_gettime(CLOCK_BOOTTIME, &up);
	return time(NULL) + j->limit - (up.tv_sec -
		(time_t)(j->start / (unsigned long)sysconf(_SC_CLK_TCK)));
}

static void say_job(const struct job *j, const char *state)
{
	kv_writef(&answer, "job", "%ld", j->id);
	kv_write(&answer, "tag", j->tag);
	kv_write(&answer, "state", state);
	kv_write(&answer, "node", j->host);
	kv_writef(&answer, "start", "%lld", (long long)j->began);
	if (j->limit > 0)
		kv_writef(&answer, "end", "%lld", (long long)end_of(j));
	kv_writef(&answer, "age", "%lld", (long long)(time(NULL) - j->began));
	finish();
}

/* What these answers are about: jobs of another machine are not among them. */
static void say_scope(void)
{
	kv_write(&answer, "scope", own_host);
	finish();
}

static void find(const struct kv *request)
{
	struct err e;
	const char *session = kv_get(request, "session") == NULL ? NULL :
		must(request_session(request, &e), &e);
	int dir = open_jobs(request, 0);
	struct job *jobs;
	long highest;
	size_t n = load_jobs(dir, &jobs, &highest);

	say_scope();
	for (size_t i = 0; i < n; i++) {
		if (session != NULL && strcmp(jobs[i].session, session) != 0)
			continue;
		kv_write(&answer, "session", jobs[i].session);
		if (jobs[i].limit > 0)
			kv_writef(&answer, "time-limit", "%ld", jobs[i].limit);
		say_job(&jobs[i], "running");
	}
	free(jobs);
}

/* The one job of the request; exits when there is no such live job. */
static struct job the_job(const struct kv *request)
{
	const char *id = need(request, "job");
	int dir = open_jobs(request, 0);
	struct job j;

	if (dir == -1 || load_job(dir, id, &j) == -1 || !is_here(&j) ||
		!is_alive(&j))
		fail("gone", "job %s is not running on this machine", id);
	return j;
}

static void watch(const struct kv *request)
{
	struct job j = the_job(request);
	struct pollfd fds[2] = {
		{ .fd = syscall(SYS_pidfd_open, j.pid, 0), .events = POLLIN },
		{ .fd = STDOUT_FILENO },	/* POLLERR: nobody reads */
	};

	say_job(&j, "running");
	while (is_alive(&j)) {
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

static void end(const struct kv *request)
{
	struct job j = the_job(request);
	pid_t *pids;
	size_t n;

	kill(j.pid, SIGTERM);
	for (int ms = 0; is_alive(&j) && ms < END_PATIENCE_MS; ms += POLL_MS)
		poll(NULL, 0, POLL_MS);
	if (is_alive(&j)) {
		if (proc_descendants(j.pid, &pids, &n) == 0) {
			for (size_t i = 0; i < n; i++)
				kill(pids[i], SIGKILL);
			free(pids);
		}
		kill(j.pid, SIGKILL);
	}
	finish();
}

/*
 * The child: waits for its record to exist, of which it is told the number, then
 * becomes the agent.
 */
__attribute__((noreturn))
static void become_agent(const struct kv *request, const struct job *j, int go)
{
	struct envlist env = { 0 };
	const char *word, **argv;
	size_t pos = 0, n = 0;
	int log, null;
	char id[32] = "";

	setsid();
	if (read(go, id, sizeof id - 1) < 1)
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
	log = open(need(request, "log"), O_WRONLY | O_CREAT | O_APPEND |
		O_NOFOLLOW | O_CLOEXEC, 0600);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, STDIN_FILENO);
	dup2(log == -1 ? null : log, STDOUT_FILENO);
	dup2(log == -1 ? null : log, STDERR_FILENO);
	if (chdir(need(request, "chdir")) == -1 && chdir("/") == -1)
		_exit(127);
	execve(argv[0], (char **)argv, env.list);
	dprintf(STDERR_FILENO, "launch-local: %s: %s\n", argv[0],
		strerror(errno));
	_exit(127);
}

static void write_job(struct buf *text, const struct job *j)
{
	kv_write(text, "host", j->host);
	kv_write(text, "boot", j->boot);
	kv_writef(text, "pid", "%ld", (long)j->pid);
	kv_writef(text, "start", "%llu", j->start);
	kv_write(text, "tag", j->tag);
	kv_write(text, "session", j->session);
	kv_writef(text, "began", "%lld", (long long)j->began);
	kv_writef(text, "limit", "%ld", j->limit);
	buf_puts(text, "\n");
}

/* Give the record the next free number, however many do so at once. */
static long store_job(int dir, const struct job *j)
{
	struct buf text = { 0 };
	struct job *jobs;
	struct err e;
	char name[32];
	long highest;

	write_job(&text, j);
	load_jobs(dir, &jobs, &highest);
	free(jobs);
	for (int tries = 0; tries < ID_TRIES; tries++) {
		snprintf(name, sizeof name, "%ld", ++highest);
		if (safepath_create(dir, name, buf_data(&text), text.len,
			&e) == 0) {
			buf_fini(&text);
			return highest;
		}
		if (errno != EEXIST)
			break;
	}
	buf_fini(&text);
	kill(j->pid, SIGKILL);
	fail("config", "%s", e.text);
}

/* More time for a job. Its agent hears of it from the front. */
static void extend(const struct kv *request)
{
	struct job j = the_job(request);
	const char *word = need(request, "seconds");
	struct buf text = { 0 };
	struct err e;
	char *end;
	long more = strtol(word, &end, 10);

	if (*end != '\0' || more <= 0 || more > LIMIT_MAX)
		fail("internal", "'%.40s' is not a number of seconds", word);
	if (j.limit == 0)
		fail("refused", "job %ld has no time limit to extend", j.id);
	if (j.limit > LIMIT_MAX - more)
		fail("refused", "a job can have at most %d days",
			LIMIT_MAX / 86400);
	j.limit += more;
	write_job(&text, &j);
	if (safepath_write(open_jobs(request, 0), need(request, "job"),
		buf_data(&text), text.len, &e) == -1)
		fail("config", "%s", e.text);
	buf_fini(&text);
	kv_writef(&answer, "end", "%lld", (long long)end_of(&j));
	finish();
}

/* The time limit; no other of salloc's options means something here. */
static long read_options(const struct kv *request)
{
	char **words = mem_alloc((request->n + 1) * sizeof *words);
	const char *word;
	size_t pos = 0, n = 0;
	uint64_t limit;
	struct err e;
	long others;

	while ((word = kv_next(request, "option", &pos)) != NULL)
		words[n++] = (char *)word;
	others = salloc_time(&limit, words, n, &e);
	if (others == -1)
		fail("usage", "%s", e.text);
	if (limit > LIMIT_MAX)
		fail("usage", "--time: at most %d days can be had here",
			LIMIT_MAX / 86400);
	if (others > 0)
		fprintf(stderr, "launch-local: there is no scheduler here, "
			"'%s' and the like are ignored\n", words[0]);
	free(words);
	return (long)limit;
}

static void submit(const struct kv *request)
{
	struct job j = { .began = time(NULL) };
	struct err e;
	int dir = open_jobs(request, 1), go[2];
	const char *command = need(request, "command");
	char id[32];

	j.limit = read_options(request);
	if (access(command, X_OK) == -1)
		fail("config", "%s: %s; install the agent there or name "
			"another with --agent", command, strerror(errno));
	snprintf(j.tag, sizeof j.tag, "%s",
		must(request_tag(request, &e), &e));
	snprintf(j.session, sizeof j.session, "%s",
		must(request_session(request, &e), &e));
	memcpy(j.host, own_host, sizeof j.host);
	memcpy(j.boot, own_boot, sizeof j.boot);
	if (pipe2(go, O_CLOEXEC) == -1)
		fail("internal", "%s", strerror(errno));
	j.pid = fork();
	if (j.pid == 0) {
		close(go[1]);
		become_agent(request, &j, go[0]);
	}
	close(go[0]);
	if (j.pid == -1 || proc_starttime(j.pid, &j.start) == -1)
		fail("unavailable", "cannot start a process: %s",
			strerror(errno));
	j.id = store_job(dir, &j);
	snprintf(id, sizeof id, "%ld", j.id);
	if (write(go[1], id, strlen(id)) == -1)
		fail("internal", "the new process is gone");
	kv_writef(&answer, "job", "%ld", j.id);
	finish();
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(const struct kv *);
	} verbs[] = {
		{ "submit", submit }, { "find", find }, { "watch", watch },
		{ "end", end }, { "extend", extend },
	};
	struct kv request;
	struct err e;

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; argc == 2 && i < sizeof verbs / sizeof verbs[0];
		i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (hostaddr_name(own_host, sizeof own_host) == -1 ||
			proc_boot_id(own_boot) == -1)
			fail("unavailable", "cannot tell which machine this "
				"is: %s", strerror(errno));
		if (request_read(&request, &e) == -1)
			fail("internal", "%s", e.text);
		verbs[i].run(&request);
		kv_fini(&request);
		return 0;
	}
	fprintf(stderr, "usage: launch-local submit|find|watch|end|extend\n"
		"Run by vscode-remote-shell; see HACKING for what it reads.\n");
	return 2;
}
