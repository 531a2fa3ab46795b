/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vscode-remote-shell: what sshd runs as RemoteCommand. It finds or starts the
 * session's job, runs a shell in it, and makes the job's ports reachable here,
 * for as long as the ssh connection lasts and a little longer.
 */
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "config.h"
#include "front/command.h"
#include "front/commands.h"
#include "front/control.h"
#include "front/forward.h"
#include "front/launcher.h"
#include "front/limit.h"
#include "front/session.h"
#include "front/shell.h"
#include "front/stdio.h"
#include "net/link.h"
#include "net/loop.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/proc.h"
#include "os/rlimit.h"
#include "os/safepath.h"
#include "os/stall.h"
#include "pure/mem.h"

#define NO_STATUS (-1)
#define LEAVE_SECONDS 3

void front_exit(struct front *f, int exit_status)
{
	if (f->exit_status == NO_STATUS)
		f->exit_status = exit_status;
	event_base_loopexit(f->base, NULL);
}

static void leave_cb(evutil_socket_t fd, short what, void *arg)
{
	struct front *f = arg;

	(void)fd;
	(void)what;
	front_exit(f, f->exit_status);
}

void front_leave(struct front *f, int exit_status)
{
	/* The shell ends the front with its own status, which comes second. */
	if (f->exit_status == NO_STATUS)
		f->exit_status = exit_status;
	if (f->shell == NULL || f->lingering)
		front_exit(f, exit_status);
	else
		event_add(f->leave, &(struct timeval){
			.tv_sec = LEAVE_SECONDS });
}

static void linger_over(evutil_socket_t fd, short what, void *arg)
{
	struct front *f = arg;

	(void)fd;
	(void)what;
	if (forward_is_busy(f->forward)) {
		event_add(f->linger, &(struct timeval){
			.tv_sec = f->opt.linger });
		return;
	}
	log_info("nobody came back");
	front_exit(f, EX_OK);
}

/*
 * A client that comes back to the old port finds it while we linger. With a
 * port of the user's choice we do not: the next front needs it.
 */
void front_hang_up(struct front *f)
{
	long linger = f->opt.listen_port != 0 ? 0 : f->opt.linger;

	if (f->hung_up)
		return;
	f->hung_up = 1;
	stdio_detach(f->stdio);
	if (f->shell == NULL && f->opt.on_hangup == OPTIONS_HANGUP_CANCEL) {
		session_give_up(f->session, 128 + SIGHUP, 1);
		return;
	}
	if (linger == 0 || !forward_is_used(f->forward)) {
		log_info("the ssh connection is gone");
		front_exit(f, 128 + SIGHUP);
		return;
	}
	f->lingering = 1;
	log_info("the ssh connection is gone, lingering for %ld s", linger);
	event_add(f->linger, &(struct timeval){ .tv_sec = linger });
}

void front_interrupt(struct front *f)
{
	if (f->session != NULL)
		session_give_up(f->session, 128 + SIGINT, 0);
	else
		front_exit(f, 128 + SIGINT);
}

static void agent_answers(const struct sockaddr *addr, socklen_t len,
	const char *node, void *arg);

static void agent_silent(const struct err *why, int auth, void *arg)
{
	struct front *f = arg;
	struct control *failed = f->control;

	f->control = NULL;
	if (auth) {
		log_fail("the agent of session '%s' refused us, or is not "
			"ours: %s", f->opt.session, why->text);
		front_exit(f, EX_PROTOCOL);
	} else {
		session_retry(f->session, why);
	}
	control_free(failed);
}

/* The session is known: dial its agent. */
static void session_ready(const struct place *p, void *arg)
{
	struct front *f = arg;

	f->place = *p;
	f->control = control_new(f, &f->place, agent_answers, agent_silent, f);
}

static void cannot_begin(struct front *f, int status, const struct err *why)
{
	log_fail("%s", why->text);
	front_exit(f, status);
}

