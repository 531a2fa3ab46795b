/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When and how the session ends: SIGHUP to everything that runs in it, SIGTERM
 * after a second, SIGKILL after three. The agent is a subreaper, so that nothing
 * of the session can have another ancestor. Slurm itself gives 5 s or more
 * between its SIGTERM and its SIGKILL.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/control.h"
#include "agent/end.h"
#include "os/log.h"
#include "os/proc.h"

#define STEP_MS 100

/* What is sent at which step; the last one again until nothing is left. */
static const struct {
	int step, sig;
} steps[] = {
	{ 1, SIGHUP },
	{ 10, SIGTERM },
	{ 30, SIGKILL },
};
#define GIVE_UP_STEP 100

static int signal_of(int step)
{
	if (step > 30)
		return SIGKILL;
	for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (steps[i].step == step)
			return steps[i].sig;
	return 0;
}

/* How many processes are left below us; each gets sig, unless it is 0. */
static size_t signal_all(int sig)
{
	pid_t *pids;
	size_t n;

	if (proc_descendants(getpid(), &pids, &n) == -1) {
		log_error("cannot read /proc: %s", strerror(errno));
		return 0;
	}
	for (size_t i = 0; i < n && sig != 0; i++) {
		kill(pids[i], sig);
		/* A stopped process acts on no signal but SIGKILL. */
		if (sig == SIGHUP)
			kill(pids[i], SIGCONT);
	}
	free(pids);
	return n;
}

static void step_cb(evutil_socket_t fd, short what, void *arg)
{
	struct agent *a = arg;
	size_t left = signal_all(signal_of(++a->end_step));

	(void)fd;
	(void)what;
	if (left > 0 && a->end_step < GIVE_UP_STEP) {
		event_add(a->ending, &(struct timeval){
			.tv_usec = STEP_MS * 1000 });
		return;
	}
	if (left > 0)
		log_error("%zu processes do not end", left);
	event_base_loopbreak(a->base);
}

void end_session(struct agent *a, int exit_status, const char *reason)
{
	if (a->end_step > 0)
		return;
	log_info("ending the session: %s", reason);
	a->exit_status = exit_status;
	control_end_all(a, reason);
	event_del(a->idle);
	step_cb(-1, 0, a);
}

void end_init(struct agent *a)
{
	a->ending = evtimer_new(a->base, step_cb, a);
}

void end_fini(struct agent *a)
{
	event_free(a->ending);
}
