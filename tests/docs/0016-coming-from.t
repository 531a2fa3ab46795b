#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/COMING-FROM.md: every word of another tool has a row, and what stands in its
# place exists: options, commands, files, settings, messages.
. "$(dirname "$0")/../lib.sh"
need_product

top=$(cd "$TESTS/.." && pwd)
cat >"$T/peers" <<'END'
vscode-shell-proxy: -h --help -v --verbose -q --quiet -l --log-file -0 --tee-stdin -1
 --tee-stdout -2 --tee-stderr -b --backlog -B --byte-limit -H --listen-host -p
 --listen-port -g --group --workgroup -S --salloc-arg --srun-arg --local-shell-arg -e
 --salloc-env --srun-env --local-shell-env [PID] vscode-shell-proxy-local.py
 VSCodeProxyConfigClass VSCodeTCPProxyClass VSCodeBackendLauncherClass cli_parser
 set_defaults job_scheduler_base_cmd get_job_scheduler_cmd get_job_env SCHEDULER_NAME
 notify_will_listen notify_is_listening notify_did_client_connect
 notify_will_connect_backend notify_did_connect_backend notify_did_launch_io_streams
 notify_did_complete_io_streams notify_did_read_io_stream_data
 notify_did_write_io_stream_data notify_will_launch_backend notify_did_launch_backend
 notify_did_create_stdio_threads notify_did_start_stdio_threads
 notify_will_terminate_backend notify_did_terminate_backend notify_stdin_ready
 notify_did_read_stdin notify_did_close_stdin notify_stdout_ready
 notify_did_read_stdout notify_did_close_stdout notify_stderr_ready
 notify_did_read_stderr notify_did_close_stderr VSCODE_SHELL_PROXY::::HOSTNAME=
 LAUNCH BEGIN START_PROXY PROXY_STARTED END XDG_RUNTIME_DIR SSH_AUTH_SOCK --qrsh-arg
vscode-grim-reaper and vscode-cleanup: -v --verbose -l --log -k --kill -a --age -q --quiet
 vscode-grim-reaper.service vscode-grim-reaper.timer /var/log/vscode-grim-reaper.log
A ProxyCommand to the node: slurm-ssh-node-proxycommand srun hostname scancel
interactive-slurm: list cancel ssh help cpu gpu gpuswap h100 exit check update alloc
 SBATCH_PARAM_CPU SBATCH_PARAM_GPU TIMEOUT UPDATE_VERSION_FILE UPDATE_LOG UPDATE_DIR
 REPO_URL UPDATE_INTERVAL ~/.interactive-slurm.noauto slurm-cpu slurm-gpu
 slurm-cpu-container slurm-gpu-container ~/.ssh/interactive-slurm setup.sh
 incontainer-setup.sh SLURM_LOGIN display_slurm_options
