/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vscode-remote-agent: the session. It is the job; shells and the editor's
 * server run below it, and fronts on any login node reach them through it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
#include "agent/agent_doctor.h"
#include "agent/fronts.h"
#include "agent/jobenv.h"
#include "agent/keeper.h"
#include "agent/rundir.h"
#include "config.h"
#include "net/loop.h"
#include "os/clock.h"
#include "os/dirusers.h"
#include "os/eventlog.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/print.h"
#include "os/proc.h"
#include "os/rlimit.h"
#include "os/safepath.h"
#include "os/secret.h"
#include "os/tmpdir.h"
#include "base/mem.h"

/* The process of a session: what is there before its parts and behind them. */
struct agent_session {
	struct agent_job job;
	struct jobenv env;		/* of what is started in it */
	struct tls_key front_key;	/* of fronts that dial us */
	struct tls_key home_key;	/* when we call a front */
	struct peeruid peeruid;
	struct fronts *fronts;		/* that are attached */
	int parent;			/* pidfd of who started us, or -1 */
	int exit_status;
	int was_short_of_memory;	/* somebody was killed for it */
	struct agent *agent;		/* as long as its loop runs */
	int is_orphan;			/* the parent is gone, and so it ended */
};

#define CLEAN_UP_SECONDS 10
#define SECRET_TRIES 120	/* a shared file system may lag */
#define SECRET_AGAIN_MS 500

/* The session's folder and its secret, when the file system shows them. */
static int open_state(struct agent_session *s, struct err *e)
{
	char *path = mem_printf("%s/%s", s->job.opt->session.state_dir, s->job.opt->agent.tag);
	unsigned char secret[TLS_SECRET_SIZE];
	int ret = -1;

	for (int tries = 0; tries < SECRET_TRIES; tries++) {
		if (s->job.dir == -1)
			s->job.dir = safepath_dir(path, 0, NULL, e);
		if (s->job.dir != -1)
			ret = secret_read(s->job.dir, "secret", secret, e);
		if (ret == 0 || (errno != ENOENT && errno != ESTALE))
			break;
		clock_pause(SECRET_AGAIN_MS);
	}
	free(path);
	if (ret == -1)
		return -1;
	tls_key_derive(&s->front_key, secret, s->job.opt->agent.tag, "front");
	tls_key_derive(&s->home_key, secret, s->job.opt->agent.tag, "home");
	explicit_bzero(secret, sizeof secret);
	return 0;
}

static void find_job(struct agent_session *s)
{
	const char *slurm = getenv("SLURM_JOB_ID");

	snprintf(s->job.id, sizeof s->job.id, "%s", s->job.opt->agent.job != NULL ?
		s->job.opt->agent.job : slurm != NULL ? slurm : "");
}

