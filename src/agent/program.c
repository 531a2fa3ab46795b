/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of programs, and how a shell is called. A new kind is a row, and a
 * function that says which program it is.
 */
#include "agent/program.h"

#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "agent/container.h"
#include "agent/prologue.h"
#include "agent/sshd.h"
#include "agent/sshdprobe.h"
#include "base/mem.h"
#include "proto/sessionenv.h"

/* Another shell than his own, by its path. */
static int wants_another(const struct jobenv *j, const struct shell_request *r)
{
	return r->shell[0] != '\0' && strcmp(r->shell, j->job->user.shell) != 0;
}

/*
 * Scripts of editors are for a POSIX shell, and so are commands of ours; people
 * and who runs a command in his session get his own.
 */
static const char *choose_shell(const struct jobenv *j,
	const struct shell_request *r, const char *own, const char *posix)
{
	if (wants_another(j, r))
		return r->shell;
	return r->shell[0] != '\0' || r->pty || r->command[0] != '\0' ?
		own : posix;
}

/* SHELL stays the user's unless he has asked for another shell. */
static void set_env(struct envlist *env, const struct jobenv *j,
	const struct shell_request *r)
{
	if (wants_another(j, r))
		envlist_set(env, "SHELL", r->shell);
	sessionenv_unset(env, SESSIONENV_TERM);
	if (r->pty)
		sessionenv_set(env, SESSIONENV_TERM,
			r->term[0] ? r->term : "dumb");
	envlist_change_all(env, buf_data(&r->env), r->env.len);
}

/*
 * A login shell has a '-' before its name. But bash then believes, and says in
 * $BASH, that it is the shell of the passwd entry, by which start-up files of
 * sites tell what they are read by. Where that is another it is called as by
 * `ssh host bash -l'.
 */
static void make_argv(struct program *p, const struct jobenv *j,
	const char *shell, const char *command)
{
	char path[256];
	const char *name;
	int n = 0;

	snprintf(path, sizeof path, "%s", shell);
	name = basename(path);
	if (strcmp(name, "bash") == 0 &&
		strcmp(shell, j->job->user.passwd_shell) != 0) {
		p->argv[n++] = "bash";
		p->argv[n++] = "-l";
	} else {
		snprintf(p->login, sizeof p->login, "-%s", name);
		p->argv[n++] = p->login;
	}
	if (command[0] != '\0') {
		p->argv[n++] = "-c";
		p->argv[n++] = (char *)(uintptr_t)command;
	}
	p->argv[n] = NULL;
}

/* The session's prologue first; the rest is behind it. */
static void make_words(struct program *p, const struct jobenv *j,
	const char *shell, const char *command)
{
	p->command = prologue_command(&j->job->opt->hooks.prologue, j->bin,
		shell, command);
	make_argv(p, j, shell, p->command != NULL ? p->command : command);
}

static void make_shell(struct program *p, const struct jobenv *j,
	const struct shell_request *r)
{
	const char *shell = choose_shell(j, r, j->own_shell, j->posix_shell);

	make_words(p, j, shell, r->command);
	starter_init(&p->starter, j, shell, p->argv,
		r->pty ? STARTER_TERMINAL : STARTER_PIPES);
	p->starter.window = r->window;
	set_env(&p->starter.env, j, r);
}

static void program_add(struct program *p, const char *word)
{
	optlist_add(&p->words, mem_strdup(word));
}

/*
 * The same in the image, by its own shells. What is called there by a path alone
 * cannot be given another name, so it is told by -l that it is a login shell.
 */
static int make_inside(struct program *p, const struct jobenv *j,
	const struct shell_request *r, struct err *e)
{
	const struct container *c = j->container;
	const char *shell, *command;

	if (container_is_there(j, e) == -1)
		return -1;
	shell = choose_shell(j, r, c->found.own_shell, c->found.posix_shell);
	p->command = prologue_command(&j->job->opt->hooks.prologue,
		jobenv_bin_inside(j), shell, r->command);
	command = p->command != NULL ? p->command : r->command;
	set_env(&p->starter.env, j, r);
	container_put_words(c, j, &p->starter.env, r->pty, shell, &p->words);
	program_add(p, shell);
	if (prologue_has_login(shell))
		program_add(p, "-l");
	if (command[0] != '\0') {
		program_add(p, "-c");
		program_add(p, command);
	}
	optlist_add(&p->words, NULL);
	p->starter.path = p->words.word[0];
	p->starter.argv = p->words.word;
	p->is_between = container_is_between(c);
	return 0;
}

