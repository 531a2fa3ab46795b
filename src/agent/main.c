/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vscode-remote-agent: the session. It is the job; shells and the editor's
 * server run below it, and fronts on any login node reach them through it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/end.h"
#include "agent/forward.h"
#include "agent/fronts.h"
#include "agent/home.h"
#include "agent/hook.h"
#include "agent/servers/hygiene.h"
#include "agent/idle.h"
#include "agent/jobenv.h"
#include "agent/keeper.h"
#include "agent/limit.h"
#include "agent/memory.h"
#include "agent/request.h"
#include "agent/rundir.h"
#include "agent/serve.h"
#include "agent/shell.h"
#include "config.h"
#include "net/loop.h"
#include "os/clock.h"
#include "os/dirusers.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/print.h"
#include "os/proc.h"
#include "os/rlimit.h"
#include "os/safepath.h"
#include "os/secret.h"
#include "os/tmpdir.h"
#include "base/mem.h"

#define CLEAN_UP_SECONDS 10
#define SECRET_TRIES 120	/* a shared file system may lag */
#define SECRET_AGAIN_MS 500

/* The session's folder and its secret, when the file system shows them. */
static int open_state(struct agent *a, struct err *e)
{
	char *path = mem_printf("%s/%s", a->job.opt->session.state_dir, a->job.opt->agent.tag);
	unsigned char secret[TLS_SECRET_SIZE];
	int ret = -1;

	for (int tries = 0; tries < SECRET_TRIES; tries++) {
		if (a->job.dir == -1)
			a->job.dir = safepath_dir(path, 0, NULL, e);
		if (a->job.dir != -1)
			ret = secret_read(a->job.dir, "secret", secret, e);
		if (ret == 0 || (errno != ENOENT && errno != ESTALE))
			break;
		clock_pause(SECRET_AGAIN_MS);
	}
	free(path);
	if (ret == -1)
		return -1;
	tls_key_derive(&a->front_key, secret, a->job.opt->agent.tag, "front");
	tls_key_derive(&a->home_key, secret, a->job.opt->agent.tag, "home");
	explicit_bzero(secret, sizeof secret);
	return 0;
}

static void find_job(struct agent *a)
{
	const char *slurm = getenv("SLURM_JOB_ID");

	snprintf(a->job.id, sizeof a->job.id, "%s", a->job.opt->agent.job != NULL ?
		a->job.opt->agent.job : slurm != NULL ? slurm : "");
}

/* The fronts show it, too. */
static void rundir_told(const char *line, void *arg)
{
	fronts_notice(arg, line);
}

static const struct rundir_ops rundir_ops = {
	.made = keeper_rundir,
	.tell = rundir_told,
};

static void terminated(evutil_socket_t sig, short what, void *arg)
{
	struct agent *a = arg;

	(void)what;
	end_session(a, EX_OK, sig != SIGTERM ? "the agent was interrupted" :
		limit_is_reached(a) ? "the job's time limit is reached" :
		"the job was told to end: cancelled, or its node is needed");
}

static void nothing_more(int sig)
{
	(void)sig;
}

/*
 * What the signals do once the loop does not take them any more. The scheduler
 * signals us and the keeper, which passes it on: the second may come while the
 * first has us clean up.
 */
static void outlive_signals(void)
{
	signal(SIGTERM, nothing_more);
	signal(SIGINT, nothing_more);
}

static void parent_gone(evutil_socket_t fd, short what, void *arg)
{
	static const char reason[] = "the scheduler's daemon on the node is gone";

	(void)fd;
	(void)what;
	log_error("%s", reason);
	end_session(arg, EX_UNAVAILABLE, reason);
}

/*
 * slurmstepd may be killed and leave us running without a job. A descriptor of
 * the parent tells without waking up for it; old kernels have none: then this
 * is not watched. PR_SET_PDEATHSIG looks at a thread and would lie.
 */
static int open_parent(void)
{
	int fd = syscall(SYS_pidfd_open, getppid(), 0);

	if (fd == -1)
		log_info("cannot watch the parent: %s", strerror(errno));
	return fd;
}

static struct event *watch_parent(struct agent *a)
{
	struct event *ev = event_new(a->job.base, a->parent, EV_READ, parent_gone,
		a);

	event_add(ev, NULL);
	return ev;
}

static int run(struct agent *a, struct err *e)
{
	struct event *term, *intr, *parent = NULL;
	sigset_t both, old;

	end_init(a);
	hook_init(a);
	idle_init(a);
	limit_init(a);
	memory_init(a);
	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGINT);
	sigprocmask(SIG_BLOCK, &both, &old);
	outlive_signals();
	term = evsignal_new(a->job.base, SIGTERM, terminated, a);
	intr = evsignal_new(a->job.base, SIGINT, terminated, a);
	event_add(term, NULL);
	event_add(intr, NULL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (a->parent != -1)
		parent = watch_parent(a);
	hygiene_init(a);
	if (getenv("SLURM_RESTART_COUNT") != NULL)
		hook_run(a, "requeued", "the scheduler has started the job again",
			-1);
	a->take_request = request_take;
	if (serve_open(a, e) == -1) {
		a->exit_status = EX_OSERR;
	} else if (home_announce(a, e) == -1) {
		a->exit_status = EX_CANTCREAT;
	} else {
		/* One stream that fails is not the end of the session. */
		loop_be_lenient();
		event_base_dispatch(a->job.base);
	}
	if (parent != NULL)
		event_free(parent);
	event_free(intr);
	event_free(term);
	shell_free_all(a);
	forward_free_all(a);
	fronts_free_all(a);
	home_free_all(a);
	serve_close(a);
	memory_fini(a);
	limit_fini(a);
	hygiene_fini(a);
	idle_fini(a);
	hook_fini(a);
	end_fini(a);
	return a->exit_status == EX_OSERR || a->exit_status == EX_CANTCREAT ?
		-1 : 0;
}