void attach_run(struct front *f)
{
	struct err e;

	f->stdio = stdio_new(f, &e);
	if (f->stdio == NULL) {
		cannot_begin(f, EX_CANTCREAT, &e);
		return;
	}
	f->forward = forward_new(f, &e);
	if (f->forward == NULL) {
		cannot_begin(f, EX_OSERR, &e);
		return;
	}
	f->session = session_new(f);
	session_start(f->session, session_ready, f);
}

static void agent_answers(const struct sockaddr *addr, socklen_t len,
	const char *node, void *arg)
{
	struct front *f = arg;

	log_tell("session '%s' is job %s on %s", f->opt.session, f->place.job,
		node);
	f->limit = limit_new(f);
	forward_set_agent(f->forward, &f->place, addr, len);
	f->shell = shell_new(f, &f->place, addr, len);
}

static void signalled(evutil_socket_t sig, short what, void *arg)
{
	struct front *f = arg;

	(void)what;
	switch (sig) {
	case SIGHUP:
		if (f->stdio != NULL)
			front_hang_up(f);
		else
			front_exit(f, 128 + SIGHUP);
		break;
	case SIGTERM:
		front_exit(f, 128 + SIGTERM);
		break;
	case SIGWINCH:
		if (f->shell != NULL)
			shell_window(f->shell);
		break;
	default:
		if (f->shell != NULL)
			shell_signal(f->shell, sig);
		else if (sig == SIGINT)
			front_interrupt(f);
		else
			front_exit(f, 128 + sig);
	}
}

/*
 * Where launchers and agent are: beside us in a build tree, below our own
 * prefix when installed, else where configure said.
 */
static char *find_libexec(void)
{
	char self[4096], *dir, *path;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return mem_strdup(PKGLIBEXECDIR);
	self[n] = '\0';
	dir = dirname(self);
	for (int i = 0; i < 2; i++) {
		char *agent, *real;

		path = mem_printf("%s%s", dir, i == 0 ? "" :
			"/../libexec/vscode-remote-shell");
		agent = mem_printf("%s/vscode-remote-agent", path);
		real = access(agent, X_OK) == 0 ? realpath(path, NULL) : NULL;
		free(agent);
		free(path);
		if (real != NULL)
			return real;
	}
	return mem_strdup(PKGLIBEXECDIR);
}

/* Whether a program of that name is in PATH. */
static int in_path(const char *name)
{
	char *dirs = mem_strdup(getenv("PATH") ? getenv("PATH") : "");
	char *save = NULL, *dir;
	int found = 0;

	for (dir = strtok_r(dirs, ":", &save); dir != NULL && !found;
		dir = strtok_r(NULL, ":", &save)) {
		char *path = mem_printf("%s/%s", dir, name);

		found = access(path, X_OK) == 0;
		free(path);
	}
	free(dirs);
	return found;
}

/*
 * Slurm, where it is set up and we were built for it; else this machine. A site
 * may have no slurm.conf on its login nodes, but it has sbatch there.
 */
static void choose_launcher(struct front *f)
{
	static const char *const confs[] = {
		"/etc/slurm/slurm.conf", "/etc/slurm-llnl/slurm.conf",
		"/run/slurm/conf/slurm.conf", "/usr/local/etc/slurm.conf",
	};
	const char *choice = "local";
	char *launcher;

	if (strcmp(f->opt.launcher, "auto") != 0)
		return;
	launcher = mem_printf("%s/launch-slurm", f->libexec);
	if (access(launcher, X_OK) == 0) {
		if (getenv("SLURM_CONF") != NULL || in_path("sbatch"))
			choice = "slurm";
		for (unsigned i = 0; i < sizeof confs / sizeof confs[0]; i++)
			if (access(confs[i], F_OK) == 0)
				choice = "slurm";
	}
	free(launcher);
	free(f->opt.launcher);
	f->opt.launcher = mem_strdup(choice);
	if (strcmp(choice, "local") == 0)
		log_tell("no Slurm is set up here: the session runs on this "
			"machine (--launcher=local asks for that)");
}

