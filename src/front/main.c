/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vscode-remote-shell: what sshd runs as RemoteCommand (front/cmd/attach.c), and
 * what a user types about his sessions. Sets up what all commands need.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "config.h"
#include "front/job/called.h"
#include "front/cmd/command.h"
#include "front/control.h"
#include "front/forward.h"
#include "front/job/launcher.h"
#include "front/job/libexec.h"
#include "front/limit.h"
#include "front/job/session.h"
#include "front/parting.h"
#include "front/shell.h"
#include "front/stdio.h"
#include "net/link.h"
#include "net/loop.h"
#include "os/hostaddr.h"
#include "os/behind.h"
#include "os/log.h"
#include "os/print.h"
#include "os/proc.h"
#include "os/rlimit.h"
#include "os/safepath.h"
#include "os/stall.h"
#include "base/mem.h"

#define TEE_PATIENCE_MS 5000	/* at the end, for what is not written */

static void signalled(evutil_socket_t sig, short what, void *arg)
{
	struct front *f = arg;

	(void)what;
	switch (sig) {
	case SIGHUP:
		parting_hang_up(f->parting);
		break;
	case SIGTERM:
		parting_exit(f->parting, 128 + SIGTERM);
		break;
	case SIGWINCH:
		if (f->shell != NULL)
			shell_window(f->shell);
		break;
	default:
		if (f->shell != NULL)
			shell_signal(f->shell, sig);
		else if (sig == SIGINT)
			parting_interrupt(f->parting);
		else
			parting_exit(f->parting, 128 + sig);
	}
}

static void choose_launcher(struct front *f)
{
	int alone;

	if (strcmp(f->opt.job.launcher, "auto") != 0)
		return;
	free(f->opt.job.launcher);
	f->opt.job.launcher = libexec_launcher(f->libexec, &alone);
	/* Who starts nothing needs not be told where. */
	if (alone && want_starts(f->opt.line.command->want))
		log_tell("no Slurm is set up here: the session runs on this machine (--launcher=local asks for that)");
}

static int open_state_dir(struct front *f, const char *path, struct err *e)
{
	STALL_WATCH(path);

	f->state_fd = safepath_dir(path, 1, &f->state_dir, e);
	return f->state_fd == -1 ? err_prefix(e, "state directory: ") : 0;
}

static int open_state(struct front *f, struct err *e)
{
	char *path = f->opt.session.state_dir != NULL ?
		mem_strdup(f->opt.session.state_dir) : userdir_state(&f->user);
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
	return EX_OK;
}

static void run(struct front *f)
{
	struct event *ev[SIGNALS];
	struct err e;

	for (unsigned i = 0; i < SIGNALS; i++) {
		ev[i] = evsignal_new(f->base, signals[i], signalled, f);
		event_add(ev[i], NULL);
	}
	choose_launcher(f);
	/* A site's wrapper may have put some before every command. */
	if (f->opt.line.env_behind > 0 && !want_has_shell(f->opt.line.command->want))
		log_tell("-e has no effect with %s: variables go to each shell, so give them where you connect",
			f->opt.line.command->name);
	f->opt.line.command->run(f);
	/*
	 * Takes a millisecond; the launcher that the command has started works
	 * meanwhile. No command may use TLS before the loop runs.
	 */
	if (tls_init(&e) == 0) {
		/* One connection that fails is not the end of all. */
		loop_be_lenient();
		event_base_dispatch(f->base);
	} else {
		log_fail("%s", e.text);
		parting_exit(f->parting, EX_OSERR);
	}
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
	f->libexec = libexec_find();
	f->has_slurm_cli = libexec_has(f->libexec, "slurm-cli");
	f->base = loop_new();
	f->children = children_new(f->base);
	f->parting = parting_new(f->base);
	status = open_parts(f, &e);
	if (status == EX_OK)
		run(f);
	else
		log_fail("%s", e.text);
	if (status == EX_OK)
		status = parting_status(f->parting);
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
	parting_free(f->parting);
	children_free(f->children);
	event_base_free(f->base);
	userdir_fini(&f->user);
	free(f->state_dir);
	free(f->libexec);
	explicit_bzero(&f->place, sizeof f->place);
	return status;
}

/* Else what we open next would be taken for one of them. */
static void open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd != -1)
		close(fd);
}

int main(int argc, char **argv)
{
	struct front f = { .state_fd = -1, .peeruid = { .fd = -1 } };
	struct err e;
	struct stat st;
	int parsed, status = EX_OK;

	open_standard();
	log_init("vscode-remote-shell");
	f.called = called_as(argv[0]);
	if (argc > 0)
		argv[0] = (char *)f.called;
	parsed = command_line(&f.opt, argc, argv, &e);
	if (parsed < 0) {
		log_fail("%s", e.text);
		status = parsed == PRINT_FAILED ? EX_IOERR : EX_USAGE;
	} else if (parsed == 0) {
		log_set_level(options_log_level(&f.opt));
		log_set_quiet(f.opt.log.quiet > 0);
		if (f.opt.log.file != NULL &&
			log_open(f.opt.log.file, &e) == -1) {
			log_fail("%s", e.text);
			status = EX_CANTCREAT;
		}
	}
	if (parsed == 0 && status == EX_OK) {
		/* A file may hang; sshd's pipe or socket is never waited for. */
		if (fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode))
			log_from_behind();
		proc_hide();
		signal(SIGPIPE, SIG_IGN);
		rlimit_raise();
		status = front_main(&f);
		if (behind_wait(TEE_PATIENCE_MS) == -1)
			log_fail("a tee is not whole: its file system has not answered for %d s",
				TEE_PATIENCE_MS / 1000);
	}
	options_free(&f.opt);
	log_fini();
	return status;
}
