#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Jobs that can never start, on a real cluster: more time, CPUs and nodes than
# there are, and a feature that no node has any more. One that may start in
# another partition, or when others end, is never told of.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-400}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
# In the partition later: a node that is down, and one that is not set up yet.
RIG_CONF_EXTRA='NodeName=c8 NodeAddr=10.77.0.28 CPUs=4 RealMemory=4000 State=DOWN
NodeName=c9 NodeAddr=10.77.0.29 CPUs=4 RealMemory=4000 State=FUTURE
PartitionName=later Nodes=c1,c8,c9 DefaultTime=1 MaxTime=2'
export RIG_CONF_EXTRA
slurm_up

# waits NAME OPTION...: a front that waits; its job is $job, it is $PID
waits() {
	lib_w=$1
	shift
	bg "$lib_w" "$RIG" exec -u alice login1 "$VRS" --session="$lib_w" "$@" \
		</dev/null
	ok "$lib_w: told of the job" wait_for 30 has "$T/log/$lib_w.err" \
		"job [0-9]+ is pending$or_refused"
	job=$(sed -n 's/.*job \([0-9]*\) is pending.*/\1/p' \
		"$T/log/$lib_w.err" | head -n 1)
}
# What later releases of Slurm refuse at once.
waits_or_is_refused() {
	or_refused='|Slurm refused the job'
	waits "$@"
	or_refused=
}
tells_or_was_refused() {
	has "$T/log/$1.err" 'Slurm refused the job' || tells "$@"
}
or_refused=
err() { cat "$T/log/$1.err"; }
tells() { # NAME ERE: that it may never start
	ok "$1: told" wait_for 90 has "$T/log/$1.err" "job [0-9]+ may never start \($2" ||
		diag_file "$T/log/$1.err"
}

# Both nodes have a job, $block.
blocks() {
	alice login1 sbatch -p high -N2 --exclusive -t 30 -J block \
		--wrap 'sleep 600' >"$T/out" 2>&1
	block=$(sed -n 's/.* //p' "$T/out")
	ok "the nodes are taken" wait_for 30 job_is "$block" RUNNING
}
blocks

waits time -S --partition=short -S --time=10
time=$job time_front=$PID
waits_or_is_refused cpus -S --cpus-per-task=99
waits_or_is_refused nodes -S --partition=gpu -S --nodes=2
# Slurm shows PartitionTimeLimit and another reason for it, in turns.
waits two -S --partition=short,devel -S --time=10
two=$job
waits queued -S --time=10
queued=$job queued_front=$PID
waits fail --on-impossible=fail -S --partition=short -S --time=10
fail=$job fail_front=$PID
waits down --on-impossible=fail -S --partition=later -S --time=10
down=$job down_front=$PID

tells time 'PartitionTimeLimit: asked for more time than the partition allows\); ask for less time \(--time\)'
tells_or_was_refused cpus 'PartitionConfig: .*--cpus-per-task'
tells_or_was_refused nodes 'PartitionNodeLimit: .*ask for fewer nodes \(--nodes\)'
ok "fail: the front ends" wait_for 90 gone "$fail_front"
wait "$fail_front"
is $? 69 "fail: status 69" || diag_file "$T/log/fail.err"
like "$(err fail)" "job $fail can never start \(PartitionTimeLimit: .*ask for less time" \
	"fail: it is said"
# Some releases forget such a job soon.
taken_back() { job_is "$fail" CANCELLED || job_is "$fail" ''; }
ok "fail: the job is taken back" wait_for 20 taken_back 2>"$T/log/taken"
ok "time: it goes on waiting" job_is "$time" PENDING
ok "time: and so does the front" alive "$time_front"
is "$(grep -c 'never start' "$T/log/time.err")" 1 "time: told once"

# A node may come back that has what is asked for.
tells down 'PartitionTimeLimit: .*as long as nodes of its partition are down, powered down or not set up \([12]\)'
ok "down: it waits" job_is "$down" PENDING
ok "down: and so does the front" alive "$down_front"

# By now they have been looked at for longer than the first.
is "$(grep -c 'never start' "$T/log/queued.err")" 0 \
	"one that others keep from running: nothing" || diag_file "$T/log/queued.err"
is "$(grep -c 'never start' "$T/log/two.err")" 0 \
	"two partitions, of which one would do: nothing" ||
	diag_file "$T/log/two.err"
ok "it waits still" job_is "$two" PENDING
diag "two partitions: $(grep -o '(.*)' "$T/log/two.err" | sort | uniq -c)"
ok "and so does the other" job_is "$queued" PENDING
ok "whose front is there" alive "$queued_front"

alice login1 scancel "$block"
alice login1 "$VRS" cancel --all >"$T/out" 2>&1
ok "their jobs are cancelled" wait_for 20 no_job

# A feature that goes when a job has asked for it, or Slurm would refuse that.
features() {
	root ctl scontrol update nodename=c1,c2 availablefeatures="$1" \
		activefeatures="$1"
}
features fast
blocks
waits feature -S --constraint=fast
feature=$job
features ''
alice login1 scancel "$block"
tells feature '(BadConstraints|Constraints): .*--constraint' ||
	diag "$(root ctl scontrol show job "$feature")"
ok "feature: it waits" job_is "$feature" PENDING
alice login1 "$VRS" cancel --all >"$T/out" 2>&1
all_gone "nothing is left anywhere"
done_testing
