/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * launch-slurm VERB: starts, finds and ends the jobs of sessions by libslurm.
 *
 * The request is read here, the verb runs in a forked worker, and this process
 * sees to it that an answer comes in time: libslurm blocks for minutes when a
 * daemon is gone, and leaves by exit(1) when its configuration is bad.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "launch/request.h"
#include "launch/slurm_answer.h"
#include "launch/slurm_reach.h"
#include "launch/slurm_verbs.h"
#include "os/procsig.h"
#include "pure/mem.h"

#define INIT_LIMIT 10	/* s, for the configuration */
#define LIMIT 25	/* s, for a verb that does not watch: fronts wait 30 */
#define AGAIN_AFTER 10	/* s, until a watch that hung begins again */

struct slurm_shared *slurm_shared;

void slurm_answer(struct buf *record)
{
	if (request_answer(record) == -1)
		_exit(1);
}

void slurm_fail(const char *class, const char *fmt, ...)
{
	char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) == -1)
		message = mem_strdup("out of memory");
	va_end(ap);
	request_refuse(class, message);
	_exit(SLURM_REPORTED);
}

static int fail(const char *class, const char *message)
{
	request_refuse(class, message);
	return 1;
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/*
 * Start the worker. *alive becomes a descriptor that reports end of file when
 * it is gone. Returns its pid.
 */
static pid_t start(const struct slurm_verb *verb, const struct kv *request,
	int *alive)
{
	pid_t parent = getpid(), pid;
	int fd[2];

	slurm_shared->phase = SLURM_PHASE_INIT;
	if (pipe2(fd, O_CLOEXEC) == -1)
		return -1;
	pid = fork();
	if (pid == 0) {
		/* Whoever ends this program by SIGKILL ends it whole. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		close(fd[0]);
		verb->run(request);
		_exit(0);
	}
	close(fd[1]);
	*alive = fd[0];
	return pid;
}

enum outcome { DONE, TOO_LATE, NOBODY_LISTENS };

/* Wait until the worker has gone or must go. */
static enum outcome supervise(const struct slurm_verb *verb, int alive)
{
	struct pollfd fds[2] = {
		{ .fd = alive, .events = POLLIN },
		{ .fd = verb->watches ? 1 : -1 },
	};
	long long begin = now_ms();

	for (;;) {
		int init = slurm_shared->phase == SLURM_PHASE_INIT;
		long long left = begin + (init ? INIT_LIMIT : LIMIT) * 1000LL -
			now_ms();

		if (!init && verb->watches)
			left = -1;
		else if (left <= 0)
			return TOO_LATE;
		/* The phase changes without a sound. */
		if (left < 0 || (init && left > 1000))
			left = init ? 1000 : -1;
		if (poll(fds, 2, (int)left) > 0) {
			if (fds[0].revents)
				return DONE;
			if (fds[1].revents)
				return NOBODY_LISTENS;
		}
	}
}

static int report_late(void)
{
	char text[1024];

	switch (slurm_shared->phase) {
	case SLURM_PHASE_INIT:
		snprintf(text, sizeof text, "Slurm is not set up on this host: its configuration did not come within %d s; looked for: %s",
			INIT_LIMIT, slurm_reach_where());
		return fail("config", text);
	case SLURM_PHASE_SUBMIT:
		snprintf(text, sizeof text, "no answer from slurmctld (%s) or munged within %d s; the job may have been made all the same",
			slurm_shared->controller, LIMIT);
		return fail("unavailable", text);
	default:
		snprintf(text, sizeof text, "no answer from slurmctld (%s) or munged within %d s",
			slurm_shared->controller, LIMIT);
		return fail("unavailable", text);
	}
}

static int report_death(int status)
{
	char text[1024];

	if (slurm_shared->phase == SLURM_PHASE_INIT && WIFEXITED(status)) {
		snprintf(text, sizeof text, "Slurm's configuration cannot be used (Slurm's own words are above); looked for: %s",
			slurm_reach_where());
		return fail("config", text);
	}
	snprintf(text, sizeof text, "libslurm ended the launcher (%s %d)%s",
		WIFEXITED(status) ? "status" : "signal",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
		slurm_shared->phase == SLURM_PHASE_SUBMIT ?
			"; the job may have been made all the same" : "");
	return fail("internal", text);
}

/* Run verb in workers until one of them has answered, or none will. */
static int run(const struct slurm_verb *verb, const struct kv *request)
{
	for (;;) {
		int alive = -1, status = 0;
		pid_t pid = start(verb, request, &alive);
		enum outcome outcome;

		if (pid == -1)
			return fail("internal", "cannot fork");
		outcome = supervise(verb, alive);
		close(alive);
		if (outcome != DONE)
			procsig_send(pid, SIGKILL);
		while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
			;
		if (outcome == NOBODY_LISTENS)
			return 1;
		if (outcome == TOO_LATE)
			return report_late();
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			return 0;
		if (WIFEXITED(status) && WEXITSTATUS(status) == SLURM_REPORTED)
			return 1;
		if (!verb->watches || !WIFSIGNALED(status) ||
			WTERMSIG(status) != SIGALRM)
			return report_death(status);
		fprintf(stderr, "launch-slurm: no answer from slurmctld (%s) or munged; the job is not touched by this, trying again\n",
			slurm_shared->controller);
		poll(NULL, 0, AGAIN_AFTER * 1000);
	}
}

int main(int argc, char **argv)
{
	const struct slurm_verb *verb =
		argc == 2 ? slurm_verb_find(argv[1]) : NULL;
	struct kv request = { 0 };
	struct err e;
	int rc;

	if (verb == NULL)
		return fail("usage",
			"usage: launch-slurm submit|find|watch|end|extend");
	slurm_shared = mmap(NULL, sizeof *slurm_shared, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (slurm_shared == MAP_FAILED)
		return fail("internal", "mmap failed");
	if (request_read(&request, &e) == -1)
		return fail("internal", e.text);
	rc = run(verb, &request);
	kv_fini(&request);
	munmap(slurm_shared, sizeof *slurm_shared);
	return rc;
}
