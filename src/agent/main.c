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
#include <time.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/end.h"
#include "agent/forward.h"
#include "agent/fronts.h"
#include "agent/home.h"
#include "agent/hook.h"
#include "agent/hygiene.h"
#include "agent/idle.h"
#include "agent/keeper.h"
#include "agent/limit.h"
#include "agent/request.h"
#include "agent/serve.h"
#include "agent/shell.h"
#include "config.h"
#include "net/loop.h"
#include "os/clock.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/logpipe.h"
#include "os/print.h"
#include "os/proc.h"
#include "os/rlimit.h"
#include "os/safepath.h"
#include "os/secret.h"
#include "os/tmpdir.h"
#include "pure/mem.h"
#include "pure/posixshell.h"

#define CLEAN_UP_SECONDS 10
#define SECRET_TRIES 120	/* x 0.5 s: a shared file system may lag */

/* The login node's, or of another session: not for shells of the job. */
static const char *const not_for_shells[] = {
	"DISPLAY", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSH_CLIENT",
	"SSH_CONNECTION", "SSH_TTY", "SSH_ORIGINAL_COMMAND", "XAUTHORITY",
	"DBUS_SESSION_BUS_ADDRESS", "XDG_SESSION_ID", "XDG_SESSION_TYPE",
	"XDG_SESSION_CLASS", "XDG_VTNR", "XDG_SEAT", "ENVIRONMENT",
};

static void wait_half_a_second(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 500000000 }, NULL);
}

/* The session's folder and its secret, when the file system shows them. */
static int open_state(struct agent *a, struct err *e)
{
	char *path = mem_printf("%s/%s", a->opt->state_dir, a->opt->tag);
	unsigned char secret[TLS_SECRET_SIZE];
	int ret = -1;

	for (int tries = 0; tries < SECRET_TRIES; tries++) {
		if (a->dir == -1)
			a->dir = safepath_dir(path, 0, NULL, e);
		if (a->dir != -1)
			ret = secret_read(a->dir, "secret", secret, e);
		if (ret == 0 || (errno != ENOENT && errno != ESTALE))
			break;
		wait_half_a_second();
	}
	free(path);
	if (ret == -1)
		return -1;
	tls_key_derive(&a->front_key, secret, a->opt->tag, "front");
	tls_key_derive(&a->home_key, secret, a->opt->tag, "home");
	explicit_bzero(secret, sizeof secret);
	return 0;
}

/*
 * A private TMPDIR and XDG_RUNTIME_DIR. The site's TMPDIR is used when Unix
 * sockets with the long names that editors give them still fit below it.
 */
static int make_tmpdir(struct agent *a, struct err *e)
{
	const char *base = getenv("TMPDIR");
	char *run;

	if (base == NULL || base[0] != '/' || strlen(base) > 24 ||
		access(base, W_OK | X_OK) != 0)
		base = "/tmp";
	a->tmpdir = tmpdir_make(base, e);
	if (a->tmpdir == NULL)
		return -1;
	keeper_tmpdir(a->tmpdir);
	run = mem_printf("%s/run", a->tmpdir);
	envlist_set(&a->env, "TMPDIR", a->tmpdir);
	envlist_set(&a->env, "XDG_RUNTIME_DIR", run);
	if (mkdir(run, 0700) == -1) {
		err_set(e, "%s: %s", run, strerror(errno));
		free(run);
		return -1;
	}
	free(run);
	return 0;
}

static void make_env(struct agent *a)
{
	envlist_put_all(&a->env, environ);
	for (unsigned i = 0; i < sizeof not_for_shells /
		sizeof not_for_shells[0]; i++)
		envlist_unset(&a->env, not_for_shells[i]);
	envlist_set(&a->env, "HOME", a->user.home);
	envlist_set(&a->env, "USER", a->user.name);
	envlist_set(&a->env, "LOGNAME", a->user.name);
	/* Marks what runs in the session, also for tools that look for it. */
	envlist_set(&a->env, "VSCODE_REMOTE_SHELL_SESSION",
		a->opt->session);
}

static void find_job(struct agent *a)
{
	const char *slurm = getenv("SLURM_JOB_ID");

	snprintf(a->job, sizeof a->job, "%s", a->opt->job != NULL ?
		a->opt->job : slurm != NULL ? slurm : "");
}

