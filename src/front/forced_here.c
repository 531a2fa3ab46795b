/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What runs here runs as if sshd had started it: by the user's shell, by exec,
 * with the same descriptors, limits and signals, and without the variables by
 * which a forced command differs. So this comes before all that a front sets up.
 */
#include "front/forced_here.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/forced_input.h"
#include "front/forced_rule.h"
#include "front/forced_waiter.h"
#include "os/log.h"
#include "proto/sessionenv.h"

#define COMMAND "forced"
#define LOGIN_SHELL "--login-shell="
#define ORIGINAL "SSH_ORIGINAL_COMMAND"
#define SFTP "internal-sftp"
#define FALLBACK "/bin/sh"

/* What we were asked for. */
struct forced {
	struct options *opt;
	const struct forced_words *words;
	const struct err *wrong;	/* NULL: the words are good */
	const char *login_shell;	/* NULL: of a ForceCommand */
	char **operands;		/* of a login shell */
	size_t n;
	char *command;			/* NULL: a shell */
};

int forced_is_meant(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], COMMAND) == 0)
			return 1;
	return 0;
}

/* SHELL tells it where there is no passwd entry. */
static const char *user_shell(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	const char *shell = pw != NULL ? pw->pw_shell : getenv("SHELL");

	return shell != NULL && shell[0] != '\0' ? shell : FALLBACK;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/*
 * sshd runs a forced command by the user's shell, which counts itself in SHLVL, and
 * says in a variable what was asked for: without us neither would be there. A login
 * shell is started by sshd itself, and the variable is then for the command of a key
 * that it runs.
 */
static void restore_environment(const struct forced *f)
{
	if (f->login_shell != NULL) {
		setenv("SHELL", f->login_shell, 1);
		return;
	}
	unsetenv(ORIGINAL);
	unsetenv("SHLVL");
	unsetenv("_");
}

/* Nobody is kept out by a shell that is not there. */
static void __attribute__((noreturn)) exec_shell(const char *shell, char **argv)
{
	execv(shell, argv);
	log_fail("%s: %s, so " FALLBACK " is run", shell, strerror(errno));
	execv(FALLBACK, argv);
	log_fail(FALLBACK ": %s", strerror(errno));
	_exit(EX_OSERR);
}

/* "-bash"; "bash -c COMMAND"; or a login shell's own arguments, as they are. */
static char **shell_argv(const struct forced *f, const char *shell)
{
	const char *name = base_name(shell);
	size_t n = 0;
	char **argv = mem_alloc((f->n + 4) * sizeof *argv);

	if (f->command != NULL && (f->n == 0 || f->n == 2)) {
		argv[n++] = mem_strdup(name);
		argv[n++] = mem_strdup("-c");
		argv[n++] = f->command;
	} else if (f->n == 0) {
		argv[n++] = mem_printf("-%s", name);
	} else {
		argv[n++] = mem_strdup(name);
		for (size_t i = 0; i < f->n; i++)
			argv[n++] = f->operands[i];
	}
	return argv;
}

static void __attribute__((noreturn)) run_here(const struct forced *f)
{
	const char *shell = f->login_shell != NULL ? f->login_shell :
		user_shell();
	char **argv = shell_argv(f, shell);

	restore_environment(f);
	exec_shell(shell, argv);
}

/*
 * With a ForceCommand sshd's own sftp server is but a word: the program of the
 * same package takes the same arguments.
 */
static void find_sftp(struct forced *f)
{
	static const char *const paths[] = {
		"/usr/lib/openssh/sftp-server",
		"/usr/libexec/openssh/sftp-server",
		"/usr/lib/ssh/sftp-server", "/usr/libexec/sftp-server",
	};
	const size_t len = strlen(SFTP);
	char *rest;

	if (f->login_shell != NULL || f->command == NULL ||
		strncmp(f->command, SFTP, len) != 0 ||
		strchr(" \t", f->command[len]) == NULL)
		return;
	rest = f->command + len;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (access(paths[i], X_OK) == 0) {
			f->command = mem_printf("%s%s", paths[i], rest);
			return;
		}
	}
}

/*
 * SSH_CONNECTION alone also stands in what a user starts in his shell. But each
 * shell counts SHLVL up; bash counts it down again, to 0, before it execs us.
 */
