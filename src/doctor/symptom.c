/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The table of symptoms. Titles, causes and cures are those of doc/TROUBLESHOOTING.md,
 * which tests/docs compares; the parts of lines are in its titles, and some more.
 */
#include "doctor/symptom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define OURS "vscode-remote-shell: "

const struct symptom symptom_table[] = {
	{ .title = "`cannot stand in an ssh configuration without quotes`",
		.ours = WORDS("cannot stand in an ssh configuration without quotes"),
		.means = "`setup` writes only words that every ssh client reads in the same way: no blanks, no quotes, no `%`, nothing that a shell knows.",
		.advice = "write that option into a profile of your settings, and name the profile behind `setup`; make a link without blanks to the program, and call that." },
	{ .title = "\"TO DO: \", of the script that setup has printed",
		.others = WORDS("TO DO: "),
		.means = "Something is left to you: a setting that says otherwise, a file that cannot be written or is not understood. All else was done.",
		.advice = "write the lines that follow into that file, and run the script again: it is content then." },
	{ .title = "\"Cannot execute command-line and remote command\"",
		.others = WORDS("Cannot execute command-line and remote command"),
		.means = "VS Code added a command to the RemoteCommand: the host is in remote.SSH.remotePlatform, or remote.SSH.useLocalServer is not true.",
		.advice = "delete the entry; write the setting out, see the settings." },
	{ .title = "You are on the login node, and no job was made",
		.ours = WORDS("no Slurm is set up here: the session runs on this machine"),
		.means = "VS Code did not let ssh run the RemoteCommand, or read another file.",
		.advice = "check remote.SSH.enableRemoteCommand and remote.SSH.configFile. If the log says that a job runs on the login node itself, neither a configuration of Slurm nor an sbatch was found: add `--launcher=slurm`, which then says what is missing." },
	{ .title = "\"vscode-remote-shell: command not found\"",
		.others = WORDS("vscode-remote-shell: command not found"),
		.means = "It is not in the PATH of ssh's commands.",
		.advice = "write the full path." },
	{ .title = "VS Code gives up while `is pending (`",
		.ours = WORDS("is pending ("),
		.passes = 1,
		.means = "remote.SSH.connectTimeout is too short for the queue, or the job can never start; the reason is in the brackets.",
		.advice = "raise it, connect again; or change the options, after `vscode-remote-shell cancel`." },
	{ .title = "`may never start (`, or `can never start (`",
		.ours = WORDS("may never start (", "can never start ("),
		.passes = 1,
		.means = "The job asks for more than it may have; the line tells which option to change. After \"can\" the job was taken back already.",
		.advice = "`vscode-remote-shell cancel`, and connect again with other options. A scheduler's reason may change when nodes come back or limits are raised: without `--on-impossible=fail` the job waits for that." },
	{ .title = "`Slurm refused the job: `",
		.ours = WORDS("Slurm refused the job: "),
		.means = "Slurm's own reason follows.",
		.advice = "change that option, as in your RemoteCommand." },
	{ .title = "`) does not answer: `, `is the scheduler up?`, or `no answer from slurmctld`",
		.ours = WORDS(") does not answer: ", "is the scheduler up?", "no answer from slurmctld"),
		.passes = 1,
		.means = "slurmctld or munged does not answer.",
		.advice = "try squeue. A job may have been made all the same; the next connection finds it." },
	{ .title = "`Slurm's configuration cannot be used`",
		.ours = WORDS("Slurm's configuration cannot be used"),
		.means = "Slurm's commands are installed on this host, but no cluster is set up for them.",
		.advice = "log in to a node from which `sinfo` answers; where there is no scheduler, give `--launcher=local`, or `launcher = local` in the settings." },
	{ .title = "`cannot be run on this host: `",
		.ours = WORDS("cannot be run on this host: "),
		.means = "The launcher lacks a library, mostly after an upgrade of Slurm. Where launch-slurm-cli is installed, it does the work meanwhile.",
		.advice = "build it again, see Upgrades." },
	{ .title = "`is not in PATH on `",
		.ours = WORDS("is not in PATH on "),
		.means = "launch-slurm-cli runs Slurm's sbatch, squeue, scontrol and scancel, and your PATH on that host does not lead to them.",
		.advice = "add Slurm's bin directory to PATH in ~/.bashrc, before a line that ends it for what is no terminal." },
	{ .title = "`lets others in, expected 0700`",
		.ours = WORDS("lets others in, expected 0700"),
		.means = "Files with the key must be yours alone.",
		.advice = "run the chmod that it says, or put the state elsewhere with `--state-dir`." },
	{ .title = "`lets others write to it`",
		.ours = WORDS("lets others write to it"),
		.means = "Who may write to a directory above the state could replace it.",
		.advice = "run the chmod that it says; a project's directory needs the sticky bit, or name one below your home. A group of your own, with nobody else in it, is fine." },
	{ .title = "The password or second factor is asked for again and again",
		.others = WORDS("Verification code:", "Enter passphrase for key"),
		.means = "Each new ssh asks.",
		.advice = "use ControlMaster, see A second factor, and do not let VS Code try for ever: remote.SSH.maxReconnectionAttempts." },
	{ .title = "`ended before its agent could be reached`",
		.ours = WORDS("ended before its agent could be reached"),
		.means = "The last lines of agent.log follow. `missing or not executable on node`: the programs are not on the compute node at that path. \"error while loading shared libraries\": libevent or OpenSSL is missing there. `it is not known why`: the scheduler has no word for it, nor a status.",
		.advice = "see Install." },
	{ .title = "`could not write `",
		.ours = WORDS("could not write "),
		.means = "The compute node cannot write in the state directory: the home is read-only there, is not there, or is full.",
		.advice = "choose one that login and compute nodes can write, with room: `--state-dir=/scratch/me/vrs`." },
	{ .title = "`is its link port behind a firewall?`",
		.ours = WORDS("is its link port behind a firewall?"),
		.means = "The login node cannot connect to the agent.",
		.advice = "ask for the port range that is open and give `--link-port=60000-60999`; with several networks name the one they share, `--link-address=10.77.0.0/16`. See Network." },
	{ .title = "`the agent of session '`",
		.ours = WORDS("the agent of session '"),
		.means = "The one who answered does not have the key, or is of another version; the reason follows.",
		.advice = "after an upgrade end the session with `vscode-remote-shell cancel`." },
	{ .title = "\"disregarding --pty option\"",
		.others = WORDS("disregarding --pty option"),
		.means = "The RemoteCommand is srun, and its shell has no terminal: nothing of this program runs.",
		.advice = "write vscode-remote-shell there, with the same options." },
	{ .title = "`the shell in the job ended`, `the shell in the job has not answered`",
		.ours = WORDS("the shell in the job ended", "the shell in the job has not answered"),
		.others = WORDS("Display all ", "syntax error near unexpected token"),
		.means = "or nothing happens after the connection, and the log shows a menu, a banner, prompts. A start-up file of your shell exits, asks, starts something (tmux, fish) or reads what VS Code types. The line names the likely file, and a command that shows what each line of it does.",
		.advice = "mend that file: `ssh -T cluster` must show nothing that waits for you." },
	{ .title = "Exit code 207, or \"GLIBC\" in the log",
		.others = WORDS("exitCode==207==", "find GLIBC", "find GLIBCXX"),
		.means = "The node's C library is too old for VS Code's server.",
		.advice = "if your site has a newer one for it, pass it on: `-e VSCODE_SERVER_CUSTOM_GLIBC_LINKER` and its kin, see the man page and examples/site.conf." },
	{ .title = "`nobody is connected to the session who would dial`, or `allows it`",
		.ours = WORDS("nobody is connected to the session who would dial", "allows it"),
		.means = "What a program is told by the proxy of `--outbound`, with 503 or 403: no connection of yours that has the option is there; or what it wants is not in the internet. Of https curl says `CONNECT tunnel failed, response 503` only; `curl -v` shows the reason.",
		.advice = "connect again with `--outbound=login`; and with the option that the line names, such as `--outbound-allow=git.hpc.example:443`. Loopback, and the login node itself, are had by their address only: `--outbound-allow=127.0.0.1:8765`." },
	{ .title = "`no ssh has brought the laptop's proxy`",
		.ours = WORDS("no ssh has brought the laptop's proxy"),
		.means = "`--outbound=laptop` finds nobody at `--outbound-socket`: its ssh has no `RemoteForward`, or could not make the socket, since an earlier one had left it there.",
		.advice = "connect once more; what was left is removed, or the line says that you must." },
	{ .title = "`no effect: the session was started by an older version`",
		.ours = WORDS("no effect: the session was started by an older version"),
		.means = "Its agent knows nothing of that.",
		.advice = "`vscode-remote-shell cancel`, and connect again." },
	{ .title = "`VS Code's server cannot write there`",
		.ours = WORDS("VS Code's server cannot write there"),
		.others = WORDS("Cannot write: ", "unpackResult==error==", "Disk quota exceeded", "No space left on device"),
		.means = "Its folder in the home directory is full, at your quota (of bytes or of files), or read-only on the node.",
		.advice = "make room, or `--server-dir=node`." },
	{ .title = "`nothing listens on 127.0.0.1 port `",
		.ours = WORDS("nothing listens on 127.0.0.1 port "),
		.means = "VS Code's start script named a port of another machine: several machines with one home directory use one `~/.vscode-server`.",
		.advice = "connect again; if it stays, give the session a folder of its own with `--server-dir=session`. On a very slow node raise `--confirm-timeout`." },
	{ .title = "`record of a VS Code server moved to`",
		.ours = WORDS("record of a VS Code server moved to"),
		.passes = 1,
		.means = "No error: what a server of another machine, or of a job that was killed, had left in `~/.vscode-server` would have misled VS Code's start script. The man page of vscode-remote-agent tells what moves and what stays." },
	{ .title = "`--server-dir has no effect on this connection`",
		.ours = WORDS("--server-dir has no effect on this connection"),
		.means = "VS Code's start script named its server folder in another way than those that are known, or named one that is not in the home directory, as with the setting remote.SSH.serverInstallPath.",
		.advice = "remove that setting; or leave `--server-dir` out and have only one session at a time." },
	{ .title = "`cannot tell whose connections come in`",
		.ours = WORDS("cannot tell whose connections come in"),
		.means = "The kernel of the login node does not answer that question.",
		.advice = "`--peer-check=prefer` goes on without; others on that node could then connect." },
	{ .title = "The log says that the server runs, and then \"Cannot execute command-line and remote command\"",
		.means = "remote.SSH.enableDynamicForwarding is false, and VS Code opens a second ssh with a command of its own.",
		.advice = "switch it on." },
	{ .title = "\"Trigger local server download\", or \"wget download failed\"",
		.others = WORDS("Trigger local server download", "wget download failed", "Neither wget nor curl is installed", "trigger_server_download"),
		.rank = 1,
		.means = "The node has no internet, or neither wget nor curl, so VS Code would have your own computer get the server.",
		.advice = "`--prefetch=on` gets it on the login node, see The internet; `--outbound=login` is a way out for all in the job." },
	{ .title = "\"Could not re-use existing SOCKS connection\"",
		.others = WORDS("Could not re-use existing SOCKS connection", "Failed to connect to Cursor"),
		.means = "Cursor has come back to a port that was forwarded by an ssh that is gone. It makes a new connection by itself.",
		.advice = "nothing, if it goes on; else reload the window." },
	{ .title = "\"Server did not start successfully\", \"server died\", or \"listeningOn====\"",
		.others = WORDS("Server did not start successfully", "server died", "listeningOn====", "exitCode==24=="),
		.rank = 2,
		.means = "VS Code's server has ended at once, or has not come to listen in time. It writes why into a log below `~/.vscode-server`.",
		.advice = "look into that log; connect again when there is nothing in it; `vscode-remote-shell doctor --job` looks at the node." },
	{ .title = "\"open failed: administratively prohibited\"",
		.others = WORDS("open failed: administratively prohibited", "administratively prohibited"),
		.means = "sshd has AllowTcpForwarding no. VS Code needs it on the login node.",
		.advice = "ask your site, see Network." },
	{ .title = "\"channel 3: open failed: connect failed\", in the ssh of the line that was printed",
		.others = WORDS("open failed: connect failed"),
		.rank = 1,
		.means = "Nothing serves the socket on the login node: the `forward` or `app` that printed the line has ended, or runs on another login node than that ssh has come to.",
		.advice = "start it again, best in the same ssh: `LocalForward` and `RemoteCommand` in one entry, see Ports. \"administratively prohibited\" there means that the site's sshd has AllowStreamLocalForwarding no: `forward PORT 0` needs it not." },
	{ .title = "`whoever connects is reset until something of yours does`",
		.ours = WORDS("whoever connects is reset until something of yours does"),
		.means = "Nothing listens in the job on that port of 127.0.0.1, or another user's program does.",
		.advice = "start it; what listens on another address of the node only is not reached." },
	{ .title = "`whoever connects is reset until it can be reached`",
		.ours = WORDS("whoever connects is reset until it can be reached"),
		.means = "`forward HOST:PORT` has tried that host from the job's node, and the line says how it failed: it refuses, has not answered, or has no address by the node's `/etc/hosts` and name servers. Names that only another service of the node knows (LDAP, mDNS) are not found.",
		.advice = "start what is to listen there, or take the address." },
	{ .title = "`is on another host than the job's node, and no forward-hosts of the site's settings names it`",
		.ours = WORDS("is on another host than the job's node, and no forward-hosts of the site's settings names it"),
		.means = "Your site says which other hosts `forward` reaches, and that is none of them.",
		.advice = "ask your site for `forward-hosts`, see Other hosts; or use `ssh -L` of an entry with `proxy`." },
	{ .title = "`before it could be used`, or `it could not be used after`",
		.ours = WORDS("before it could be used", "it could not be used after"),
		.means = "The tool of `app` has ended or has not come to listen; the line has what it wrote last.",
		.advice = "type its command in `vscode-remote-shell shell`: is it in PATH there, or does it need a module? examples/apps.conf has the commands." },
	{ .title = "\"Host key verification failed\", or \"host key is known\"",
		.others = WORDS("Host key verification failed", "host key is known"),
		.means = "The host key of your sessions is not in known_hosts, or has been made anew.",
		.advice = "append the line that `vscode-remote-shell proxy --known-hosts` prints on the login node, without the old one if there is one, and name it by HostKeyAlias, see ProxyCommand." },
	{ .title = "\"Permission denied (publickey)\", or `has offered no key that is taken`",
		.ours = WORDS("has offered no key that is taken"),
		.others = WORDS("Permission denied (publickey"),
		.means = "Your ssh has no key, or the node's sshd takes listed ones only. When you try again a line says which.",
		.advice = "`ssh-keygen`, or `proxy --authorize` as that line tells, and IdentityFile with the name of the key." },
	{ .title = "`no ssh server can be used on`, `there is no sshd on`, or `cannot take any key`",
		.ours = WORDS("no ssh server can be used on", "there is no sshd on", "cannot take any key"),
		.means = "The node lets no sshd of yours serve you, for the reason in the line.",
		.advice = "what the line says. `--sshd` names another sshd, and RemoteCommand needs none." },
	{ .title = "`the host key in`, or `is damaged: remove it`",
		.ours = WORDS("the host key in", "is damaged: remove it"),
		.means = "Others can read the host key in the state directory, or it is none.",
		.advice = "chmod it, or remove it and take the new one into known_hosts." },
	{ .title = "`has no node '`, or `a node of its job: `",
		.ours = WORDS("has no node '", "a node of its job: "),
		.means = "The job has no node of that name, or no agent could be started on it; the reason follows.",
		.advice = "take a name that `squeue` shows for the job." },
	{ .title = "`the container cannot be entered on `",
		.ours = WORDS("the container cannot be entered on "),
		.rank = 1,
		.means = "The reason follows: there is no image at that path on the node, it is damaged or for another machine, it has no /bin/sh, a bind is not there, or a runtime has refused it.",
		.advice = "what the line says; what is mended on the node counts at the next connection. For other options end the session first, by `vscode-remote-shell cancel NAME`; `vscode-remote-shell shell --no-container NAME` is a shell on the node." },
	{ .title = "`can be used on this node; these do: `, or `takes no image that is `",
		.ours = WORDS("can be used on this node; these do: ", "takes no image that is "),
		.means = "The node has no runtime for an image of that kind: not each takes a file, a directory and a name. Some are only there after `module load`, or on other nodes.",
		.advice = "take an image of another kind, see Containers; or say where the program is, by `program` in `[runtime NAME]` of the settings." },
	{ .title = "`the kernel lets users make no user namespaces`",
		.ours = WORDS("the kernel lets users make no user namespaces"),
		.means = "The node's kernel has them switched off, by the setting in the line, and that runtime needs them.",
		.advice = "ask your site for it, or for a runtime that it has made ready, as Singularity, Sarus or Shifter." },
	{ .title = "`VS Code's server, which needs `",
		.ours = WORDS("VS Code's server, which needs "),
		.means = "The image has a glibc or libstdc++ that is too old, or another libc. Shells, commands and ssh clients work in it.",
		.advice = "take a newer image, see An image of your own; or `--container=none` and the image by hand in a terminal." },
	{ .title = "`--container-cache: `, or `the image is used where it is`",
		.ours = WORDS("--container-cache: ", "the image is used where it is"),
		.means = "There is no room for a copy of the image, others may write to its directory, or what was to fetch a name of a registry has failed.",
		.advice = "make room, or name another directory: `--container-cache=/scratch/me`; of a name check that it is written right, and that the node reaches the registry." },
	{ .title = "\"is not run outside of the container; what is: \"",
		.others = WORDS("is not run outside of the container; what is: "),
		.means = "The bridge, by which programs in a container run `sbatch` and others on the node, does not know that command.",
		.advice = "begin a session with `--bridge-command=NAME`; nothing else has to be in the image." },
	{ .title = "\"that could run this outside of the container, neither beside this program nor by\", or \"session's agent is not there any more\"",
		.others = WORDS("that could run this outside of the container, neither beside this program nor by", "session's agent is not there any more"),
		.means = "`sbatch` of a container was called where no session is: by another container that has not the session's private directory, or after the session's end.",
		.advice = "bind the directory that VRS_RUNTIME_DIR names, and what is beside it, into that container, as the EXAMPLES of `man vscode-remote-host` do; connect again after an end." },
	{ .title = "`; so this runs on the login node`",
		.ours = WORDS("; so this runs on the login node"),
		.means = "The line in sshd_config, authorized_keys or the login shell's script has the error that is told. Everything runs on the login node meanwhile, so that nobody is kept out.",
		.advice = "mend that line." },
	{ .title = "An editor's server runs on the login node all the same",
		.means = "Its start script is none of those that are known.",
		.advice = "`--into-job` with a pattern for its command, see Forced command." },
	{ .title = "`would ask for itself for ever`, or `this is in the job of session '`",
		.ours = WORDS("would ask for itself for ever", "this is in the job of session '"),
		.means = "The command that ssh was given is `forced` itself, or you are in the job already.",
		.advice = "leave the word forced out." },
	{ .title = "`unknown key '`, `is neither KEY = VALUE nor [SECTION]`, or `others may write it`",
		.ours = WORDS("unknown key '", "is neither KEY = VALUE nor [SECTION]", "others may write it"),
		.means = "A file of settings is not good. The line begins with its name, and nothing is started.",
		.advice = "mend it, and try it by `vscode-remote-shell config --check=FILE`." },
	{ .title = "`is locked to '`, or `is out of the bounds that`",
		.ours = WORDS("is locked to '", "is out of the bounds that"),
		.means = "Your site leaves you no such value. The line names its file.",
		.advice = "leave the option out; `vscode-remote-shell config` prints what counts." },
	{ .title = "`out of memory: the kernel ended `",
		.ours = WORDS("out of memory: the kernel ended "),
		.means = "A process wanted more than the job has; `vscode-remote-shell list` shows what is used and asked.",
		.advice = "ask for more, `--mem=16G`, and end the session with `vscode-remote-shell cancel`: a job keeps what it was given." },
	{ .title = "`the connection to its agent on`",
		.ours = WORDS("the connection to its agent on"),
		.means = "The job has ended, or its node is out of reach.",
		.advice = "connect again: to the session if it lives, else to a new one." },
	{ .title = "`and stays so for a client that comes back by itself`",
		.ours = WORDS("and stays so for a client that comes back by itself"),
		.means = "You, or the time limit, have ended the session while a window was open.",
		.advice = "close the window and connect again after 90 seconds, or start one with `vscode-remote-shell alloc`. See End a session." },
	{ .title = "VS Code asks to reload the window after a reconnection",
		.others = WORDS("Unknown reconnection token"),
		.means = "The server was restarted, so the job was a new one.",
		.advice = "reload." },
	{ 0 }
};

