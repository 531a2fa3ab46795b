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
#include "front/cmd/command.h"
#include "front/cmd/commands.h"
#include "front/cmd/doctor.h"
#include "front/forced_here.h"
#include "front/job/called.h"
#include "front/cmd/settings.h"
#include "front/job/front_event.h"
#include "front/job/invocation.h"
#include "front/job/libexec.h"
#include "front/job/standin.h"
#include "front/parting.h"
#include "net/link.h"
#include "net/loop.h"
#include "os/hostaddr.h"
#include "os/behind.h"
#include "os/eventlog.h"
#include "os/log.h"
#include "os/print.h"
#include "os/proc.h"
#include "os/rlimit.h"
#include "os/safepath.h"
#include "os/stall.h"
#include "base/mem.h"

#define PROGRAM "vscode-remote-shell"
#define TEE_PATIENCE_MS 5000	/* at the end, for what is not written */

/* The program: what it was asked, what all commands need, and the command. */
struct front {
	struct options opt;
	struct config settings;
	struct invocation inv;
	struct standin standin;
	const struct command *command;
	void *work;		/* the command's; NULL: it has not begun */
};

static const struct command_ops *ops_of(const struct front *f)
{
	return f->opt.flags.dry_run ? &dryrun_ops : f->command->ops;
}

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
		if (f->work != NULL && ops_of(f)->signalled != NULL &&
			ops_of(f)->signalled(f->work, sig))
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

/* What is not safe says by itself what to do. Returns -1, errno stays. */
static int tell_state(struct err *e)
{
	struct err why = *e;
	int error = errno;

	err_set(e, "state directory: %s%s", why.text, error == EPERM ? "" :
		"; --state-dir=DIR says another place, and vscode-remote-shell doctor looks for more");
	errno = error;
	return -1;
}

