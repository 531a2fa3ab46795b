/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The holder of an allocation: it asks for it, is told by slurmctld that it has
 * begun, and then starts the agent in it by srun:
 *
 *	asks --> waits --begun--> starts --the step runs--> over
 *	           |                '--srun fails: ended--> over
 *	           '--a signal, or ended by others--> over
 *
 * slurmctld ends an allocation at its beginning if it finds nobody at the port
 * that libslurm has made for it here: without its holder none stands empty.
 *
 * srun's step goes on when srun is killed, but not when it gets any other signal,
 * as at a logout; so it is killed as soon as its step runs, and its second
 * process, which else would end the step, with it.
 */
#include "launch/slurm/slurm_hold.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launch/slurm/slurm_job.h"
#include "launch/slurm/slurm_step.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/procsig.h"
#include "os/spawn.h"

#define STEP_SECONDS 900	/* nodes may have to be booted first */
#define END_MS 2000		/* for srun, once its output has ended */

struct holder {
	struct slurm_desc *d;
	const struct kv *request;
	struct slurm_step step;
	int tell;		/* a pipe, for struct slurm_held; -1: it is told */
};

/* libslurm's callback has no place for it. */
static struct holder *holder;

/* What became of the request; nobody who has started us waits any more. */
static void tell(struct holder *h, const struct slurm_held *held)
{
	if (h->tell == -1)
		return;
	(void)!fd_write_all(h->tell, held, sizeof *held);
	close(h->tell);
	h->tell = -1;
	fd_drop_standard();
}

/* Stopped first, so that neither of them sees the other go. */
static int kill_srun(pid_t srun)
{
	int status = 0;

	procsig_send_group(srun, SIGSTOP);
	procsig_send_group(srun, SIGKILL);
	while (waitpid(srun, &status, 0) == -1 && errno == EINTR)
		;
	return status;
}

/* What has ended its output is about to end. */
static int await(pid_t srun)
{
	long long until = clock_ms() + END_MS;
	int status = 0;

	while (waitpid(srun, &status, WNOHANG) == 0) {
		if (clock_ms() > until)
			return kill_srun(srun);
		clock_pause(20);
	}
	return status;
}

/* 1: its step says that it runs; 0: it ends, or says nothing for too long. */
static int hear_step(int from)
{
	long long until = clock_ms() + STEP_SECONDS * 1000LL;
	char said[8192];
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < sizeof said - 1 &&
		fd_wait(from, POLLIN, until) == 1) {
		n = read(from, said + len, sizeof said - 1 - len);
		len += n > 0 ? (size_t)n : 0;
		said[len] = '\0';
		if (strstr(said, SLURM_DESC_HELLO "\n") != NULL)
			return 1;
	}
	return 0;
}

/* As a shell has it, but not 0. */
static int failure_of(int status)
{
	if (!WIFEXITED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1;
}

/*
 * 0: the step runs. Else how srun has failed; 1 is its own word, and not that of a
 * kill, behind which the step may still come.
 */
static int run_step(struct holder *h, uint32_t job, int interactive)
{
	int null, out[2], log, runs;
	struct spawn s = { .session = 1 };
	struct err e;
	pid_t srun;
	int status;

	if (pipe2(out, O_CLOEXEC) == -1)
		return 1;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	log = open(kv_get(h->request, "log"), O_WRONLY | O_APPEND | O_CREAT |
		O_NOFOLLOW | O_CLOEXEC, 0600);
	slurm_step_words(&h->step, job, interactive);
	s.path = h->step.argv[0];
	s.argv = h->step.argv;
	s.env = h->step.env;
	s.dir_or_root = 1;
	s.dir = "/";
	s.fd[0] = null;
	s.fd[1] = out[1];
	s.fd[2] = log != -1 ? log : null;
	srun = spawn(&s, &e);
	close(out[1]);
	if (srun == -1 && log != -1)
		dprintf(log, "launch-slurm: %s\n", e.text);
	runs = srun != -1 && hear_step(out[0]);
	status = srun == -1 ? 1 << 8 : runs ? kill_srun(srun) : await(srun);
	close(out[0]);
	fd_close(log);
	fd_close(null);
	return runs ? 0 : failure_of(status);
}

/*
 * By the step for the user's own work, which takes nothing from others; where
 * srun does not make that, by one which shares all.
 */
static void start_agent(struct holder *h, uint32_t job)
{
	int status = run_step(h, job, 1);

	if (status == 1)
		status = run_step(h, job, 0);
	if (status != 0)
		slurm_job_close(job, h->d->comment, status);
}

static void waits(SLURM_PENDING_JOB job)
{
	const struct slurm_held held = { .job = SLURM_PENDING_ID(job) };

	tell(holder, &held);
}

/* libslurm takes a signal for the end of the wait, and ends the job then. */
static void stop_waiting(int sig)
{
	(void)sig;
}

static void set_signals(void (*handler)(int))
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction action = { .sa_handler = handler };

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
}

__attribute__((noreturn))
static void be_holder(struct holder *h)
{
	resource_allocation_response_msg_t *r;
	struct slurm_held held = { 0 };

	setsid();
	/* Whoever asked may be gone when the answer is there, which goes on. */
	signal(SIGPIPE, SIG_IGN);
	set_signals(stop_waiting);
	holder = h;
	errno = 0;
	r = SLURM_ALLOCATE(&h->d->desc, waits);
	held.errnum = r != NULL ? 0 : errno != 0 ? errno : -1;
	if (r != NULL) {
		held.job = RESPONSE_JOB_ID(r);
		if (r->job_submit_user_msg != NULL)
			snprintf(held.note, sizeof held.note, "%s",
				r->job_submit_user_msg);
	}
	tell(h, &held);
	if (r != NULL) {
		/* The job is as good as there: what ends it is not us. */
		set_signals(SIG_IGN);
		slurm_step_allocated(&h->step, r);
		start_agent(h, held.job);
	}
	_exit(0);
}

/* Begin one. Returns what reads its answer, -1 with e set. */
static int begin_holder(struct holder *h, struct err *e)
{
	int fd[2];
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	h->tell = fd[1];
	pid = spawn_branch(fd[1]);
	if (pid == 0)
		be_holder(h);
	close(fd[1]);
	if (pid != -1)
		return fd[0];
	err_set(e, "cannot fork: %s", strerror(errno));
	close(fd[0]);
	return -1;
}

int slurm_hold(struct slurm_desc *d, const struct kv *request,
	struct slurm_held *held, struct err *e)
{
	struct holder h = { .d = d, .request = request };
	int answer = -1;
	ssize_t n;

	slurm_desc_allocate(d);
	if (slurm_step_init(&h.step, d, request, e) == 0)
		answer = begin_holder(&h, e);
	slurm_step_fini(&h.step);
	if (answer == -1)
		return -1;
	do
		n = read(answer, held, sizeof *held);
	while (n == -1 && errno == EINTR);
	close(answer);
	if (n != (ssize_t)sizeof *held)
		*held = (struct slurm_held){ .errnum = ECHILD };
	return 0;
}
