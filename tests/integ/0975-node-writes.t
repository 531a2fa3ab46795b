#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Nodes that cannot write where the login node can: the home is read-only there,
# or is not there at all. To Slurm's own commands that is a "0:53".
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

laptop_host plain login1 -S -wc1
laptop_host other login1 -S -wc1 --state-dir=/home/shared/alice/state
# shellcheck disable=SC2016 # for the shell in the job
echo 'echo got-$((1+1)); touch ~/x 2>&1' >"$T/script"
told() { tr -d '\r' <"$T/err" | grep "$1"; }
state=/home/alice/.local/state/vscode-remote-shell

# failed WHAT: nothing was started, and one line says where and what to do
failed() {
	like "$(told 'ended before its agent')" \
		"^vscode-remote-shell: job [0-9]+ ended before its agent could be reached: c1 could not write $state/[0-9a-f]{16}/agent.log \(JobLaunchFailure\); choose a --state-dir on a file system that c1 can write, with room on it$" \
		"$1: which node could not write which file"
	is "$rc" 73 "$1: exit status 73"
	unlike "$(cat "$T/err")" 'signal|exit status|connect again' \
		"$1: no signal, no status, no other try"
	front login1 logs
	like "$(told 'ended before')" \
		'c1 could not write .*agent.log \(JobLaunchFailure\)$' \
		"$1: logs tells how it ended"
	unlike "$(cat "$T/err")" 'good order|it is empty' "$1: and nothing else"
	ok "$1: no job is left" wait_for 10 no_job
}

root c1 mount -o remount,bind,ro /home
typed plain <"$T/script"
failed "read-only home"

# ---- another place for the state ---------------------------------------------

root c1 mount -o remount,bind,rw /home
mkdir -p "$RIG_STATE/home/shared/alice"
chown -R 3001:3001 "$RIG_STATE/home/shared/alice"
root c1 sh -ec 'mkdir -p /run/shared
	mount --bind /home/shared /run/shared
	mount -o remount,bind,ro /home
	mount --bind /run/shared /home/shared'
typed other <"$T/script"
is "$rc" 1 "a --state-dir that it can write: a shell"
like "$(cat "$T/out")" '^got-2$' "which runs"
like "$(cat "$T/out")" 'Read-only file system' "with the home as it is"
front login1 --state-dir=/home/shared/alice/state cancel
is "$rc" 0 "cancel"
ok "no job is left" wait_for 10 no_job

# ---- no home at all -----------------------------------------------------------

root c1 mount -t tmpfs -o mode=755 none /home
typed plain <"$T/script"
failed "no home"
done_testing