static int open_state_dir(struct front *f, const char *path, struct err *e)
{
	STALL_WATCH(path);

	f->inv.state_fd = safepath_dir(path, 1, &f->inv.state_dir, e);
	return f->inv.state_fd == -1 ? tell_state(e) : 0;
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
	const struct opt *vain = front_options_in_vain(&f->opt);
	struct event *ev[SIGNALS];
	struct err e;

	for (unsigned i = 0; i < SIGNALS; i++) {
		ev[i] = evsignal_new(f->inv.base, signals[i], signalled, f);
		event_add(ev[i], NULL);
	}
	choose_launcher(f);
	if (vain != NULL)
		log_tell("--%s has no effect here: %s", vain->name, vain->help);
	/* A site's wrapper may have put some before every command. */
	if (f->opt.line.env_behind > 0 && !want_has_shell(f->command->want))
		log_tell("-e has no effect with %s: variables go to each shell, so give them where you connect",
			f->command->name);
	f->work = ops_of(f)->begin(&f->inv);
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

static void open_events(struct front *f, const char *host)
{
	f->inv.events = eventlog_new(&f->opt.events, PROGRAM,
		f->inv.user.name, host);
}

static int front_main(struct front *f)
{
	char host[256];
	struct err e;
	int status;

	f->command = f->opt.line.command;
	f->inv.opt = &f->opt;
	hostaddr_name(host, sizeof host);
	link_set_hello(PROGRAM " " PACKAGE_VERSION, host);
	f->inv.libexec = libexec_find();
	standin_init(&f->standin, f->inv.libexec);
	f->inv.standin = &f->standin;
	f->inv.base = loop_new();
	f->inv.children = children_new(f->inv.base);
	f->inv.parting = parting_new(f->inv.base);
	status = open_parts(f, &e);
	if (status == EX_OK) {
		open_events(f, host);
		run_front(f);
		status = parting_status(f->inv.parting);
	} else {
		log_fail("%s", e.text);
	}
	if (f->work != NULL)
		ops_of(f)->end(f->work);
	link_fini();
	tls_fini();
	if (f->inv.state_fd != -1)
		close(f->inv.state_fd);
	eventlog_free(f->inv.events);
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

/*
 * Nothing may come before a command that runs on the login node which a program
 * would notice: the user's settings, whose file system may hang, are read for what
 * goes into the job alone. Whether this is a forced command; line is what it has
 * become.
 */
static int is_forced(struct front *f, int argc, char **argv,
	struct config *settings, const struct err *bad,
	struct options_line *line)
{
	struct forced_words words = { argc, argv, f->inv.called, NULL };
	const struct command *c;
	struct err e;
	int ret = 0;

	if (!forced_is_meant(argc, argv))
		return 0;
	if (command_read(&f->opt, argc, argv, settings, bad, &e) != 0)
		words.wrong = &e;
	c = f->opt.line.command;
	if (!f->opt.flags.help && !f->opt.flags.version &&
		(c == &cmd_forced || (c == NULL && words.wrong != NULL))) {
		ret = forced_here(&f->opt, &words);
		if (ret != FORCED_GOES_ON)
			exit(ret);
		*line = f->opt.line;
		f->opt.line.operands = (struct opt_list){ 0 };
		ret = 1;
	}
	options_free(&f->opt);
	return ret;
}

/* What the site has made of it. */
static void tell_notes(const struct opt_list *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		log_tell("%s", notes->word[i]);
}

static int read_line(struct front *f, int argc, char **argv, struct err *e)
{
	struct config *settings = &f->settings;
	struct options_line line;
	struct err bad = { "" }, why;
	int forced, ret;

	if (settings_read_site(settings, command_is_free, &why) == -1)
		bad = why;
	forced = is_forced(f, argc, argv, settings, &bad, &line);
	if (bad.text[0] == '\0' &&
		settings_read_user(settings, command_is_free, &why) == -1)
		bad = why;
	ret = command_line(&f->opt, argc, argv, settings, &bad, e);
	f->inv.words = (struct invocation_words){ argc, argv, settings };
	if (forced) {
		optlist_free(&f->opt.line.operands);
		f->opt.line.operands = line.operands;
		f->opt.line.waiter = line.waiter;
	}
	return ret;
}

/* The site's log has what its settings forbid, too. */
static void tell_refused(struct front *f, const char *why)
{
	const struct options *o = &f->opt;
	char host[256];
	struct err e;

	if (!o->set.refused || (o->events.facility == 0 &&
		o->events.file == NULL) || userdir_init(&f->inv.user, &e) == -1)
		return;
	hostaddr_name(host, sizeof host);
	open_events(f, host);
	f->inv.opt = o;
	front_event(&f->inv, "refused", NULL, "", why);
	eventlog_free(f->inv.events);
	(void)behind_wait(TEE_PATIENCE_MS);
	userdir_fini(&f->inv.user);
}

int main(int argc, char **argv)
{
	struct front f = { .inv.state_fd = -1 };
	struct err e;
	struct stat st;
	int parsed, status = EX_OK;

	open_standard();
	log_init(PROGRAM);
	f.inv.called = called_as(argv[0]);
	if (argc > 0)
		argv[0] = (char *)f.inv.called;
	status = doctor_without_home(argc, argv);
	if (status != -1)
		return status;
	status = EX_OK;
	parsed = read_line(&f, argc, argv, &e);
	if (parsed > 0) {
		status = parsed - COMMAND_DONE;
	} else if (parsed < 0) {
		log_fail("%s", e.text);
		tell_refused(&f, e.text);
		status = parsed == PRINT_FAILED ? EX_IOERR :
			parsed == COMMAND_SETTINGS_BAD ? EX_CONFIG : EX_USAGE;
	} else {
		log_set_level(front_options_log_level(&f.opt));
		log_set_quiet(f.opt.log.quiet > 0);
		if (f.opt.log.file != NULL &&
			log_open(f.opt.log.file, &e) == -1) {
			log_fail("%s", e.text);
			status = EX_CANTCREAT;
		}
	}
	if (parsed == 0 && status == EX_OK) {
		tell_notes(&f.opt.set.notes);
		/* A file may hang; sshd's pipe or socket is never waited for. */
		if (fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode))
			log_from_behind();
		proc_hide();
		signal(SIGPIPE, SIG_IGN);
		rlimit_raise();
		status = front_main(&f);
		if (behind_wait(TEE_PATIENCE_MS) == -1)
			log_fail("a tee or the site's log is not whole: its file system has not answered for %d s",
				TEE_PATIENCE_MS / 1000);
	}
	options_free(&f.opt);
	config_fini(&f.settings);
	log_fini();
	return status;
}