/* A link that is freed with the loop's last turn needs no loop any more. */
static int session(struct agent *a, struct err *e)
{
	int ret;

	if (userdir_of_job(&a->job.user, e) == -1 ||
		tls_init(e) == -1 ||
		open_state(a, e) == -1 || peeruid_open(&a->peeruid, e) == -1)
		return -1;
	find_job(a);
	jobenv_init(&a->env, &a->job);
	a->env.rundir = rundir_new(&a->env.env, &rundir_ops, a, e);
	if (a->env.rundir == NULL)
		return -1;
	a->job.started = clock_ms();
	a->job.base = loop_new();
	a->job.children = children_new(a->job.base);
	ret = run(a, e);
	children_free(a->job.children);
	link_fini();
	event_base_free(a->job.base);
	peeruid_close(&a->peeruid);
	tls_fini();
	return ret;
}

/*
 * With --server-dir=session the folder also holds the editor's server, which is
 * in the PATH of its terminals, and so of jobs submitted there. Of the log that
 * stays the front that tidies up tells how old the folder is.
 */
static int is_server_in_use(const struct agent *a)
{
	struct dirusers user;
	char *part;
	int used;

	if (a->job.opt->session.server_dir != OPTIONS_SERVER_DIR_SESSION)
		return 0;
	part = mem_printf("%s/server", a->job.opt->agent.tag);
	used = dirusers_find(part, &user) == 1;
	if (used)
		log_tell("%s/%s stays for a week: process %ld (%s), which is not of this session, %s",
			a->job.opt->session.state_dir, part, (long)user.pid, user.comm,
			user.how);
	free(part);
	return used;
}

/*
 * What did not end in good order leaves its log: it may tell why. The log stays
 * when there was no session, too, with the rest: the front shows it.
 */
static void remove_folder(const struct agent *a)
{
	char *path;
	struct err e;

	if (a->exit_status != EX_OK && a->exit_status != EX_UNAVAILABLE)
		return;
	if (a->exit_status == EX_UNAVAILABLE || a->memory_was_short ||
		is_server_in_use(a)) {
		unlinkat(a->job.dir, "endpoint", 0);
		unlinkat(a->job.dir, "secret", 0);
		return;
	}
	path = mem_printf("%s/%s", a->job.opt->session.state_dir, a->job.opt->agent.tag);
	if (tmpdir_remove(path, &e) == -1)
		log_warning("%s", e.text);
	free(path);
}

static void clean_up(struct agent *a)
{
	/* All is over: should a file system hang, nobody waits for us. */
	signal(SIGALRM, SIG_DFL);
	alarm(CLEAN_UP_SECONDS);
	if (a->env.rundir != NULL)
		rundir_retire(rundir_path(a->env.rundir));
	remove_folder(a);
	rundir_free(a->env.rundir);
	if (a->job.dir != -1)
		close(a->job.dir);
	if (a->parent != -1)
		close(a->parent);
	jobenv_fini(&a->env);
	userdir_fini(&a->job.user);
	explicit_bzero(&a->front_key, sizeof a->front_key);
	explicit_bzero(&a->home_key, sizeof a->home_key);
}

int main(int argc, char **argv)
{
	struct agent a = { .job.dir = -1, .parent = -1 };
	struct options opt;
	struct err e;
	int parsed;

	log_init("vscode-remote-agent");
	parsed = options_parse(&opt, argc, argv, &e);
	if (parsed != 0) {
		options_free(&opt);
		if (parsed == 1)
			return EX_OK;
		log_fail("%s", e.text);
		return parsed == PRINT_FAILED ? EX_IOERR : EX_USAGE;
	}
	log_set_level(options_log_level(&opt));
	a.job.opt = &opt;
	proc_hide();
	if (opt.agent.watch_parent)
		a.parent = open_parent();
	if (keeper_start(argc, argv, &e) == -1)
		log_warning("%s; what runs in the session outlives an agent that is killed",
			e.text);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	rlimit_raise();
	hostaddr_name(a.job.node, sizeof a.job.node);
	link_set_hello("vscode-remote-agent " PACKAGE_VERSION, a.job.node);
	/* Our log is in the home directory, which may hang. */
	log_from_behind();
	if (session(&a, &e) == -1) {
		log_fail("%s", e.text);
		if (a.exit_status == EX_OK)
			a.exit_status = EX_OSERR;
	}
	clean_up(&a);
	options_free(&opt);
	log_fini();
	return a.exit_status;
}