static int is_by_ssh(void)
{
	const char *level = getenv("SHLVL");

	return getenv("SSH_CONNECTION") != NULL &&
		(level == NULL || strcmp(level, "0") == 0);
}

static const char *session_name(void)
{
	const char *name =
		getenv(sessionenv_own_names[SESSIONENV_SESSION]);

	return name != NULL && name[0] != '\0' ? name : NULL;
}

static enum forced_where where(const struct forced *f)
{
	const struct options_forced *o = &f->opt->forced;
	const struct opt_list none = { 0 };
	struct forced_case c = {
		.command = f->command,
		.called = f->words->called,
		.into_job = f->wrong != NULL ? &none : &o->into_job,
		.all = f->wrong == NULL && o->all,
		.is_login_shell = f->login_shell != NULL,
		.by_ssh = is_by_ssh(),
		.in_session = session_name() != NULL,
		.has_terminal = isatty(STDIN_FILENO),
	};

	/* A shell with other arguments is none that sshd has started. */
	if (f->n > 0 && f->command == NULL)
		return FORCED_HERE;
	return forced_where(&c);
}

static int go_on(struct forced *f)
{
	struct opt_list *l = &f->opt->line.operands;

	restore_environment(f);
	optlist_free(l);
	if (f->command == NULL)
		return FORCED_GOES_ON;
	optlist_add(l, f->command);
	if (!isatty(STDIN_FILENO))
		forced_waiter_start(f->opt);
	return FORCED_GOES_ON;
}

static int refuse(const struct forced *f, enum forced_where w)
{
	if (w == FORCED_IN_SESSION)
		log_fail("forced: this is in the job of session '%s' already", session_name());
	else
		log_fail("forced: '%.80s' would ask for itself for ever: leave the word forced out",
			f->command);
	return EX_USAGE;
}

/* The command line is wrong: what matters here is looked for word by word. */
static void read_words(struct forced *f)
{
	const struct forced_words *w = f->words;
	int i, behind = 0;

	for (i = 1; i < w->argc; i++) {
		if (strncmp(w->argv[i], LOGIN_SHELL, strlen(LOGIN_SHELL)) == 0)
			f->login_shell = w->argv[i] + strlen(LOGIN_SHELL);
		behind |= strcmp(w->argv[i], COMMAND) == 0;
		if (behind && strcmp(w->argv[i], "--") == 0)
			break;
	}
	f->operands = w->argv + i + (i < w->argc);
	f->n = w->argv + w->argc - f->operands;
}

static void read_options(struct forced *f)
{
	f->login_shell = f->opt->forced.login_shell;
	f->operands = f->opt->line.operands.word;
	f->n = f->opt->line.operands.n;
}

static char *copy_of(const char *s)
{
	return s != NULL && s[0] != '\0' ? mem_strdup(s) : NULL;
}

static void read_asked(struct forced *f, struct err *e)
{
	if (f->wrong != NULL)
		read_words(f);
	else
		read_options(f);
	if (f->login_shell != NULL) {
		if (f->n >= 2 && strcmp(f->operands[0], "-c") == 0)
			f->command = copy_of(f->operands[1]);
		return;
	}
	f->command = copy_of(getenv(ORIGINAL));
	if (f->n > 0 && f->wrong == NULL) {
		err_set(e, "forced: takes no argument like '%.80s' without --login-shell; a session is named by --session",
			f->operands[0]);
		f->wrong = e;
	}
	f->n = 0;
}

/* Does not return where it runs here. */
static int begin(struct forced *f)
{
	enum forced_where w = where(f);

	if (w == FORCED_INPUT)
		w = f->wrong == NULL && forced_input_is_script() ? FORCED_JOB :
			FORCED_HERE;
	switch (w) {
	case FORCED_IN_SESSION:
	case FORCED_ITSELF:
		return refuse(f, w);
	case FORCED_JOB:
		if (f->wrong == NULL)
			return go_on(f);
		log_fail("%s; so this runs on the login node", f->wrong->text);
		break;
	case FORCED_HERE:
	case FORCED_INPUT:
		break;
	}
	run_here(f);
}

int forced_here(struct options *o, const struct forced_words *words)
{
	struct forced f = { .opt = o, .words = words, .wrong = words->wrong };
	struct err e;

	read_asked(&f, &e);
	find_sftp(&f);
	return begin(&f);
}
