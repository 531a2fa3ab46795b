#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A session in an allocation instead of a batch job: what a shell there finds, what
# outlives a login node's end of all that is the user's, and what is left of it.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up
laptop_host alloc login1 --start=allocation
laptop_host alloc2 login2 --start=allocation

# in_session HOST LINE: what a shell there says of it, in $T/out. Slurm tries a job
# that did not begin once more after two minutes.
in_session() {
	echo "$2" | timeout 300 "$RIG" ssh -T "alice@$1" >"$T/out" 2>"$T/err" ||
		{ diag_file "$T/err"; return 1; }
}
field() { # JOB NAME: of scontrol
	root ctl scontrol show job "$1" | tr ' ' '\n' | sed -n "s/^$2=//p"
}

# ---- a session -------------------------------------------------------------------

ok "a session begins" in_session alloc \
	'setsid sleep 98765 >/dev/null 2>&1 & echo $!; exit'
sleeper=$(cat "$T/out")
job=$(the_job)
node=$(job_node "$job")
like "$job" '^[0-9]+$' "there is one job"
is "$(field "$job" BatchFlag)" 0 "it is an allocation"
is "$(field "$job" Comment | cut -d= -f1)" vscode-remote-shell \
	"its comment says whose it is"
like "$(root "$node" pgrep -u alice -af 'vscode-remote-agent --tag')" \
	'--watch-parent --unclaimed-timeout=60s' \
	"the agent waits a minute for somebody to come"
is "$(root login1 pgrep -u alice -x srun)" '' "srun is gone"

# ---- what ends at a logout does not end it ----------------------------------------

front login1 shell default -- true
is "$rc" 0 "a command by the same login node" || diag_file "$T/err"
root login1 su -s /bin/sh alice -c 'kill -TERM -1'
root login1 pkill -KILL -u alice
rig kill login1 host
ok "by the other login node" in_session alloc2 \
	"kill -0 $sleeper && echo \$SLURM_JOB_ID; exit"
is "$(cat "$T/out")" "$job" "it is the same job, and all that ran runs"
rig start login1 host

# ---- Slurm from within ------------------------------------------------------------

ok "srun" in_session alloc2 'srun hostname; exit'
is "$(cat "$T/out")" "$node" "a step runs on the node"
ok "srun --pty" in_session alloc2 \
	'srun --pty bash -c "tty >tty.out; echo ran \$SLURM_STEP_ID"; exit'
like "$(cat "$T/out")" 'ran [0-9]+' "a step with a terminal"
ok "sbatch" in_session alloc2 \
	'sbatch -W -Q -t1 --mem=50 -o $HOME/nested.out --wrap "srun hostname"; exit' ||
	diag_file "$AHOME/nested.out"
like "$(cat "$AHOME/nested.out")" '^c[12]$' "an independent job has its step"
front login2 cancel
all_gone "cancelled, nothing is left"

# ---- as in a batch job --------------------------------------------------------------

# variables WAY OPTION...: those of a session, but for numbers and where it is
variables() {
	lib_way=$1
	shift
	laptop_host "env$lib_n" login2 "--start=$lib_way -S-wc2 $*"
	in_session "env$lib_n" 'env; umask; ulimit -Sn; pwd; exit' || return 1
	front login2 cancel
	wait_for 20 no_job || return 1
	sed -E 's/^(SLURM_(JOB_ID|JOBID|TASK_PID|GTIDS|NODE_ALIASES|SUBMIT_HOST|JOB_START_TIME|JOB_END_TIME)|XDG_RUNTIME_DIR|SSH_[A-Z]*)=.*//' \
		"$T/out" | grep . | sort >"$T/env.$lib_way"
}
for options in '' '-S--ntasks=2 -S--mem=300' '-S--cpus-per-task=2'; do
	ok "a batch job ($options)" variables batch "$options"
	ok "an allocation ($options)" variables allocation "$options"
	ok "has its variables" cmp "$T/env.batch" "$T/env.allocation" ||
		diag "$(diff "$T/env.batch" "$T/env.allocation")"
done

# ---- the agent is killed --------------------------------------------------------------

ok "another session" in_session alloc2 'exit'
job=$(the_job)
root "$(job_node "$job")" pkill -KILL -u alice
ok "whoever kills all of it, the allocation ends" wait_for 20 no_job
front login2 status
unlike "$(cat "$T/out")" "$job" "and is not shown"
ok "and nothing of it runs" wait_for 10 no_alices
ok "another session" in_session alloc2 'exit'
root "$(job_node "$(the_job)")" pkill -KILL -x slurmstepd
ok "and so it does when slurmstepd is" wait_for 30 no_job
ok "and nothing of that runs" wait_for 10 no_alices
done_testing
