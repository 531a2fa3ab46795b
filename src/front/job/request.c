/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/job/request.h"

#include <unistd.h>

#include "base/kv.h"
#include "proto/sessionenv.h"

void request_find(const struct front *f, const char *session, const char *tag,
	struct buf *out)
{
	if (session != NULL)
		kv_write(out, "session", session);
	if (tag != NULL)
		kv_write(out, "tag", tag);
	kv_write(out, "state-dir", f->state_dir);
}

void request_job(const struct front *f, const char *job, struct buf *out)
{
	kv_write(out, "job", job);
	kv_write(out, "state-dir", f->state_dir);
}

static void write_command(const struct front *f, const char *tag,
	const char *network, struct buf *out)
{
	const struct options *o = &f->opt;

	if (o->agent != NULL)
		kv_write(out, "command", o->agent);
	else
		kv_writef(out, "command", "%s/vscode-remote-agent",
			f->libexec);
	kv_writef(out, "command", "--tag=%s", tag);
	kv_writef(out, "command", "--state-dir=%s", f->state_dir);
	kv_writef(out, "command", "--session=%s", o->session);
	kv_writef(out, "command", "--idle-timeout=%lds", o->idle_timeout);
	if (o->idle_busy != 0)
		kv_writef(out, "command", "--idle-busy=%s",
			options_idle_busy[o->idle_busy]);
	if (o->signal != NULL)
		kv_writef(out, "command", "--signal=%s", o->signal);
	if (o->notify_command != NULL)
		kv_writef(out, "command", "--notify-command=%s",
			o->notify_command);
	if (o->notify_terminals)
		kv_write(out, "command", "--notify-terminals=on");
	if (network != NULL)
		kv_writef(out, "command", "--link-address=%s", network);
	if (o->link_ports.last != 0)
		kv_writef(out, "command", "--link-port=%u-%u",
			o->link_ports.first, o->link_ports.last);
	if (!o->server_hygiene)
		kv_write(out, "command", "--server-hygiene=off");
	if (o->server_dir != OPTIONS_SERVER_DIR_HOME)
		kv_writef(out, "command", "--server-dir=%s",
			o->server_dir == OPTIONS_SERVER_DIR_NODE ? "node" :
			"session");
	if (o->verbose > 0)
		kv_write(out, "command", o->verbose > 1 ? "-vv" : "-v");
}

static void set_if_unset(struct envlist *env, const char *name,
	const char *value)
{
	if (envlist_get(env, name) == NULL)
		envlist_set(env, name, value);
}

/* As sbatch gives it to a job, but for the rows of proto/sessionenv. */
static void write_env(const struct front *f, struct buf *out)
{
	struct envlist env = { 0 };

	sessionenv_of_login(&env, environ);
	envlist_set(&env, "HOME", f->user.home);
	set_if_unset(&env, "USER", f->user.name);
	set_if_unset(&env, "LOGNAME", f->user.name);
	set_if_unset(&env, "SHELL", f->user.shell);
	for (size_t i = 0; i < env.n; i++)
		kv_write(out, "env", env.list[i]);
	envlist_fini(&env);
}

void request_submit(const struct front *f, const char *tag,
	const char *network, struct buf *out)
{
	const struct options *o = &f->opt;

	kv_write(out, "tag", tag);
	kv_write(out, "session", o->session);
	kv_write(out, "user", f->user.name);
	write_command(f, tag, network, out);
	write_env(f, out);
	for (size_t i = 0; i < o->salloc_args.n; i++)
		kv_write(out, "option", o->salloc_args.word[i]);
	kv_writef(out, "log", "%s/%s/agent.log", f->state_dir, tag);
	kv_write(out, "chdir", f->user.home);
	kv_write(out, "state-dir", f->state_dir);
}
