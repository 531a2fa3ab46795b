#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-grim-reaper never ends what is in a Slurm job: real control groups, made
# here and named as Slurm 22.05 to 25.11 name theirs, of each version that is
# mounted; and what is below a slurmstepd, where there are none.
# shellcheck disable=SC1091,SC2086
. "$(dirname "$0")/../reaper.sh"

made=
# group DIR: make it, with what is above
group() {
	for at in $(echo "$1" | awk -F/ '{ p = ""; for (i = 2; i <= NF; i++) {
			p = p "/" $i; print p } }'); do
		test ! -d "$at" || continue
		mkdir "$at" 2>/dev/null || return 1
		made="$at $made"
	done
}
# enter DIR PID...
enter() {
	at=$1
	shift
	for p in "$@"; do echo "$p" >"$at/cgroup.procs" || return 1; done
}
remove() {
	for at in $made; do wait_for 5 rmdir "$at" 2>/dev/null; done
	made=
}

v1=$(findmnt -n -t cgroup -o TARGET | grep pids | head -n 1)
v2=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
try() {
	root=$1 inside=$2 name=$3
	if test -z "$root" || ! group "$root/$inside" ||
		! enter "$root/$inside" $$; then
		remove
		skip 5 "$name cannot be made here"
		return
	fi
	enter "$root" $$
	trees $A plain
	a=$(pids plain)
	enter "$root/$inside" $a
	reap --all --kill -vv --json
	is "$RC" 0 "$name: a pass with --all"
	ok "spares all of the job" all_alive "$a"
	like "$(cat "$T/out")" '"verdict":"slurm"' "and tells so"
	# The root is out of the job, a terminal's shell is in it.
	enter "$root" $a
	shell=$(echo $a | cut -d' ' -f3)
	enter "$root/$inside" $shell
	reap --kill -v
	ok "one that is in it by itself is spared as well" alive $shell
	like "$(cat "$T/out")" "^$shell FAILED \(in a Slurm job\)$" \
		"and is told as not ended"
	kill -9 $a 2>/dev/null
	remove
}
try "$v1" slurm/uid_$A/job_12/step_0 "v1"
try "$v1" slurm_c1/uid_$A/job_12/step_batch "v1, several slurmd on a host"
try "$v2" system.slice/slurmstepd.scope/job_12/step_0/user/task_0 "v2"
try "$v2" system.slice/c1_slurmstepd.scope/job_12/step_extern/user/task_special \
	"v2, several slurmd on a host"

# A user who may make groups of his own may name them so.
evil=user.slice/user-$A.slice/user@$A.service/slurm.slice/job_12
if test -n "$v2" && group "$v2/$evil"; then
	trees $A plain
	a=$(pids plain)
	enter "$v2/$evil" $a
	reap --kill
	ok "a group that a user called so himself is none of Slurm's" \
		all_gone "$a"
	remove
else
	skip 1 "no cgroup v2 to write here"
fi

# proctrack/linuxproc: only the parents tell.
cp "$(readlink -f "$PYTHON")" "$T/slurmstepd"
cat >"$T/below.py" <<-'END2'
	import os, subprocess, sys
	def user():
	    os.setresgid(2001, 2001, 2001)
	    os.setresuid(2001, 2001, 2001)
	p = subprocess.Popen([sys.argv[1], "-c",
	    "import time; time.sleep(1000)"], preexec_fn=user)
	print(p.pid, flush=True)
	p.wait()
END2
"$T/slurmstepd" "$T/below.py" "$S/bin/node" >"$T/below" </dev/null &
stepd=$!
lib_pids="$stepd $lib_pids"
wait_for 10 test -s "$T/below"
below=$(cat "$T/below")
reap --all --kill -vv
ok "what is below a slurmstepd is spared" alive "$below"
like "$(cat "$T/err")" 'inside a Slurm job' "-vv says so"
kill -9 $stepd
wait_for 10 gone $stepd
reap --kill
ok "not when that is gone" gone "$below"
clear_up
done_testing
