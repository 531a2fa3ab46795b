#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the user is told when Slurm, a job or a node fails: one line with what
# failed, why, and what to do, the exit status of sysexits.h, and nothing left.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

laptop_host vrs login1
laptop_host limit login1 --session=limit --salloc-arg=--time=60
failing() { cat "$T/err"; }

# ends STATUS ERE NAME: how the front of before ended, with how many words
ends() {
	is "$rc" "$1" "$3: status $1" || diag_file "$T/err"
	like "$(failing)" "$2" "$3: it is said" || return
	diag "$(failing)"
}

# ---- nothing is submitted ---------------------------------------------------

front login1 -S --partition=devel -S --frobnicate=1
ends 64 "^vscode-remote-shell: .*--frobnicate" "an unknown option"
front login1 -S --partition=nowhere
ends 69 "refused the job: [Ii]nvalid partition" "a partition that is not there"
front login1 -S --gres=nosuch:1
ends 69 "refused the job: .*generic resource" "a resource that is not there"
root login1 mount -t tmpfs none /etc/slurm
front login1 --launcher="${LAUNCHER#launch-}"
ends 78 "not set up|configuration" "no slurm.conf"
like "$(failing)" "/etc/slurm" "no slurm.conf: it is told where it should be"
diag "no slurm.conf: after $took tenths of a second"
root login1 umount /etc/slurm
rig kill login1 munged
front login1 --outage-timeout=0
ends 69 "munged" "no munged"
diag "no munged: after $took tenths of a second"
rig start login1 munged
rig kill ctl slurmctld
front login1 --outage-timeout=0
ends 69 "slurmctld \(ctl\) does not answer" "no slurmctld"
diag "no slurmctld: after $took tenths of a second"
rig start ctl slurmctld
back() { test "$(root ctl sinfo -h -p devel -t idle,mix -o %D)" = 2; }
ok "slurmctld is back" wait_for 30 back
ok "no job and no folder is there after all these" state_clean
no_job || fail "a job is there: $(the_job)"

# A session that is left to its time limit while the others are tried; Slurm
# looks each half minute whose time is over.
mkfifo "$T/limit.fifo"
exec 9<>"$T/limit.fifo"
"$RIG" ssh -T alice@limit <"$T/limit.fifo" >"$T/limit.out" 2>"$T/limit.err" \
	9>&- &
limited=$!
ok "a session for the time limit" wait_for 20 has "$T/limit.err" \
	"is job [0-9]+ on"
limit_job=$(the_job)
limit_folder=$(folders)
ok "its time is nearly over" root ctl scontrol update "jobid=$limit_job" \
	EndTime=now+1
begun=$(lib_now)
others() { jobs_of alice | grep -vx "$limit_job"; }
other_folders() { folders | grep -vx "$limit_folder"; }
# left NAME: no job or folder of the default session is left
clean() { test -z "$(others)" && test -z "$(other_folders)"; }
left() {
	ok "$1: nothing is left" wait_for 15 clean ||
		diag "jobs $(others), folders $(other_folders)"
}

# ---- the job never starts ---------------------------------------------------

# waiting [OPTION...]: a front on login1 whose job waits; $front, $job
waiting() {
	"$RIG" exec -u alice login1 "$VRS" "$@" </dev/null >"$T/out" \
		2>"$T/err" 9>&- &
	front=$!
	wait_for 10 has "$T/err" 'job [0-9]+ is pending'
	job=$(others)
}
# ended: wait for that front; $rc
ended() { wait_for 30 gone "$front"; wait "$front"; rc=$?; }

waiting -S --partition=down --link-port=60010-60019
like "$(failing)" "job $job is pending \(Partition(Down|Inactive): " \
	"the reason of a job that cannot start"
like "$(link_ports login1)" '^[^ ]*:600(1[0-9])$' \
	"--link-port holds for the login node"
alice login2 scancel "$job"
ended
ends 69 "job $job ended before .*\(CANCELLED\); connect again" \
	"cancelled while pending"
left "cancelled while pending"

root login1 install -m 755 /bin/true /tmp/agent
waiting --agent=/tmp/agent
ended
ends 78 "/tmp/agent: missing or not executable on node c[12]" \
	"no agent on the node"
left "no agent on the node"

# ---- the session dies -------------------------------------------------------

# attached [OPTION...]: a client on login1, $job, $node, $agent
laptop_host range login1 --link-port=60020-60029
job_over() { test -z "$(others)"; }
attached() {
	client one "$1"
	client_ready one || die "no session"
	job=$(others)
	node=$(job_node "$job")
	# The oldest: it forks, and its child has its words.
	agent=$(root "$node" pgrep -o -u alice -f -- "--session=default")
	server=$(fetch one /pid)
}
told() { cat "$T/one/stderr"; }

attached range
like "$(link_ports "$node" | grep :6002)" ':600(2[0-9])$' \
	"--link-port holds for the compute node"
root "$node" kill -9 "$agent"
ok "agent killed: the front ends" wait_for 15 client_is one ended
is "$(client_get one exit)" 75 "agent killed: status 75"
like "$(told)" "job $job ended: its program was killed by a signal" \
	"agent killed: Slurm's reason is told"
no_server() { ! root "$node" kill -0 "$server" 2>/dev/null; }
ok "agent killed: so does the server, by its keeper" wait_for 2 no_server
old=$job
dead=$(other_folders)
ok "agent killed: its job ends" wait_for 15 job_over
attached vrs
isnt "$job" "$old" "agent killed: the next connection starts a new job"

# A short cut is bridged.
rig cut "$node.lan"
fetch one /pid >"$T/cut" &
fetching=$!
ok "node cut off: nothing comes" not wait_for 1 test -s "$T/cut"
rig heal "$node.lan"
wait "$fetching"
is "$(cat "$T/cut")" "$server" "node there again: the answer comes"
ok "node there again: the client did not notice" client_is one ready

alice login2 scancel "$job"
ok "scancel: the front ends" wait_for 15 client_is one ended
is "$(client_get one exit)" 69 "scancel: status 69"
like "$(told)" "job $job ends: .*cancelled" "scancel: it is said"

wait_for 50 gone "$limited"
wait "$limited"
is $? 69 "time limit: status 69"
diag "after $(($(lib_now) - begun)) tenths of a second: $(cat "$T/limit.err")"
like "$(cat "$T/limit.err")" "job $limit_job ends: .*time limit" \
	"time limit: it is said"
only_dead() { test "$(folders)" = "$dead"; }
ok "agent killed: its folder with the log stays" wait_for 10 only_dead
rm -rf "${STATE:?}/$dead"
all_gone "no job, process or folder is left"
done_testing
