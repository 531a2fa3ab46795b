/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records for a launcher's stdin, see vscode-remote-launcher(7). The agent's
 * command line is what the user gave of the rows that are passed on
 * (opt/opttable.c), and what the front knows better: tag, resolved state
 * directory, network.
 */
#include "front/job/front_request.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/kv.h"
#include "opt/optsalloc.h"
#include "proto/sessionenv.h"

#define CLAIM_SECONDS 60	/* for a client to come, once it runs */
#define AGENT_VERBOSE 2		/* more would fill the home directory with its log */

void front_request_find(const struct invocation *inv, const char *session,
	const char *tag, struct buf *out)
{
	if (session != NULL)
		kv_write(out, "session", session);
	if (tag != NULL)
		kv_write(out, "tag", tag);
	kv_write(out, "state-dir", inv->state_dir);
}

void front_request_job(const struct invocation *inv, const char *job, struct buf *out)
{
	kv_write(out, "job", job);
	kv_write(out, "state-dir", inv->state_dir);
}

/* What the front has found out itself, over what was typed. */
static void front_request_give(struct options *agent, const void *value,
	const char *text)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };
	struct err e;

	if (text != NULL && optset_set(&agent->set,
		optset_row(&agent->set, value), text, &typed, &e) == -1)
		abort(); /* it has been checked */
}

void front_request_agent(const struct invocation *inv, const char *tag,
	const char *network, struct opt_list *words)
{
	struct options agent;

	options_init(&agent, OPT_AGENT);
	optset_pass(&agent.set, &inv->opt->set);
	if (agent.log.verbose > AGENT_VERBOSE)
		agent.log.verbose = AGENT_VERBOSE;
	front_request_give(&agent, &agent.agent.tag, tag);
	/* Also the default one: ps on the node tells which session it is. */
	front_request_give(&agent, &agent.session.name, inv->opt->session.name);
	front_request_give(&agent, &agent.session.state_dir, inv->state_dir);
	front_request_give(&agent, &agent.link.address, network);
	for (size_t i = 0; inv->opt->container.image != NULL &&
		i < inv->opt->runtimes.n; i++)
		front_request_give(&agent, &agent.agent.runtimes,
			inv->opt->runtimes.word[i]);
	optset_words(&agent.set, words);
	options_free(&agent);
}

static void write_command(const struct invocation *inv, const char *tag,
	const char *network, struct buf *out)
{
	struct opt_list words = { 0 };

	if (inv->opt->job.agent != NULL)
		kv_write(out, "command", inv->opt->job.agent);
	else
		kv_writef(out, "command", "%s/vscode-remote-agent",
			inv->libexec);
	front_request_agent(inv, tag, network, &words);
	for (size_t i = 0; i < words.n; i++)
		kv_write(out, "command", words.word[i]);
	optlist_free(&words);
}

static void set_if_unset(struct envlist *env, const char *name,
	const char *value)
{
	if (envlist_get(env, name) == NULL)
		envlist_set(env, name, value);
}

/* As sbatch gives it to a job, but for the rows of proto/sessionenv. */
static void write_env(const struct invocation *inv, struct buf *out)
{
	struct envlist env = { 0 };

	sessionenv_of_login(&env, environ);
	/* With --outbound it is we who use the login node's proxy. */
	if (inv->opt->outbound.way != OPTIONS_OUTBOUND_OFF)
		sessionenv_drop_proxies(&env);
	envlist_set(&env, "HOME", inv->user.home);
	set_if_unset(&env, "USER", inv->user.name);
	set_if_unset(&env, "LOGNAME", inv->user.name);
	set_if_unset(&env, "SHELL", inv->user.shell);
	for (size_t i = 0; i < env.n; i++)
		kv_write(out, "env", env.list[i]);
	envlist_fini(&env);
}

/* Who queues a session ahead of time need not be there when it begins. */
static void write_way(const struct invocation *inv, int ahead, struct buf *out)
{
	static const char *const ways[] = {
		[OPTIONS_START_AUTO] = "auto",
		[OPTIONS_START_BATCH] = "batch",
		[OPTIONS_START_ALLOCATION] = "allocation",
	};

	kv_write(out, "start", ways[inv->opt->job.start]);
	if (!ahead)
		kv_writef(out, "claim", "%d", CLAIM_SECONDS);
}

void front_request_options(const struct invocation *inv, struct buf *out)
{
	struct opt_list options = { 0 };

	optsalloc_words(&inv->opt->set, &inv->opt->job.salloc_args, &options);
	for (size_t i = 0; i < options.n; i++)
		kv_write(out, "option", options.word[i]);
	optlist_free(&options);
}

void front_request_partitions(const struct invocation *inv, int all,
	struct buf *out)
{
	front_request_options(inv, out);
	if (all)
		kv_write(out, "all", "1");
	kv_write(out, "state-dir", inv->state_dir);
}

void front_request_submit(const struct invocation *inv, const char *tag,
	const char *network, int ahead, struct buf *out)
{
	kv_write(out, "tag", tag);
	kv_write(out, "session", inv->opt->session.name);
	kv_write(out, "user", inv->user.name);
	write_command(inv, tag, network, out);
	write_env(inv, out);
	front_request_options(inv, out);
	write_way(inv, ahead, out);
	kv_writef(out, "log", "%s/%s/agent.log", inv->state_dir, tag);
	kv_write(out, "chdir", inv->user.home);
	kv_write(out, "state-dir", inv->state_dir);
}
