/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command audit: whether an installation keeps what the manual promises. It
 * looks at this host alone, asks no scheduler, and changes nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/audit/auditport.h"
#include "front/audit/auditunit.h"
#include "front/audit/findings.h"
#include "front/cmd/commands.h"
#include "front/cmd/settings.h"
#include "front/cmd/show.h"
#include "front/job/invocation.h"
#include "front/parting.h"
#include "opt/opttable.h"
#include "os/log.h"

/* Exit statuses, beside those of errors. */
enum { AUDIT_CLEAN, AUDIT_FOUND };

static void audit_programs(struct findings *f, const struct invocation *inv)
{
	findings_path(f, AUDITMODE_OURS, "/proc/self/exe", 1);
	findings_directory(f, inv->libexec);
}

static void audit_settings(struct findings *f)
{
	findings_directory(f, SETTINGS_SITE);
	findings_directory(f, SETTINGS_SITE "/config.d");
}

/* The program of each command, where that is a path. */
static void audit_hooks(struct findings *f, const struct opt_list *commands)
{
	for (size_t i = 0; i < commands->n; i++) {
		const char *at = commands->word[i] +
			strspn(commands->word[i], "- \t");
		char *path = mem_strndup(at, strcspn(at, " \t;|&<>"));

		if (path[0] == '/')
			findings_path(f, AUDITMODE_OURS, path, 1);
		free(path);
	}
}

/* Where users write files of their own into one directory. */
static void audit_shared(struct findings *f, const struct options *o)
{
	const char *cache = o->container.cache, *log = o->events.file, *dir;

	dir = cache != NULL ? strrchr(cache, ':') : NULL;
	dir = dir != NULL ? dir + 1 : cache;
	if (dir != NULL && dir[0] == '/')
		findings_path(f, AUDITMODE_SHARED, dir, 0);
	dir = log != NULL ? strrchr(log, '/') : NULL;
	if (dir != NULL && dir > log && memchr(log, '%', (size_t)(dir - log)) == NULL) {
		char *path = mem_strndup(log, (size_t)(dir - log));

		findings_path(f, AUDITMODE_SHARED, path, 1);
		free(path);
	}
}

/* The state directories of those whose homes were named. */
static void audit_homes(struct findings *f, const struct opt_list *homes)
{
	struct stat st;

	for (size_t i = 0; i < homes->n; i++) {
		char *state = mem_printf("%s/.local/state/vscode-remote-shell",
			homes->word[i]);

		if (stat(homes->word[i], &st) == -1)
			log_warning("%s cannot be seen", homes->word[i]);
		else
			findings_state(f, state, st.st_uid);
		free(state);
	}
}

static void *audit_begin(const struct invocation *inv)
{
	const struct options *o = inv->opt;
	const struct opt_list *const hooks[] = {
		&o->hooks.pre_submit, &o->hooks.post_submit,
		&o->hooks.job_start, &o->hooks.job_end,
	};
	struct findings f = { .owner = geteuid() };
	struct err e;
	int status;

	audit_programs(&f, inv);
	audit_settings(&f);
	for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
		audit_hooks(&f, hooks[i]);
	if (o->servers.settings != NULL &&
		o->servers.settings[0] == '/')
		findings_path(&f, AUDITMODE_OURS, o->servers.settings, 1);
	audit_shared(&f, o);
	audit_homes(&f, &o->line.operands);
	auditunit_look(&f);
	if (geteuid() != 0)
		log_tell("what processes listen on is seen by root only; it was not looked at");
	else if (auditport_look(&f, o->link.ports, &e) == -1)
		log_tell("%s; what processes listen on was not looked at",
			e.text);
	status = f.n > 0 ? AUDIT_FOUND : AUDIT_CLEAN;
	parting_exit(inv->parting, show_out(&f.text, status, &e));
	findings_fini(&f);
	return NULL;
}

static void audit_end(void *work)
{
	(void)work;
}

static const struct command_ops audit_ops = {
	.begin = audit_begin,
	.end = audit_end,
};

const struct command cmd_audit = {
	.name = "audit",
	.operands = "[HOME ...]",
	.session = COMMAND_NONE,
	.max = -1,
	.help = "look whether an installation is as safe as the manual says",
	.more = "A line is printed for each thing that is not. The exit status is 0 when there is none, and 1 otherwise.",
	.ops = &audit_ops,
};
