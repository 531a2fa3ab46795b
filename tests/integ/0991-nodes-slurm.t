#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Another node of a Slurm job: by a real ssh through `proxy NAME@NODE', and by
# `shell --node': it is a step of the job, has what the job has there, counts for
# the session and ends with it.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

# node_ssh WORD [OPTION...] HOST [COMMAND]: from the laptop, WORD names the session
node_ssh() {
	lib_word=$1
	shift
	timeout 300 "$RIG" ssh -o HostKeyAlias=job -o StrictHostKeyChecking=yes \
		-o 'UserKnownHostsFile=~/.ssh/known_job' -o ConnectTimeout=600 \
		-o "ProxyCommand=ssh -T alice@login1 $VRS -S-N2 proxy --strip=slurm- $lib_word" \
		"$@" 9>&-
}
timeout 300 "$RIG" ssh -T alice@login1 "$VRS proxy --known-hosts job" \
	>"$LAPTOP/.ssh/known_job" 2>"$T/err" </dev/null

node_ssh slurm-two@c2 -T alice@x 'hostname; echo $SLURM_JOB_ID $SLURMD_NODENAME; exit 3' \
	>"$T/out" 2>"$T/err" </dev/null
is $? 3 "a command on the second node" || diag_file "$T/err"
job=$(the_job)
like "$job" '^[0-9]+$' "of a job that was started for it"
is "$(cat "$T/out")" "c2
$job c2" "is there, in the job"
node_ssh slurm-two -T alice@x hostname >"$T/out" 2>"$T/err" </dev/null
is "$(cat "$T/out")" c1 "without a node it is the first"
front login2 shell two --node=c2 -- hostname </dev/null
is "$rc $(cat "$T/out")" "0 c2" "shell --node, by the other login node"
steps() { root ctl squeue -h -s -j "$job" -o %i | grep -vc '\(batch\|extern\)$'; }
is "$(steps)" 1 "all that in one step"

# ---- what it counts for ----------------------------------------------------

node_ssh slurm-two@c2 -T alice@x 'echo $$; exec sleep 200' >"$T/stays" \
	2>"$T/err" </dev/null &
stays=$!
ok "one that stays" wait_for 20 has "$T/stays" '^[0-9]+$'
clients() {
	front login1 status two </dev/null
	test "$(sed -n 's/^clients: *//p' "$T/out")" = "$1"
}
ok "it is a client of the session" wait_for 10 clients 1
counted() { root c2 scontrol listpids "$job" | grep -q "^$(cat "$T/stays") "; }
ok "Slurm counts it to the job" wait_for 10 counted
is "$(link_ports c2 | wc -l | tr -d ' ')" 1 "one port is open there"
link=$(link_ports c2)
is "$(rig exec -u bob c2 timeout 20 bash -c "exec 3<>/dev/tcp/c2/${link##*:}
	printf 'SSH-2.0-bob\r\n' >&3; cat <&3" 2>"$T/bob.err" | wc -c)" 0 \
	"which says nothing to bob"

# ---- the end ---------------------------------------------------------------

# What has a second to end itself writes that down.
bg hears "$RIG" exec -u alice login1 "$VRS" shell two --node=c2 -- \
	'trap "echo hup >hup; exit" HUP; echo up; while :; do sleep 0.1; done'
ok "one that hears of a hangup" wait_for 20 has "$T/log/hears.out" up
# By its own will: at a scancel Slurm itself kills the step of another node at once.
root c1 kill -TERM "$(root c1 pgrep -o -u alice -f -- 'remote-agent.*--session=two')"
wait "$stays"
isnt $? 0 "the end of the agent ends the one that stayed"
ok "what runs there is warned before it is killed" \
	wait_for 20 has "$AHOME/hup" '^hup$'
all_gone "and nothing is left on any node"
# A job that asks for one CPU a task, and has all of each node.
front login1 -S-N2 -S-c1 -S--exclusive alloc two </dev/null
front login1 shell two --node=c2 -- sh -c 'hostname; echo $SLURM_CPUS_PER_TASK' </dev/null
is "$rc $(cat "$T/out")" "0 c2
1" "a second session with both"
job=$(the_job)
has_cpus() { root ctl scontrol show step "$job.$1" | sed -n 's/.*Nodes=1 CPUs=\([0-9]*\).*/\1/p'; }
cpus=$(root ctl scontrol -d show job "$job" | sed -n 's/.*Nodes=.*c2.* CPU_IDs=\([^ ]*\).*/\1/p')
is "$(has_cpus 0)" "$(echo "$cpus" | tr ',' '\n' |
	awk -F- '{ n += $NF - $1 + 1 } END { print n }')" "all CPUs that the job has on the second"
isnt "$(has_cpus 0)" 1 "which are several"
front login1 cancel two </dev/null
is "$rc" 0 "cancel"
all_gone "ends what is on both"
done_testing