slurm-connect: slurmConnect.loginHosts slurmConnect.loginHostsCommand
 slurmConnect.loginHostsQueryHost slurmConnect.partitionCommand
 slurmConnect.partitionInfoCommand slurmConnect.filterFreeResources
 slurmConnect.qosCommand slurmConnect.accountCommand slurmConnect.user
 slurmConnect.identityFile slurmConnect.preSshCommand slurmConnect.preSshCheckCommand
 slurmConnect.autoInstallProxyScriptOnClusterInfo slurmConnect.forwardAgent
 slurmConnect.requestTTY slurmConnect.moduleLoad slurmConnect.startupCommand
 slurmConnect.proxyCommand slurmConnect.proxyArgs slurmConnect.proxyDebugLogging
 slurmConnect.localProxyEnabled slurmConnect.localProxyNoProxy
 slurmConnect.localProxyPort slurmConnect.localProxyRemoteBind
 slurmConnect.localProxyRemoteHost slurmConnect.localProxyComputeTunnel
 slurmConnect.localProxyTunnelMode slurmConnect.extraSallocArgs
 slurmConnect.promptForExtraSallocArgs slurmConnect.sessionMode slurmConnect.sessionKey
 slurmConnect.sessionIdleTimeoutSeconds slurmConnect.sessionStateDir
 slurmConnect.defaultPartition slurmConnect.defaultNodes
 slurmConnect.defaultTasksPerNode slurmConnect.defaultCpusPerTask
 slurmConnect.defaultTime slurmConnect.defaultMemoryMb slurmConnect.defaultGpuType
 slurmConnect.defaultGpuCount slurmConnect.sshHostPrefix slurmConnect.openInNewWindow
 slurmConnect.remoteWorkspacePath slurmConnect.temporarySshConfigPath
 slurmConnect.additionalSshOptions slurmConnect.sshQueryConfigPath
 slurmConnect.sshHostKeyChecking slurmConnect.sshConnectTimeoutSeconds --backlog
 --byte-limit --ephemeral-exec-server-bypass --group --listen-host --listen-port
 --local-proxy-auth-token --local-proxy-auth-user --local-proxy-no-proxy
 --local-proxy-probe-token --local-proxy-probe-url --local-proxy-tunnel
 --local-proxy-tunnel-host --local-proxy-tunnel-port --local-proxy-tunnel-timeout
 --local-proxy-tunnel-user --log-file --quiet --salloc-arg --session-client-id
 --session-idle-timeout --session-key --session-mode --session-ready-timeout
 --session-state-dir --tee-stderr --tee-stdin --tee-stdout --verbose --workgroup
 ~/.slurm-connect/vscode-proxy.py job.json lock clients last_seen monitor.sh
An image with code-server, and slurmdriver: --mode --jobmode --jobdir --archivedir
 --polltime --timeout --exec .jobs .results sbatch squeue sinfo scancel git pwd ls cd
 stop_server PythonEndPoint ready running complete error timeout endpoint arguments
 output name PORT PASSWORD VSCODE_PORT VSCODE_PASSWORD VSCODE_NODE
 VSCODE_TIME VSCODE_STARTDIR VSCODE_INITFILE vscode_start pull_job_node
END
$PYTHON - "$top" "$T/peers" <<'END' >"$T/out" 2>"$T/err"
import glob, os, re, subprocess, sys

top, peers = sys.argv[1:]
os.chdir(top)
build = os.environ["BUILD"]

def said(*words):
    return subprocess.run(words, capture_output=True, text=True).stdout

# ---- what there is here ------------------------------------------------------
help_text = said(build + "/vscode-remote-shell", "--help")
helps = help_text + said(build + "/vscode-remote-agent", "--help") + \
    said(build + "/vscode-remote-host", "--help")
reaper = build + "/vscode-grim-reaper"
helps += said(reaper, "--help") if os.path.exists(reaper) else \
    open("src/reaper/reaper_options.c").read().replace('{ "', "--")
options = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", helps))
options |= set("--" + m for m in re.findall(r'^\t{ "([a-z-]+)"',
               open("src/salloc/salloctable.c").read(), re.M))
options |= set(re.findall(r"^\t(--[a-z-]+)\)", open("src/front/setup/laptop.sh").read(), re.M))
letters = set(re.findall(r"^  (-[A-Za-z0-9]), ", helps, re.M))
commands = set(re.findall(r"^  ([a-z]+) ", help_text.split("Commands:")[1]
                          .split("\n\n")[0], re.M))
programs = {"vscode-remote-shell", "vscode-remote-host", "vscode-grim-reaper"}
pages = "".join(open(f).read() for f in sorted(glob.glob("man/*.[0-9]")))
pages = re.sub(r"\s+", " ", pages.replace(r"\-", "-"))
sections = set(re.findall(r"^\.S[hs] (.*)", "".join(open(f).read() for f in glob.glob("man/*.1")), re.M))
source = "".join(open(f).read() for f in glob.glob("src/**/*.c", recursive=True))
source = re.sub(r"\s+", " ", source)
examples = "".join(open(f).read() for f in glob.glob("examples/*") if os.path.isfile(f))
keys = {o[2:] for o in options} | {"banner", "event-log"}