static int start_shell_of(struct program *p, const struct jobenv *j,
	const struct shell_request *r, struct err *e)
{
	if (!program_is_inside(r) || !container_is_wanted(j)) {
		make_shell(p, j, r);
		return 0;
	}
	starter_init(&p->starter, j, NULL, NULL,
		r->pty ? STARTER_TERMINAL : STARTER_PIPES);
	p->starter.window = r->window;
	if (make_inside(p, j, r, e) == 0)
		return 0;
	p->status = EX_TEMPFAIL;
	starter_fini(&p->starter);
	return -1;
}

static int make_login_shell(struct program *p, const struct jobenv *j,
	const struct shell_request *r, struct err *e)
{
	if (r->command[0] != '\0')
		return err_set(e, "a login shell is given no command");
	return start_shell_of(p, j, r, e);
}

static int make_command(struct program *p, const struct jobenv *j,
	const struct shell_request *r, struct err *e)
{
	if (r->command[0] == '\0')
		return err_set(e, "there is no command to be run");
	return start_shell_of(p, j, r, e);
}

/*
 * Libraries that the session's environment names are for its programs, not for
 * sshd itself: that has the environment in its configuration.
 */
static int make_sshd(struct program *p, const struct jobenv *j,
	const struct shell_request *r, struct err *e)
{
	p->status = EX_UNAVAILABLE;
	p->sshd = sshd_new(p->sshds, r, e);
	if (p->sshd == NULL)
		return -1;
	p->argv[0] = (char *)(uintptr_t)p->sshd->path;
	p->argv[1] = "-i";
	p->argv[2] = "-e";
	p->argv[3] = "-f";
	p->argv[4] = p->sshd->config;
	p->argv[5] = NULL;
	starter_init(&p->starter, j, p->sshd->path, p->argv, STARTER_SOCKET);
	envlist_fini(&p->starter.env);
	envlist_put(&p->starter.env, SSHDPROBE_PATH);
	return 0;
}

static const struct kind {
	const char *name;
	int (*make)(struct program *, const struct jobenv *,
		const struct shell_request *, struct err *);
	int is_outside;		/* on the node, whatever container there is */
	int needs_container;	/* all the same */
	int is_sshd;
} kinds[] = {
	{ KIND_SHELL, make_login_shell, .is_outside = 0 },
	{ KIND_COMMAND, make_command, .is_outside = 0 },
	{ KIND_SSHD, make_sshd, .is_sshd = 1 },
	{ KIND_SHELL_OUTSIDE, make_login_shell, .is_outside = 1 },
	{ KIND_COMMAND_OUTSIDE, make_command, .is_outside = 1 },
	{ KIND_SSHD_OUTSIDE, make_sshd, .is_outside = 1, .is_sshd = 1 },
	{ KIND_SHELL_BESIDE, make_login_shell, .is_outside = 1,
		.needs_container = 1 },
};

/* NULL: there is no such kind. */
static const struct kind *program_kind(const struct shell_request *r)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, r->kind) == 0)
			return &kinds[i];
	return NULL;
}

int program_is_inside(const struct shell_request *r)
{
	const struct kind *k = program_kind(r);

	return k == NULL || !k->is_outside;
}

int program_needs_container(const struct shell_request *r)
{
	const struct kind *k = program_kind(r);

	return k == NULL || !k->is_outside || k->needs_container;
}

int program_is_sshd(const struct shell_request *r)
{
	const struct kind *k = program_kind(r);

	return k != NULL && k->is_sshd;
}

int program_init(struct program *p, const struct jobenv *j,
	struct sshds *sshds, const struct shell_request *r, struct err *e)
{
	const struct kind *kind = program_kind(r);

	p->status = EX_PROTOCOL;
	p->sshds = sshds;
	p->sshd = NULL;
	p->command = NULL;
	p->words = (struct opt_list){ 0 };
	p->is_between = 0;
	if (kind != NULL)
		return kind->make(p, j, r, e);
	return err_set(e, "the session's agent on %s knows no \"%s\" that it could start: its version is another than that of the login node; end the session with `vscode-remote-shell cancel', and connect again",
		j->job->node, r->kind);
}

void program_fini(struct program *p)
{
	starter_fini(&p->starter);
	free(p->command);
	optlist_free(&p->words);
	sshd_free(p->sshd);
}
