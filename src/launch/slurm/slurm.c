/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * launch-slurm VERB: starts, finds and ends the jobs of sessions by libslurm.
 *
 * The request is read here, the verb runs in a forked worker, and this process
 * sees to it that an answer comes in time: libslurm blocks for minutes when a
 * daemon is gone, and leaves by exit(1) when its configuration is bad. A worker
 * that is slow gets a second one beside it, the probe, which finds out whether
 * Slurm can be asked at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launch/launch_request.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_reach.h"
#include "launch/slurm/slurm_verbs.h"
#include "launch/slurmconf.h"
#include "os/clock.h"
#include "os/procsig.h"

#define INIT_LIMIT 10	/* s, for the configuration */
#define LIMIT 25	/* s, for a verb that does not watch: fronts wait 30 */
#define SLOW_MS 700	/* until a worker is slow */
#define LOOK_MS 250	/* at what a worker is doing */
#define AGAIN_AFTER 10	/* s, until a watch that hung begins again */

static int slurm_end(const char *class, const char *message)
{
	launch_request_refuse(class, message);
	return 1;
}

/* A process of ours; reads of alive end when it is gone. */
struct helper {
	pid_t pid;
	int alive;
};

/* End it if it has not; returns its status. */
static int slurm_stop(struct helper *h, int kill_it)
{
	int status = 0;

	if (h->alive != -1)
		close(h->alive);
	if (h->pid > 0 && kill_it)
		procsig_send(h->pid, SIGKILL);
	while (h->pid > 0 && waitpid(h->pid, &status, 0) == -1 &&
		errno == EINTR)
		;
	*h = (struct helper){ -1, -1 };
	return status;
}

/* What a helper runs: never returns. request NULL: it is the probe. */
static void work(const struct slurm_verb *verb, const struct kv *request)
	__attribute__((noreturn));

