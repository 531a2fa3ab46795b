/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of what doctor looks at. */
#include <string.h>

#include "doctor/check.h"
#include "doctor/look.h"

#define BOTH (CHECK_LOGIN | CHECK_NODE)

const struct doctor_check check_table[] = {
	{ "settings", CHECK_LOGIN, look_settings,
		.means = "nothing is started as long as a file of settings is not good",
		.advice = "mend the line that it names; vscode-remote-shell config --check=FILE tries it" },
	{ "options", CHECK_LOGIN, look_contradictions,
		.means = "two options, each good by itself, do not go together",
		.advice = "leave one of the two out; vscode-remote-shell config tells who gave it" },
	{ "version", CHECK_LOGIN, look_version, .late_is_fault = 1,
		.means = "what jobs run is not of this installation, or cannot be run",
		.advice = "install all programs anew, from one build, at the same path on login and compute nodes" },
	{ "update", CHECK_LOGIN, look_update, .late_is_fault = 0 },
	{ "scheduler", CHECK_LOGIN, look_scheduler, .late_is_fault = 1,
		.means = "no job can be found or started; sessions that run are reached all the same",
		.advice = "try squeue here; if that fails, too, tell your administrators; where there is no scheduler, give --launcher=local (launcher = local in the settings)" },
	{ "munge", CHECK_LOGIN, look_munge, .of_cluster = 1 },
	{ "home", BOTH, look_home, .late_is_fault = 1,
		.means = "the home directory is slow or does not answer, and shells and editors' servers with it",
		.advice = "wait, or tell your administrators; --server-dir=node keeps the server on the node's own disk" },
	{ "room", BOTH, look_room, .late_is_fault = 1, .blame = "home",
		.means = "an editor's server cannot be put there, or is about to fail there",
		.advice = "make room, or, where permission is denied, make it yours and writable (chown, chmod u+w); --server-dir=node keeps the server elsewhere" },
	{ "quota", CHECK_LOGIN, look_quota,
		.means = "you use more than you may, and writing fails now or soon",
		.advice = "remove what you do not need; quota -s tells how much that is" },
	{ "state", BOTH, look_state, .late_is_fault = 1, .blame = "home",
		.means = "sessions are kept in the state directory, which login and compute nodes must share, and nobody else may touch",
		.advice = "do what the line says, or give --state-dir=DIR, one that is yours and that compute nodes see, too" },
	{ "records", CHECK_LOGIN, look_records,
		.means = "folders of sessions that are over were never removed",
		.advice = "remove those of which vscode-remote-shell list shows no session" },
	{ "clock", CHECK_LOGIN, look_clock, .blame = "home",
		.means = "times of files are wrong here: records that are new look old, and munge refuses what is 5 minutes off",
		.advice = "tell your administrators: NTP is not at work on one of the two" },
	{ "folders", CHECK_LOGIN, look_folders,
		.means = "old servers and extensions of an editor fill your home directory",
		.advice = "remove versions that you do not use from its bin, cli/servers and extensions" },
	{ "shell", BOTH, look_shell,
		.means = "your login shell lets no session begin",
		.advice = "give another one by --shell, or have your login shell changed (chsh)" },
	{ "startup", BOTH, look_startup, .late_is_fault = 1, .blame = "home",
		.means = "what an editor types to your login shell goes to a start-up file, or is answered late, or mixed with other text",
		.advice = "put it behind a test for a terminal, such as [ -t 0 ] || return, or remove it" },
	{ "sshd", CHECK_LOGIN, look_login_sshd,
		.means = "VS Code reaches its server by a forwarding of ssh, and each window and terminal of ssh is a session of it",
		.advice = "ask your site to allow it: AllowTcpForwarding local, AllowStreamLocalForwarding yes, MaxSessions 10" },
	{ "logind", CHECK_LOGIN, look_logind,
		.means = "what stays when you log out is ended, and so a forwarded port does not outlive its ssh; sessions do",
		.advice = "nothing must be done; --linger=0 says so, and loginctl enable-linger keeps the port" },
	{ "limits", BOTH, look_limits,
		.means = "programs here fail when they want more than that",
		.advice = "remove the ulimit from your start-up files, or ask your administrators" },
	{ "peers", BOTH, look_peers,
		.means = "it cannot be told whose connections come in, so they are refused",
		.advice = "use another node; --peer-check=prefer lets in those that nobody can tell" },
	{ "xauth", CHECK_LOGIN, look_xauth,
		.means = "--forward-x11 cannot find the cookie of the display",
		.advice = "have xauth installed, or leave --forward-x11 out" },
	{ "libc", CHECK_NODE, look_libc,
		.means = "VS Code's server does not start here (exit code 207)",
		.advice = "ask for nodes with a newer system, or use a container (--container), or a glibc of your site's; see the manual" },
	{ "libstdc++", CHECK_NODE, look_libstdcxx,
		.means = "VS Code's server does not start here",
		.advice = "load a newer GCC's library by --prologue, or use a container (--container)" },
	{ "node-sshd", CHECK_NODE, look_node_sshd,
		.means = "ssh clients cannot come into the job (proxy); VS Code by RemoteCommand can",
		.advice = "have openssh-server installed on the nodes, or name another one by --sshd" },
	{ "nologin", CHECK_NODE, look_nologin,
		.means = "sshd lets nobody in, so ssh clients cannot come into the job (proxy)",
		.advice = "tell your administrators that the node runs jobs and has that file" },
	{ "containers", CHECK_NODE, look_containers,
		.means = "--container cannot be entered",
		.advice = "choose another --container-runtime, or ask your administrators for what the line names" },
	{ "job", .means = "no session can be had with these options",
		.advice = "do what the line says; vscode-remote-shell --dry-run shows the job that would be submitted" },
	{ "container", .means = "no program of a session with this container can begin",
		.advice = "do what the line says, or choose another --container; shell --no-container shows what is on the node" },
	{ "link", .means = "the login node and the agent in the job do not reach each other",
		.advice = "give the ports that are open between them by --link-port, or the network by --link-address" },
	{ "shared", .means = "sessions are kept in the state directory, which login and compute nodes must share",
		.advice = "choose a directory on a file system that both have, by --state-dir" },
	{ "node-clock", .means = "munge refuses what is 5 minutes off, and times of files are wrong on one of the two",
		.advice = "tell your administrators: NTP is not at work on one of the two" },
	{ 0 }
};

const struct doctor_check *check_find(const char *name)
{
	for (const struct doctor_check *c = check_table; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
