/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper outlives an agent that is killed, crashes or has no memory, and
 * leaves nothing of the session behind: not every scheduler finds a daemon that
 * has left its parents. It does nothing else and so has no reason to fail.
 */
#include "agent/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "agent/below.h"
#include "agent/memory.h"
#include "agent/rundir.h"
#include "os/log.h"
#include "os/procsig.h"

#define TITLE "vscode-remote-agent: keeper"
#define LOOK_AGAIN_MS 20
#define LOOKS 250		/* then they hang in the kernel */
/* Then SIGALRM ends the keeper, should a file system hang. */
#define REMOVE_SECONDS 10
#define UNDO_SECONDS 20
#define LAST_WORD_SECONDS 5

/* What is passed on; other signals do to the keeper what they do. */
static const int passed_on[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM, SIGXCPU,
};

static int note = -1;		/* a pipe with the paths of its directories */

static void reap(void *arg)
{
	(void)arg;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* An agent that ended by itself has left none, and this costs one call. */
static int is_anyone_left(void)
{
	reap(NULL);
	return waitpid(-1, NULL, WNOHANG) == 0;
}

static void end_rest(void)
{
	struct timespec soon = { .tv_nsec = LOOK_AGAIN_MS * 1000000 };
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	for (int look = 0; look < LOOKS && is_anyone_left(); look++) {
		if (below_kill(reap, NULL) == -1)
			return;
		sigtimedwait(&ended, NULL, &soon);
	}
}

/* Its status, as of waitpid(2). */
static int wait_for_agent(pid_t agent, const sigset_t *set)
{
	int status, sig;
	pid_t got;

	while ((got = waitpid(agent, &status, WNOHANG)) != agent) {
		if (got == -1 && errno != EINTR)
			return EX_OSERR << 8;
		sig = sigwaitinfo(set, NULL);
		if (sig > 0 && sig != SIGCHLD)
			procsig_send(agent, sig);
	}
	return status;
}

/*
 * An agent that ended in good order has done so itself, unless something of the
 * session was still at it.
 */
static void retire_rundir(void)
{
	char path[PATH_MAX];
	ssize_t n;

	alarm(REMOVE_SECONDS);
	while (note != -1 && (n = read(note, path, sizeof path - 1)) > 0) {
		path[n] = '\0';
		if (rundir_must_undo(path)) {
			alarm(UNDO_SECONDS + REMOVE_SECONDS);
			rundir_undo(path);
			end_rest();
		}
		alarm(REMOVE_SECONDS);
		rundir_retire(path);
	}
	alarm(0);
}

/*
 * The agent could not; its log is where everybody looks. A file system that
 * hangs must not keep the job; SIGALRM has ended an agent that met one at last.
 */
static void keeper_tell(int status)
{
	int sig = WTERMSIG(status);
	struct memory_words memory;

	if (!WIFSIGNALED(status) || sig == SIGALRM)
		return;
	alarm(LAST_WORD_SECONDS);
	memory = memory_of_agent();
	log_at(LOG_LEVEL_CRITICAL, "the agent was ended by signal %d (%s)%s%s",
		sig, strsignal(sig), memory.s[0] != '\0' ? ": " : "",
		memory.s);
	alarm(0);
}

/* As the agent did, so that the scheduler tells of a signal what it was. */
__attribute__((noreturn))
static void end_as(int status)
{
	int sig = WTERMSIG(status);
	sigset_t set;

	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(sig);
	_exit(128 + sig);
}

__attribute__((noreturn))
static void keeper_keep(pid_t agent, const sigset_t *set)
{
	int status;

	for (unsigned i = 0; i < sizeof passed_on / sizeof passed_on[0]; i++)
		signal(passed_on[i], SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	status = wait_for_agent(agent, set);
	end_rest();
	retire_rundir();
	keeper_tell(status);
	end_as(status);
}

/* Who looks for an agent by its words (pgrep -f) shall not find two. */
static void set_title(int argc, char **argv)
{
	size_t room = 0, len = strlen(TITLE), end;

	/* The words lie in one stretch, of which argv may be any order. */
	for (int i = 0; i < argc; i++) {
		end = (size_t)(argv[i] - argv[0]) + strlen(argv[i]);
		room = end > room ? end : room;
	}
	if (room == 0)
		return;
	memset(argv[0], 0, room);
	memcpy(argv[0], TITLE, len < room ? len : room - 1);
}

int keeper_start(int argc, char **argv, struct err *e)
{
	pid_t keeper = getpid(), agent;
	int ends[2] = { -1, -1 };
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (unsigned i = 0; i < sizeof passed_on / sizeof passed_on[0]; i++)
		sigaddset(&set, passed_on[i]);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &set, &old);
	/* Without this pipe the directories of a killed agent stay, no more. */
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK | O_DIRECT) == -1)
		ends[0] = ends[1] = -1;
	memory_begin();
	/* Before there is an agent: what a killed one leaves would go past us. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	agent = fork();
	if (agent > 0) {
		close(ends[1]);
		note = ends[0];
		set_title(argc, argv);
		keeper_keep(agent, &set);
	}
	close(ends[0]);
	note = ends[1];
	if (agent == 0)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (agent == -1)
		return err_set(e, "cannot fork: %s", strerror(errno));
	/* The keeper was killed before PR_SET_PDEATHSIG could tell us. */
	if (getppid() != keeper)
		raise(SIGTERM);
	return 0;
}

void keeper_rundir(const char *path)
{
	if (note == -1)
		return;
	/* O_DIRECT makes each path a packet, which one read() takes. */
	if (write(note, path, strlen(path)) == -1)
		log_warning("%s stays when the agent is killed: %s", path,
			strerror(errno));
}
