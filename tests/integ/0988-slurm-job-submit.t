#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# examples/job_submit.lua in a real slurmctld: what it refuses of sessions, and
# what of other jobs it leaves alone.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
sed 's/^local TIMED_PARTITION = "interactive"/local TIMED_PARTITION = "high"/' \
	"$TESTS/../examples/job_submit.lua" >"$T/submit.lua"
RIG_JOB_SUBMIT=$T/submit.lua
export RIG_JOB_SUBMIT
slurm_up

# asks STATUS OPTION...: a session that is asked for, left in the queue
asks() {
	lib_want=$1
	shift
	alice login1 $VRS alloc --no-wait "$@" >"$T/out" 2>"$T/err"
	is $? "$lib_want" "$*: status $lib_want" || diag_file "$T/err"
}
refused() {
	lib_why=$1
	shift
	asks 69 "$@"
	like "$(cat "$T/err")" "$lib_why; see https://docs.cluster.example/vscode" \
		"and why"
	is "$(jobs_of alice)" '' "there is no job"
}
give_up() {
	alice login1 $VRS cancel --all >"$T/log/cancel" 2>&1
	wait_for 30 no_job
}

refused 'give a time limit: --time=4:00:00' --partition=down
refused 'give a time limit: --time=4:00:00' --start=allocation --partition=down
refused 'a session may have 24 hours' --partition=down --time=25:00:00
refused 'a session may have 24 GPU hours, this one asks for 40' \
	--partition=gpu --time=20:00:00 --gres=gpu:2
refused 'a session may have 24 GPU hours, this one asks for 46' \
	--partition=gpu --time=23:00:00 --gpus=2
for gpu in --gres=gpu:1 --gpus=1 --gpus-per-node=1; do
	asks 0 --partition=gpu --hold --time=20:00:00 $gpu
	ok "$gpu: there is a job" job_is "$(the_job)" PENDING
	give_up
done
# However many there are of: spelling, nodes, all of a node.
refused 'a session may have 24 GPU hours, this one asks for 40' \
	--partition=gpu --time=20:00:00 --gres=GPU:2
refused 'its GPUs cannot be counted: write --gres=gpu:TYPE:NUMBER' \
	--partition=gpu --time=1:00:00 --gres=gpu:+8
refused 'a session may have 24 GPU hours, this one asks for 160' \
	--partition=gpu --time=20:00:00 --gres=gpu:1 --nodes=1-8
refused 'a session may have 24 GPU hours, this one asks for 40' \
	--partition=gpu --time=20:00:00 --exclusive
asks 0 --partition=down --hold --time=20:00:00 --exclusive
give_up
# More time than that later.
asks 0 a --partition=gpu --hold --time=10:00:00 --gres=gpu:2
alice login1 $VRS extend a 15h >"$T/out" 2>"$T/err"
isnt $? 0 "nor more GPU hours later" || diag_file "$T/err"
is "$(root ctl squeue -h -o %l -n vscode-remote-shell-a)" 10:00:00 \
	"the limit is as it was"
give_up
asks 0 a --partition=down --time=1:00:00
alice login1 $VRS extend a 30h >"$T/out" 2>"$T/err"
isnt $? 0 "nor is it given later" || diag_file "$T/err"
is "$(root ctl squeue -h -o %l -n vscode-remote-shell-a)" 1:00:00 \
	"the limit is as it was"
give_up

# Other jobs.
ok "other jobs need no limit" alice login1 sbatch -p down --wrap true
root login1 scancel -u alice
wait_for 30 no_job
alice login1 sbatch -p high --wrap true >"$T/out" 2>"$T/err"
isnt $? 0 "but in a partition for which they do"
like "$(cat "$T/err")" 'give a time limit' "and why"
done_testing
