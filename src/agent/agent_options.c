/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/agent_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tag.h"
#include "config.h"
#include "opt/opt.h"
#include "os/log.h"
#include "os/print.h"
#include "os/warnsig.h"

static int agent_options_print_help(const struct options *o,
	const char *program, struct err *e)
{
	struct buf text = { 0 };

	buf_printf(&text, "Usage: %s --tag=HEX16 --state-dir=DIR [OPTION]...\n"
		"The part of vscode-remote-shell that is the job. vscode-remote-shell starts it.\n\n",
		program);
	opt_help(&o->set, NULL, &text);
	return print_text(&text, e);
}

static int agent_options_print_version(struct err *e)
{
	struct buf text = { 0 };

	buf_printf(&text, "vscode-remote-agent %s\n", PACKAGE_VERSION);
	return print_text(&text, e);
}

static int agent_options_check(const struct options *o, struct err *e)
{
	const char *tag = o->agent.tag, *dir = o->session.state_dir;
	struct warnsig signal;

	if (tag == NULL && o->agent.doctor == NULL)
		return err_set(e, "--tag: is needed, 16 hex digits");
	if (tag != NULL && !tag_is_valid(tag))
		return err_set(e, "--tag: '%.80s' is not 16 hex digits",
			tag);
	if (dir == NULL)
		return err_set(e, "--state-dir: is needed, an absolute path");
	if (dir[0] != '/')
		return err_set(e, "--state-dir: '%.200s' is not an absolute path",
			dir);
	if (o->session.sshd != NULL && o->session.sshd[0] != '/')
		return err_set(e, "--sshd: '%.200s' is not an absolute path",
			o->session.sshd);
	if (warnsig_parse(&signal, o->session.signal, e) == -1)
		return err_prefix(e, "--signal: ");
	return 0;
}

/*
 * What the session does as a whole is done by its first agent, and the records of
 * editors' servers in a home directory that nodes share are of those there.
 */
static void agent_options_leave_to_first(struct options *o)
{
	free(o->session.notify_command);
	o->session.notify_command = NULL;
	free(o->session.signal);
	o->session.signal = NULL;
	optlist_free(&o->hooks.job_start);
	optlist_free(&o->hooks.job_end);
	free(o->agent.orphan_command);
	o->agent.orphan_command = NULL;
	o->servers.hygiene = 0;
	free(o->servers.settings);
	o->servers.settings = NULL;
	o->servers.dir = OPTIONS_SERVER_DIR_HOME;
	o->agent.time_limit = 0;
}

int agent_options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	int i;

	options_init(o, OPT_AGENT);
	i = opt_parse(&o->set, argc, argv, 1, e);
	if (i == -1)
		return -1;
	if (o->flags.help)
		return agent_options_print_help(o, opt_program(argc, argv), e);
	if (o->flags.version)
		return agent_options_print_version(e);
	if (i < argc)
		return err_set(e, "'%.80s' is not an option: see %s --help",
			argv[i], opt_program(argc, argv));
	if (agent_options_check(o, e) == -1)
		return -1;
	if (o->agent.node != NULL)
		agent_options_leave_to_first(o);
	return 0;
}

int agent_options_log_level(const struct options *o)
{
	return LOG_LEVEL_ERROR + o->log.verbose;
}