static int has_part(const char *line, const char *const *parts)
{
	for (; parts != NULL && *parts != NULL; parts++)
		if (strstr(line, *parts) != NULL)
			return 1;
	return 0;
}

static void note_symptom(struct symptom_log *l, const struct symptom *s,
	const char *line)
{
	struct symptom_seen *seen = l->seen;

	while (seen < l->seen + l->n && seen->symptom != s)
		seen++;
	if (seen == l->seen + SYMPTOMS_MAX)
		return;
	if (seen == l->seen + l->n)
		l->n++;
	seen->symptom = s;
	seen->line = l->lines;
	snprintf(seen->text, sizeof seen->text, "%s", line);
}

/* "listeningOn==127.0.0.1:4711==", and what older and other clients call it. */
static int names_port(const char *line)
{
	static const char *const keys[] = { "isteningOn==", "agentPort==" };

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const char *at = strstr(line, keys[i]);

		at = at != NULL ? at + strlen(keys[i]) : "";
		if (*at != '=' && *at != '\0')
			return 1;
	}
	return 0;
}

void symptom_take(struct symptom_log *l, const char *line)
{
	const char *ours = strstr(line, OURS);

	l->lines++;
	if (names_port(line))
		l->reached = l->lines;
	for (const struct symptom *s = symptom_table; s->title != NULL; s++)
		if ((ours != NULL && has_part(ours + sizeof OURS - 1, s->ours)) ||
			has_part(line, s->others))
			note_symptom(l, s, line);
}

/* Of two numbers the lower one first. */
static int symptom_order(unsigned long a, unsigned long b)
{
	return a < b ? -1 : a > b;
}

static int by_likelihood(const void *a, const void *b)
{
	const struct symptom_seen *x = a, *y = b;
	int order = symptom_order((unsigned long)x->is_past,
		(unsigned long)y->is_past);

	if (order == 0)
		order = symptom_order((unsigned long)x->symptom->rank,
			(unsigned long)y->symptom->rank);
	if (order == 0)
		order = symptom_order(y->line, x->line);
	/* Of one line the first of the table. */
	return order != 0 ? order : x->symptom < y->symptom ? -1 : 1;
}

void symptom_sort(struct symptom_log *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct symptom_seen *seen = &l->seen[i];

		seen->is_past = seen->line < l->reached;
		if (!seen->is_past || !seen->symptom->passes)
			l->seen[n++] = *seen;
	}
	l->n = n;
	qsort(l->seen, n, sizeof *l->seen, by_likelihood);
}