/* While nothing waits for us: the user's shell may be in a home directory. */
static void find_shell(struct agent *a)
{
	const char *shell = a->user.shell;

	if (!posixshell_is(shell) || access(shell, X_OK) != 0)
		shell = access("/bin/bash", X_OK) == 0 ? "/bin/bash" :
			"/bin/sh";
	snprintf(a->shell, sizeof a->shell, "%s", shell);
}

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
	(void)fd;
	(void)what;
	end_session(arg, EX_UNAVAILABLE, "the scheduler's daemon on the node is gone");
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
	struct event *ev = event_new(a->base, a->parent, EV_READ, parent_gone,
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
	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGINT);
	sigprocmask(SIG_BLOCK, &both, &old);
	outlive_signals();
	term = evsignal_new(a->base, SIGTERM, terminated, a);
	intr = evsignal_new(a->base, SIGINT, terminated, a);
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
	if (serve_open(a, e) == -1 || home_announce(a, e) == -1) {
		a->exit_status = EX_OSERR;
	} else {
		/* One stream that fails is not the end of the session. */
		loop_be_lenient();
		log_from_behind();
		event_base_dispatch(a->base);
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
	limit_fini(a);
	hygiene_fini(a);
	idle_fini(a);
	hook_fini(a);
	end_fini(a);
	return a->exit_status == EX_OSERR ? -1 : 0;
}

/* A link that is freed with the loop's last turn needs no loop any more. */
static int session(struct agent *a, struct err *e)
{
	int ret;

	if (userdir_init(&a->user, e) == -1 ||
		tls_init(a->opt->kernel_tls, e) == -1 ||
		open_state(a, e) == -1 || peeruid_open(&a->peeruid, e) == -1)
		return -1;
	find_job(a);
	find_shell(a);
	make_env(a);
	if (make_tmpdir(a, e) == -1)
		return -1;
	a->started = clock_ms();
	a->base = loop_new();
	a->children = children_new(a->base);
	ret = run(a, e);
	children_free(a->children);
	link_fini();
	event_base_free(a->base);
	peeruid_close(&a->peeruid);
	tls_fini();
	return ret;
}

static void clean_up(struct agent *a)
{
	char *path = mem_printf("%s/%s", a->opt->state_dir, a->opt->tag);
	struct err e;

	/* All is over: should a file system hang, nobody waits for us. */
	signal(SIGALRM, SIG_DFL);
	alarm(CLEAN_UP_SECONDS);
	if (a->tmpdir != NULL && tmpdir_remove(a->tmpdir, &e) == -1)
		log_warning("%s", e.text);
	/* The log stays when there was no session: the front shows it. */
	if (a->exit_status != EX_OSERR && tmpdir_remove(path, &e) == -1)
		log_warning("%s", e.text);
	free(path);
	free(a->tmpdir);
	if (a->dir != -1)
		close(a->dir);
	if (a->parent != -1)
		close(a->parent);
	envlist_fini(&a->env);
	userdir_fini(&a->user);
	explicit_bzero(&a->front_key, sizeof a->front_key);
	explicit_bzero(&a->home_key, sizeof a->home_key);
}

int main(int argc, char **argv)
{
	struct agent a = { .dir = -1, .parent = -1 };
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
	a.opt = &opt;
	proc_hide();
	if (opt.watch_parent)
		a.parent = open_parent();
	if (keeper_start(argc, argv, &e) == -1)
		log_warning("%s; what runs in the session outlives an agent that is killed",
			e.text);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	rlimit_raise();
	hostaddr_name(a.node, sizeof a.node);
	link_set_hello("vscode-remote-agent " PACKAGE_VERSION, a.node);
	/* Our log is in the home directory. */
	if (logpipe_open(&e) == -1)
		log_warning("%s", e.text);
	if (session(&a, &e) == -1) {
		log_fail("%s", e.text);
		if (a.exit_status == EX_OK)
			a.exit_status = EX_OSERR;
	}
	logpipe_close();
	clean_up(&a);
	options_free(&opt);
	log_fini();
	return a.exit_status;
}