/* What became of the private directory: attached fronts show it. */
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
	agent_end(a, EX_OK, sig != SIGTERM ? "the agent was interrupted" :
		agent_is_at_limit(a) ? "the job's time limit is reached" :
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
	struct agent_session *s = arg;

	(void)fd;
	(void)what;
	s->is_orphan = 1;
	log_error("%s", reason);
	agent_end(s->agent, EX_UNAVAILABLE, reason);
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

static struct event *watch_parent(struct agent_session *s)
{
	struct event *ev = event_new(s->job.base, s->parent, EV_READ,
		parent_gone, s);

	event_add(ev, NULL);
	return ev;
}

static int run_agent(struct agent_session *s, struct err *e)
{
	struct agent *a = agent_new(&s->env, &s->peeruid, s->fronts);
	struct event *term, *intr, *parent = NULL;
	sigset_t both, old;
	int status;

	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGINT);
	sigprocmask(SIG_BLOCK, &both, &old);
	outlive_signals();
	term = evsignal_new(s->job.base, SIGTERM, terminated, a);
	intr = evsignal_new(s->job.base, SIGINT, terminated, a);
	event_add(term, NULL);
	event_add(intr, NULL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	s->agent = a;
	if (s->parent != -1)
		parent = watch_parent(s);
	status = agent_open(a, &s->front_key, &s->home_key, e);
	s->exit_status = status;
	if (status == EX_OK) {
		/* One stream that fails is not the end of the session. */
		loop_be_lenient();
		event_base_dispatch(s->job.base);
		s->exit_status = agent_exit_status(a);
	}
	if (parent != NULL)
		event_free(parent);
	event_free(intr);
	event_free(term);
	s->was_short_of_memory = agent_was_short_of_memory(a);
	agent_free(a);
	return status == EX_OK ? 0 : -1;
}

/* A link that is freed with the loop's last turn needs no loop any more. */
static int session(struct agent_session *s, struct err *e)
{
	int ret;

	if (userdir_of_job(&s->job.user, e) == -1 ||
		tls_init(e) == -1 ||
		open_state(s, e) == -1 || peeruid_open(&s->peeruid, e) == -1)
		return -1;
	find_job(s);
	s->job.events = eventlog_new(&s->job.opt->events, "vscode-remote-agent",
		s->job.user.name, s->job.node);
	jobenv_init(&s->env, &s->job);
	s->fronts = fronts_new();
	s->env.rundir = rundir_new(&s->env.env, &rundir_ops, s->fronts, e);
	if (s->env.rundir == NULL)
		return -1;
	s->job.started = clock_ms();
	s->job.base = loop_new();
	s->job.children = children_new(s->job.base);
	ret = run_agent(s, e);
	children_free(s->job.children);
	link_fini();
	event_base_free(s->job.base);
	peeruid_close(&s->peeruid);
	tls_fini();
	return ret;
}

/*
 * With --server-dir=session the folder also holds the editor's server, which is
 * in the PATH of its terminals, and so of jobs submitted there. Of the log that
 * stays the front that tidies up tells how old the folder is.
 */
static int is_server_in_use(const struct agent_session *s)
{
	struct dirusers user;
	char *part;
	int used;

	if (s->job.opt->servers.dir != OPTIONS_SERVER_DIR_SESSION)
		return 0;
	part = mem_printf("%s/server", s->job.opt->agent.tag);
	used = dirusers_find(part, &user) == 1;
	if (used)
		log_tell("%s/%s stays for a week: process %ld (%s), which is not of this session, %s",
			s->job.opt->session.state_dir, part, (long)user.pid, user.comm,
			user.how);
	free(part);
	return used;
}

/* Is it dir that has this name in the directory above? */
static int is_still(int dir, int above, const char *name)
{
	struct stat x, y;

	return fstat(dir, &x) == 0 &&
		fstatat(above, name, &y, AT_SYMLINK_NOFOLLOW) == 0 &&
		x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/*
 * What did not end in good order leaves its log: it may tell why. The log stays
 * when there was no session, too, with the rest: the front shows it.
 */
static void remove_folder(const struct agent_session *s)
{
	const char *tag = s->job.opt->agent.tag;
	struct err e;
	int state;

	/* That of a further node has nothing in it. */
	if (s->job.opt->agent.node != NULL)
		return;
	if (s->exit_status != EX_OK && s->exit_status != EX_UNAVAILABLE)
		return;
	if (s->exit_status == EX_UNAVAILABLE || s->was_short_of_memory ||
		is_server_in_use(s)) {
		unlinkat(s->job.dir, "endpoint", 0);
		unlinkat(s->job.dir, "secret", 0);
		return;
	}
	/* By its name the directory above may be another's by now. */
	state = openat(s->job.dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state == -1 || !is_still(s->job.dir, state, tag))
		log_info("%s/%s is gone, or another one; it is left alone",
			s->job.opt->session.state_dir, tag);
	else if (tmpdir_remove_at(state, tag, ULONG_MAX, &e) == -1)
		log_warning("%s", e.text);
	if (state != -1)
		close(state);
}

static void clean_up(struct agent_session *s)
{
	/* All is over: should a file system hang, nobody waits for us. */
	signal(SIGALRM, SIG_DFL);
	alarm(CLEAN_UP_SECONDS);
	if (s->env.rundir != NULL &&
		!rundir_must_undo(rundir_path(s->env.rundir)))
		rundir_retire(rundir_path(s->env.rundir));
	remove_folder(s);
	rundir_free(s->env.rundir);
	fronts_free(s->fronts);
	eventlog_free(s->job.events);
	if (s->job.dir != -1)
		close(s->job.dir);
	if (s->parent != -1)
		close(s->parent);
	jobenv_fini(&s->env);
	userdir_fini(&s->job.user);
	explicit_bzero(&s->front_key, sizeof s->front_key);
	explicit_bzero(&s->home_key, sizeof s->home_key);
}

int main(int argc, char **argv)
{
	struct agent_session s = { .job.dir = -1, .parent = -1 };
	struct options opt;
	struct err e;
	int parsed;

	log_init("vscode-remote-agent");
	parsed = agent_options_parse(&opt, argc, argv, &e);
	if (parsed != 0) {
		options_free(&opt);
		if (parsed == 1)
			return EX_OK;
		log_fail("%s", e.text);
		return parsed == PRINT_FAILED ? EX_IOERR : EX_USAGE;
	}
	log_set_level(agent_options_log_level(&opt));
	if (opt.agent.doctor != NULL) {
		int status = agent_doctor(&opt, &e);

		if (status != EX_OK)
			log_fail("%s", e.text);
		options_free(&opt);
		return status;
	}
	s.job.opt = &opt;
	s.job.argv = argv;
	proc_hide();
	if (opt.agent.watch_parent)
		s.parent = open_parent();
	if (keeper_start(argc, argv, &e) == -1)
		log_warning("%s; what runs in the session outlives an agent that is killed",
			e.text);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	rlimit_raise();
	hostaddr_name(s.job.node, sizeof s.job.node);
	link_set_hello("vscode-remote-agent " PACKAGE_VERSION, s.job.node);
	/* Our log is in the home directory, which may hang. */
	log_from_behind();
	if (session(&s, &e) == -1) {
		log_fail("%s", e.text);
		if (s.exit_status == EX_OK)
			s.exit_status = EX_OSERR;
	}
	clean_up(&s);
	/* An exec would lose what is still to be written. */
	log_fini();
	/* Whoever would have ended the job is gone. */
	if (s.is_orphan && opt.agent.orphan_command != NULL)
		execl(opt.agent.orphan_command, opt.agent.orphan_command, NULL);
	options_free(&opt);
	return s.exit_status;
}