static int open_state_dir(struct front *f, const char *path, struct err *e)
{
	STALL_WATCH(path);

	f->state_fd = safepath_dir(path, 1, &f->state_dir, e);
	return f->state_fd == -1 ? err_prefix(e, "state directory: ") : 0;
}

static int open_state(struct front *f, struct err *e)
{
	char *path = f->opt.state_dir != NULL ?
		mem_strdup(f->opt.state_dir) : userdir_state(&f->user);
	int ret = open_state_dir(f, path, e), error = errno;

	free(path);
	errno = error;
	return ret;
}

static const int signals[] = {
	SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH,
};
#define SIGNALS (sizeof signals / sizeof signals[0])

static int open_parts(struct front *f, struct err *e)
{
	if (userdir_init(&f->user, e) == -1)
		return EX_OSERR;
	if (open_state(f, e) == -1)
		return errno == EPERM || errno == EACCES ? EX_NOPERM :
			EX_CANTCREAT;
	if (tls_init(e) == -1)
		return EX_OSERR;
	return EX_OK;
}

static void run(struct front *f)
{
	struct event *ev[SIGNALS];

	for (unsigned i = 0; i < SIGNALS; i++) {
		ev[i] = evsignal_new(f->base, signals[i], signalled, f);
		event_add(ev[i], NULL);
	}
	choose_launcher(f);
	f->opt.command->run(f);
	event_base_dispatch(f->base);
	for (unsigned i = 0; i < SIGNALS; i++)
		event_free(ev[i]);
}

static int front_main(struct front *f)
{
	char host[256];
	struct err e;
	int status;

	hostaddr_name(host, sizeof host);
	link_set_hello("vscode-remote-shell " PACKAGE_VERSION, host);
	f->libexec = find_libexec();
	f->base = loop_new();
	f->children = children_new(f->base);
	f->linger = evtimer_new(f->base, linger_over, f);
	f->leave = evtimer_new(f->base, leave_cb, f);
	f->exit_status = NO_STATUS;
	status = open_parts(f, &e);
	if (status == EX_OK)
		run(f);
	else
		log_fail("%s", e.text);
	if (status == EX_OK)
		status = f->exit_status == NO_STATUS ? EX_SOFTWARE :
			f->exit_status;
	if (f->work_free != NULL)
		f->work_free(f->work);
	shell_free(f->shell);
	forward_free(f->forward);
	limit_free(f->limit);
	control_free(f->control);
	session_free(f->session);
	stdio_free(f->stdio);
	peeruid_close(&f->peeruid);
	link_fini();
	tls_fini();
	if (f->state_fd != -1)
		close(f->state_fd);
	event_free(f->linger);
	event_free(f->leave);
	children_free(f->children);
	event_base_free(f->base);
	userdir_fini(&f->user);
	free(f->state_dir);
	free(f->libexec);
	explicit_bzero(&f->place, sizeof f->place);
	return status;
}

int main(int argc, char **argv)
{
	struct front f = { .state_fd = -1, .peeruid = { .fd = -1 } };
	struct err e;
	int parsed, status = EX_OK;

	log_init("vscode-remote-shell");
	parsed = options_parse(&f.opt, argc, argv, &e);
	if (parsed == -1) {
		log_fail("%s", e.text);
		status = EX_USAGE;
	} else if (parsed == 0) {
		log_set_level(options_log_level(&f.opt));
		log_set_quiet(f.opt.quiet > 0);
		if (f.opt.log_file != NULL &&
			log_open(f.opt.log_file, &e) == -1) {
			log_fail("%s", e.text);
			status = EX_CANTCREAT;
		}
	}
	if (parsed == 0 && status == EX_OK) {
		proc_hide();
		signal(SIGPIPE, SIG_IGN);
		rlimit_raise();
		status = front_main(&f);
	}
	options_free(&f.opt);
	log_fini();
	return status;
}
