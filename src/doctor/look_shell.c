/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The login shell, and what its start-up files do: they are run, as each ssh runs
 * them, and nothing else is typed than two words to be said.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor/ask.h"
#include "doctor/look.h"
#include "doctor/startup.h"
#include "editor/posixshell.h"
#include "opt/opttable.h"
#include "os/userdir.h"

static const char *login_shell(const struct patient *p)
{
	return p->opt->shell.path != NULL ? p->opt->shell.path :
		p->user->shell;
}

void look_shell(const struct patient *p, struct finding *f)
{
	const char *shell = login_shell(p), *name = finding_program(shell);

	if (access(shell, X_OK) == -1)
		finding_set(f, VERDICT_FAULT, "%s is not there, or cannot be run",
			shell);
	else if (strcmp(name, "nologin") == 0 || strcmp(name, "false") == 0)
		finding_set(f, VERDICT_FAULT, "%s lets nobody in", shell);
	else if (!posixshell_is(shell) && p->opt->shell.path == NULL)
		finding_set(f, VERDICT_OK, "%s; editors' scripts are read by /bin/bash",
			shell);
	else
		finding_set(f, VERDICT_OK, "%s", shell);
}

void look_startup(const struct patient *p, struct finding *f)
{
	const char *shell = login_shell(p);
	char *traced[] = { (char *)shell, (char *)"-lx", NULL };
	char *as_login[] = { (char *)shell, (char *)"-c",
		(char *)startup_as_login, NULL };
	struct answer a;
	struct err e;

	if (!posixshell_is(shell))
		shell = traced[0] = as_login[0] = (char *)"/bin/bash";
	if (access(shell, X_OK) == -1) {
		finding_set(f, VERDICT_UNKNOWN, "there is no %s to be tried", shell);
		return;
	}
	putenv((char *)startup_ps4(shell));
	if (ask(geteuid() == 0 && strcmp(finding_program(shell), "bash") == 0 ? as_login :
		traced, NULL, startup_typed, ASK_MS, &a, &e) == -1)
		finding_set(f, VERDICT_FAULT, "%s", e.text);
	else
		startup_judge(buf_data(&a.said), a.status == -1, a.ms, shell, f);
	buf_fini(&a.said);
}