static int slurm_start(struct helper *h, const struct slurm_verb *verb,
	const struct kv *request)
{
	pid_t parent = getpid();
	int fd[2];

	*h = (struct helper){ -1, -1 };
	if (pipe2(fd, O_CLOEXEC) == -1)
		return -1;
	h->alive = fd[0];
	h->pid = fork();
	if (h->pid == 0) {
		/* Whoever ends this program by SIGKILL ends it whole. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		close(fd[0]);
		work(verb, request);
	}
	close(fd[1]);
	if (h->pid != -1)
		return 0;
	slurm_stop(h, 0);
	return -1;
}

/*
 * The probe's stdout and stderr go nowhere: its finding is slurm_shared->down,
 * and a second answer beside the worker's would break the protocol.
 */
static void probe(void)
{
	struct slurm_shared *said = slurm_shared, mine = { 0 };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct err e;

	slurm_shared = &mine;
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	slurm_reach_init();
	if (slurm_reach(&e) == -1)
		snprintf(said->down, sizeof said->down, "%.511s", e.text);
}

static void work(const struct slurm_verb *verb, const struct kv *request)
{
	if (verb == NULL)
		probe();
	else
		verb->run(request);
	_exit(0);
}

enum outcome { DONE, DOWN, TOO_LATE, NOBODY_LISTENS };

/*
 * Milliseconds until the next look at the worker: its phase changes without a
 * sound. -1: something will happen; 0: it took too long.
 */
static int patience(const struct slurm_verb *verb, long long begin)
{
	int init = slurm_shared->phase == SLURM_PHASE_INIT;
	long long left = begin + (init ? INIT_LIMIT : LIMIT) * 1000LL -
		clock_ms();

	if (!init && verb->watches)
		return -1;
	return left <= 0 ? 0 : left < LOOK_MS ? (int)left : LOOK_MS;
}

static int is_slow(const struct slurm_verb *verb, long long begin)
{
	return slurm_shared->phase != SLURM_PHASE_INIT && !verb->watches &&
		clock_ms() - begin >= SLOW_MS;
}

/* Wait until the worker has gone or must go. */
static enum outcome supervise(const struct slurm_verb *verb,
	const struct helper *worker, struct helper *probe)
{
	long long begin = clock_ms();
	struct pollfd fds[3] = {
		{ .fd = worker->alive, .events = POLLIN },
		{ .fd = verb->watches ? 1 : -1 },
		{ .fd = -1, .events = POLLIN },
	};

	for (;;) {
		int wait = patience(verb, begin);

		if (wait == 0)
			return TOO_LATE;
		if (poll(fds, 3, wait) > 0) {
			if (fds[0].revents)
				return DONE;
			if (fds[1].revents)
				return NOBODY_LISTENS;
			if (fds[2].revents && slurm_shared->down[0] != '\0')
				return DOWN;
			if (fds[2].revents)
				fds[2].fd = -1;
		}
		if (probe->pid == -1 && is_slow(verb, begin) &&
			slurm_start(probe, NULL, NULL) == 0)
			fds[2].fd = probe->alive;
	}
}

/* The job of a submit may have been made by one who answers no more. */
static int report_down(void)
{
	char text[1024];

	snprintf(text, sizeof text, "%s%s", slurm_shared->down,
		slurm_shared->phase == SLURM_PHASE_SUBMIT ?
		"; the job may have been made all the same" : "");
	return slurm_end("unavailable", text);
}

static int report_late(void)
{
	char text[1024];

	switch (slurm_shared->phase) {
	case SLURM_PHASE_INIT:
		snprintf(text, sizeof text, "Slurm is not set up on this host: its configuration did not come within %d s; looked for: %s",
			INIT_LIMIT, slurmconf_where());
		return slurm_end("config", text);
	case SLURM_PHASE_SUBMIT:
		snprintf(text, sizeof text, "no answer from slurmctld (%s) or munged within %d s; the job may have been made all the same",
			slurm_shared->controller, LIMIT);
		return slurm_end("unavailable", text);
	default:
		snprintf(text, sizeof text, "no answer from slurmctld (%s) or munged within %d s",
			slurm_shared->controller, LIMIT);
		return slurm_end("unavailable", text);
	}
}

static int report_death(int status)
{
	char text[1024];

	if (slurm_shared->phase == SLURM_PHASE_INIT && WIFEXITED(status)) {
		snprintf(text, sizeof text, "Slurm's configuration cannot be used (Slurm's own words are above); looked for: %s",
			slurmconf_where());
		return slurm_end("config", text);
	}
	snprintf(text, sizeof text, "libslurm ended the launcher (%s %d)%s",
		WIFEXITED(status) ? "status" : "signal",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
		slurm_shared->phase == SLURM_PHASE_SUBMIT ?
			"; the job may have been made all the same" : "");
	return slurm_end("internal", text);
}

/* Run verb in workers until one of them has answered, or none will. */
static int slurm_run(const struct slurm_verb *verb, const struct kv *request)
{
	for (;;) {
		struct helper worker, probe = { -1, -1 };
		enum outcome outcome;
		int status;

		slurm_shared->phase = SLURM_PHASE_INIT;
		slurm_shared->down[0] = '\0';
		if (slurm_start(&worker, verb, request) == -1)
			return slurm_end("internal", "cannot fork");
		outcome = supervise(verb, &worker, &probe);
		slurm_stop(&probe, 1);
		status = slurm_stop(&worker, outcome != DONE);
		if (outcome == NOBODY_LISTENS)
			return 1;
		if (outcome == TOO_LATE)
			return report_late();
		if (outcome == DOWN)
			return report_down();
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			return 0;
		if (WIFEXITED(status) && WEXITSTATUS(status) == SLURM_REPORTED)
			return 1;
		if (WIFEXITED(status) &&
			WEXITSTATUS(status) == SLURM_UNFIT_STATUS)
			return SLURM_UNFIT_STATUS;
		if (!verb->watches || !WIFSIGNALED(status) ||
			WTERMSIG(status) != SIGALRM)
			return report_death(status);
		fprintf(stderr, "launch-slurm: no answer from slurmctld (%s) or munged; the job is not touched by this, trying again\n",
			slurm_shared->controller);
		clock_pause(AGAIN_AFTER * 1000);
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
		return slurm_end("verb",
			"usage: launch-slurm submit|find|watch|end|extend|scope|check|partitions|estimate|describe");
	slurm_shared = mmap(NULL, sizeof *slurm_shared, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (slurm_shared == MAP_FAILED)
		return slurm_end("internal", "mmap failed");
	if (launch_request_read(&request, &e) == -1)
		return slurm_end("internal", e.text);
	rc = slurm_run(verb, &request);
	kv_fini(&request);
	munmap(slurm_shared, sizeof *slurm_shared);
	return rc;
}