def exists(span):
    words = span.split()
    first = words[0]
    if first in programs | commands or first.startswith("-"):
        for word in words[first in programs | commands:]:
            name = word.split("=")[0]
            if word.startswith("--"):
                if name not in options:
                    return False
            elif re.match("-[A-Za-z0-9]", word):
                if word[:2] not in letters:
                    return False
            elif first.startswith("-") and word not in commands:
                return False
        return True
    if first == "man":
        return bool(glob.glob("man/" + words[1] + ".[0-9]"))
    if first == "make":
        return re.search("^#: %s " % re.escape(words[1]), open("Makefile").read(), re.M) is not None
    if re.match(r"(examples|doc|src|tests)/", span):
        return os.path.exists(span)
    if re.match(r"\[(profile) .*\]$", span):
        return "[profile NAME]" in pages and (span in examples or span == "[profile gpu]")
    if re.match(r"[a-z-]+ = ", span):
        return first in keys
    if first == "Host":
        return ("\n" + span) in examples
    if re.match(r"[A-Z_]+$", span):
        return span in pages
    if re.match("[~/]", span):
        return span in pages.replace("\\&", "") or \
            span.replace("slurm.conf", "%s") in source or span in examples
    return span in sections or span in source

# ---- the tables ----------------------------------------------------------------
title, theirs, rows, bad = None, {}, 0, []
for number, line in enumerate(open("doc/COMING-FROM.md"), 1):
    if line.startswith("## "):
        title = line[3:].strip()
        theirs[title] = set()
    if not line.startswith("| ") or line.startswith("| There"):
        continue
    cells = [c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]]
    rows += 1
    for span in re.findall("`([^`]+)`", cells[0]):
        theirs[title] |= set(re.split("[ =]+", span)) | {span, span.split(" ")[0]}
    ours = re.findall("`([^`]+)`", cells[1])
    if not ours and cells[1] != "none":
        bad.append("%d: nothing of ours, and not 'none'" % number)
    if cells[1] == "none" and not cells[2]:
        bad.append("%d: none, and no reason" % number)
    for span in ours:
        if not exists(span):
            bad.append("%d: there is no `%s`" % (number, span))
    if re.sub("[, ]|`[^`]+`", "", cells[1]) not in ("", "none"):
        bad.append("%d: more than words of ours: %s" % (number, cells[1]))
wanted = 0
for line in open(peers).read().replace("\n ", " ").splitlines():
    title, words = line.split(": ", 1)
    for word in words.split():
        wanted += 1
        if word not in theirs.get(title, ()):
            bad.append("%s: %s has no row" % (title, word))
for title in theirs:
    if title + ": " not in open(peers).read():
        bad.append("%s: no words are known of it" % title)
# What this test must not take for ours.
for span in ("--no-such", "vscode-remote-shell nosuch --x", "nosuch", "man nosuch", "-Y", "examples/none",
             "[profile nosuch]", "nosuch = 1", "Host nosuch", "NO_SUCH_VARIABLE", "~/.nosuch",
             "No such message", "list --no-such"):
    if exists(span):
        bad.append("`%s` is taken for ours" % span)
print("\n".join(bad))
print("rows", rows, "words", wanted)
END
is "$(cat "$T/err")" '' 'the tables are understood'
is "$(grep -v '^rows \|^$' "$T/out")" '' 'each word has a row, and what is ours exists'
ok 'there are many' test "$(sed -n 's/^rows \([0-9]*\) .*/\1/p' "$T/out")" -ge 100

# The words of `remote' are commands, or answered by one of ours.
for word in list cancel ssh help exit update; do
	ok "remote $word: a command" sh -c '"$1" --help | grep -q "^  $2 "' - \
		"$BUILD/vscode-remote-shell" "$word"
done
for pair in 'check:`update --check`' cpu:alloc gpu:alloc 'gpuswap:`shell gpu`' \
	'h100:--gres=gpu:h100:1'; do
	"$BUILD/vscode-remote-shell" "${pair%%:*}" >"$T/out" 2>"$T/err" </dev/null
	is "$? $(wc -l <"$T/err")" '64 1' "remote ${pair%%:*}: answered, in one line"
	ok "remote ${pair%%:*}: with ours" grep -qF -e "${pair#*:}" "$T/err"
done
done_testing
