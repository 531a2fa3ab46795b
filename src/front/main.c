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
#include "front/job/invocation.h"
#include "front/job/libexec.h"
#include "front/parting.h"
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

/* The program: what it was asked, what all commands need, and the command. */
struct front {
	struct options opt;
	struct invocation inv;
	const struct command *command;
	void *work;		/* the command's; NULL: it has not begun */
};

/* What does not always end the program is first offered to the command. */
static void signalled(evutil_socket_t sig, short what, void *arg)
{
	struct front *f = arg;

	(void)what;
	switch (sig) {
	case SIGHUP:
		parting_hang_up(f->inv.parting);
		break;
	case SIGTERM:
		parting_exit(f->inv.parting, 128 + SIGTERM);
		break;
	default:
		if (f->work != NULL && f->command->ops->signalled != NULL &&
			f->command->ops->signalled(f->work, sig))
			break;
		if (sig == SIGINT)
			parting_interrupt(f->inv.parting);
		else if (sig != SIGWINCH)
			parting_exit(f->inv.parting, 128 + sig);
	}
}

static void choose_launcher(struct front *f)
{
	int alone;

	if (strcmp(f->opt.job.launcher, "auto") != 0)
		return;
	free(f->opt.job.launcher);
	f->opt.job.launcher = libexec_launcher(f->inv.libexec, &alone);
	/* Who starts nothing needs not be told where. */
	if (alone && want_starts(f->command->want))
		log_tell("no Slurm is set up here: the session runs on this machine (--launcher=local asks for that)");
}

static int open_state_dir(struct front *f, const char *path, struct err *e)
{
	STALL_WATCH(path);

	f->inv.state_fd = safepath_dir(path, 1, &f->inv.state_dir, e);
	return f->inv.state_fd == -1 ? err_prefix(e, "state directory: ") : 0;
}

static int open_state(struct front *f, struct err *e)
{
	const char *given = f->opt.session.state_dir;
	char *path = given != NULL ? mem_strdup(given) :
		userdir_state(&f->inv.user);
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
	if (userdir_init(&f->inv.user, e) == -1)
		return EX_OSERR;
	if (open_state(f, e) == -1)
		return errno == EPERM || errno == EACCES ? EX_NOPERM :
			EX_CANTCREAT;
	return EX_OK;
}

static void run_front(struct front *f)
{
	struct event *ev[SIGNALS];
	struct err e;

	for (unsigned i = 0; i < SIGNALS; i++) {
		ev[i] = evsignal_new(f->inv.base, signals[i], signalled, f);
		event_add(ev[i], NULL);
	}
	choose_launcher(f);
	/* A site's wrapper may have put some before every command. */
	if (f->opt.line.env_behind > 0 && !want_has_shell(f->command->want))
		log_tell("-e has no effect with %s: variables go to each shell, so give them where you connect",
			f->command->name);
	f->work = f->command->ops->begin(&f->inv);
	/*
	 * Takes a millisecond; the launcher that the command has started works
	 * meanwhile. No command may use TLS before the loop runs.
	 */
	if (tls_init(&e) == 0) {
		/* One connection that fails is not the end of all. */
		loop_be_lenient();
		event_base_dispatch(f->inv.base);
	} else {
		log_fail("%s", e.text);
		parting_exit(f->inv.parting, EX_OSERR);
	}
	for (unsigned i = 0; i < SIGNALS; i++)
		event_free(ev[i]);
}

static int front_main(struct front *f)
{
	char host[256];
	struct err e;
	int status;

	f->command = f->opt.line.command;
	f->inv.opt = &f->opt;
	hostaddr_name(host, sizeof host);
	link_set_hello("vscode-remote-shell " PACKAGE_VERSION, host);
	f->inv.libexec = libexec_find();
	f->inv.has_slurm_cli = libexec_has(f->inv.libexec, "slurm-cli");
	f->inv.base = loop_new();
	f->inv.children = children_new(f->inv.base);
	f->inv.parting = parting_new(f->inv.base);
	status = open_parts(f, &e);
	if (status == EX_OK)
		run_front(f);
	else
		log_fail("%s", e.text);
	if (status == EX_OK)
		status = parting_status(f->inv.parting);
	if (f->work != NULL)
		f->command->ops->end(f->work);
	link_fini();
	tls_fini();
	if (f->inv.state_fd != -1)
		close(f->inv.state_fd);
	parting_free(f->inv.parting);
	children_free(f->inv.children);
	event_base_free(f->inv.base);
	userdir_fini(&f->inv.user);
	free(f->inv.state_dir);
	free(f->inv.libexec);
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
	struct front f = { .inv.state_fd = -1 };
	struct err e;
	struct stat st;
	int parsed, status = EX_OK;

	open_standard();
	log_init("vscode-remote-shell");
	f.inv.called = called_as(argv[0]);
	if (argc > 0)
		argv[0] = (char *)f.inv.called;
	parsed = command_line(&f.opt, argc, argv, &e);
	if (parsed < 0) {
		log_fail("%s", e.text);
		status = parsed == PRINT_FAILED ? EX_IOERR : EX_USAGE;
	} else if (parsed == 0) {
		log_set_level(front_options_log_level(&f.opt));
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
