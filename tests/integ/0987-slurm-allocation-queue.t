#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Allocations that have to wait, on a real cluster: two connections race, all that
# waits is killed or told to end, Slurm refuses one kind of job and takes another.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-400}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
cat >"$T/submit.lua" <<'END'
-- In short interactive work only, in gpu batch jobs only, in low nothing.
function slurm_job_submit(job, parts, uid)
	local batch = job.script ~= nil and job.script ~= ""
	if (job.partition == "short" or job.partition == "low") and batch then
		slurm.log_user("Only interactive jobs here, see the wiki")
		return slurm.ERROR
	end
	if (job.partition == "gpu" or job.partition == "low") and not batch then
		slurm.log_user("Only batch jobs here")
		return slurm.ERROR
	end
	return slurm.SUCCESS
end
function slurm_job_modify(job, rec, parts, uid)
	return slurm.SUCCESS
end
return slurm.SUCCESS
END
RIG_JOB_SUBMIT=$T/submit.lua
export RIG_JOB_SUBMIT
slurm_up

# block: both nodes are taken; unblock: they are free again
block() {
	for node in c1 c2; do
		root ctl salloc -Q --no-shell -J block -c 4 -w $node || return 1
	done >"$T/log/block" 2>&1
}
unblock() { root ctl scancel -n block; }
# asks NAME LOGIN OPTION...: a front that asks for an allocation, $PID
asks() {
	lib_w=$1 lib_login=$2
	shift 2
	bg "$lib_w" "$RIG" exec -u alice "$lib_login" "$VRS" \
		--session="$lib_w" --start=allocation "$@" </dev/null
}
told_to_wait() {
	ok "$1: waits" wait_for 30 has "$T/log/$1.err" 'job [0-9]+ is pending'
}
waits() {
	asks "$@"
	told_to_wait "$1"
}
# served NAME PID: it got its shell, which is done
served() {
	ok "$1: is served" wait_for 40 gone "$2"
	wait "$2"
	is $? 0 "$1: by a shell" || diag_file "$T/log/$1.err"
}
no_holder() { test -z "$(root login1 pgrep -u alice -f 'launch-slurm submit')"; }
is_one() { test "$(jobs_of alice | wc -l)" = 1; }

# ---- two at once --------------------------------------------------------------------

# Both ask before either has a job.
ok "the nodes are taken" block
for n in 1 2; do
	bg "race$n" "$RIG" exec -u alice "login$n" "$VRS" --session=race \
		--start=allocation </dev/null
	eval "race$n=\$PID"
done
told_to_wait race1
told_to_wait race2
ok "a race leaves one job" wait_for 20 is_one
unblock
# shellcheck disable=SC2154 # by eval
served race1 "$race1"
# shellcheck disable=SC2154 # by eval
served race2 "$race2"
ok "no holder is left" wait_for 20 no_holder
front login1 cancel race
all_gone "of which nothing is left"

# ---- nobody is there -------------------------------------------------------------------

ok "the nodes are taken" block
waits killed login1
root login1 pkill -KILL -u alice
ok "the job is in the queue still" is_one
unblock
ok "it does not stand empty" wait_for 40 no_job

ok "the nodes are taken" block
waits told login1
told=$PID
root login1 pkill -TERM -u alice -f 'launch-slurm submit'
ok "whoever holds it takes it back when told to end" wait_for 20 no_job
ok "told: the front ends" wait_for 20 gone "$told"
wait "$told"
is $? 69 "told: status 69"

# A connection that ends leaves it in the queue, for the next.
waits left login1
left=$PID
root login1 pkill -KILL -u alice -x vscode-remote-s
ok "left: its front is killed" wait_for 10 gone "$left"
ok "left: the job waits" is_one
asks left2 login2 --session=left
told_to_wait left2
back=$PID
unblock
served left2 "$back"
front login1 cancel left
ok "left: no job is left" wait_for 20 no_job
ok "left: no process" wait_for 20 no_alices

# ---- what Slurm takes --------------------------------------------------------------------

# tries OPTION...: a session that ends at once, all it says in $T/err
tries() {
	front login1 --linger=0 "$@" </dev/null
}
kind() { root ctl scontrol show job "$(the_job)" | grep -o 'BatchFlag=[01]'; }
said() { grep -c "$1" "$T/err"; }

tries --start=auto -S --partition=short
is "$rc" 0 "short: auto falls back" || diag_file "$T/err"
like "$(cat "$T/err")" 'the batch job was refused \(Only interactive jobs here, see the wiki\); the session runs in an allocation instead' \
	"short: with the site's words, in one line"
is "$(said wiki)" 1 "short: once"
is "$(kind)" BatchFlag=0 "short: in an allocation"
front login1 cancel
wait_for 20 no_job
front login1 alloc --start=batch -S --partition=short
is "$rc" 69 "short: batch is refused"
like "$(cat "$T/err")" 'Only interactive jobs here' "short: with the site's words"
front login1 alloc --start=auto -S --partition=gpu
is "$rc $(kind)" "0 BatchFlag=1" "gpu: auto is a batch job"
front login1 cancel
wait_for 20 no_job
front login1 alloc --start=allocation -S --partition=gpu
is "$rc" 69 "gpu: an allocation is refused"
like "$(cat "$T/err")" 'Only batch jobs here' "gpu: with the site's words"
front login1 alloc --start=auto -S --partition=low
is "$rc" 69 "low: auto is refused"
is "$(said 'Only interactive jobs here') $(said 'Only batch')" "1 0" \
	"low: with the words about the batch job"
ok "nothing was submitted" no_job

# ---- what cannot start -------------------------------------------------------------------

front login1 alloc --start=allocation --agent=/nonexistent/agent
is "$rc" 69 "no agent: the job ends"
like "$(cat "$T/err")" '/nonexistent/agent: missing or not executable on node c[12]' \
	"no agent: and it is said where it is missing"
ok "no agent: no job stays" wait_for 20 no_job
timeout 300 "$RIG" exec -u alice login1 env PATH=/nonexistent "$VRS" alloc \
	--start=allocation </dev/null >"$T/out" 2>"$T/err"
is $? 78 "no srun: status 78"
like "$(cat "$T/err")" 'srun is not in PATH on this host.*no job was submitted' \
	"no srun: and why"
ok "no srun: there is none" no_job
front login1 alloc --start=allocation
is "$rc" 0 "alloc: a session ahead of time"
unlike "$(root "$(job_node "$(the_job)")" pgrep -u alice -af 'vscode-remote-agent --tag')" \
	unclaimed "alloc: whose agent waits for who has asked for it"
front login1 cancel
ok "no process is left" wait_for 20 no_alices
done_testing
