/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * New programs are tried before anybody is given them, with a home directory of their
 * own: no start-up file, setting or record of the user is touched, or counts.
 */
#include "front/update/trial.h"

#include <stdlib.h>

#include "base/mem.h"
#include "front/update/step.h"
#include "os/log.h"

#define VERSION_SECONDS 30L
#define SHELL_SECONDS 120L

/* DIR VERSION */
static const char say_version[] =
	"for each in vscode-remote-agent launch-local; do\n"
	"	test -x \"$1/libexec/vscode-remote-shell/$each\" ||\n"
	"		{ echo \"it has no $each\"; exit 1; }\n"
	"done\n"
	"said=$(\"$1/bin/vscode-remote-shell\" --version 2>&1 | head -n 1)\n"
	"test \"$said\" = \"vscode-remote-shell $2\" ||\n"
	"	{ echo \"--version says '$said', not '$2'\"; exit 1; }\n";

/* DIR STAGE OURS. Status 64 is that of options that settings forbid. */
static const char have_shell[] =
	"for each in $(env | sed -n 's/^\\(\\(VSCODE_REMOTE\\|XDG\\|SLURM\\)_[A-Z0-9_]*\\)=.*/\\1/p'); do\n"
	"	test \"$each\" = XDG_RUNTIME_DIR || unset \"$each\"\n"
	"done\n"
	"session() {\n"
	"	program=$1/bin/vscode-remote-shell state=$2\n"
	"	shift 2\n"
	"	timeout -k 5 40 \"$program\" --launcher=local --state-dir=\"$state\" \\\n"
	"		--session=update-trial --idle-timeout=1m \"$@\"\n"
	"}\n"
	"try() {\n"
	"	rm -rf \"$2/trial\"\n"
	"	mkdir -m 700 \"$2/trial\" \"$2/trial/home\" || exit\n"
	"	HOME=$2/trial/home\n"
	"	export HOME\n"
	"	cd \"$HOME\" || exit\n"
	"	echo 'echo trial-$((40 + 2))' | session \"$1\" \"$2/trial/state\" \\\n"
	"		--shell=/bin/sh --linger=0 --server-hygiene=off -q \\\n"
	"		>\"$2/trial/out\" 2>\"$2/trial/err\"\n"
	"	status=$?\n"
	"	session \"$1\" \"$2/trial/state\" cancel </dev/null >/dev/null 2>&1\n"
	"	cat \"$2/trial/err\"\n"
	"	case $status,$(cat \"$2/trial/out\") in\n"
	"	0,*trial-42*) return ;;\n"
	"	0,*) status=1 ;;\n"
	"	esac\n"
	"	return $status\n"
	"}\n"
	"try \"$1\" \"$2\" && exit\n"
	"test $? = 64 || exit 1\n"
	"try \"$3\" \"$2\"\n"
	"test $? = 64 && echo forbidden\n";

int trial_run(const char *dir, const char *version, const char *ours,
	const char *stage, struct err *e)
{
	struct buf said = { 0 };
	int ret = step_run(say_version, (const char *const[]){ dir, version, NULL },
		NULL, VERSION_SECONDS, NULL, e);

	if (ret == 0)
		ret = step_run(have_shell, (const char *const[]){ dir, stage, ours,
			NULL }, NULL, SHELL_SECONDS, &said, e);
	if (ret == -1)
		err_prefix(e, "%s does not run here: ", version);
	else
		log_info("update: the trial said: %s", buf_data(&said));
	buf_fini(&said);
	return ret;
}
