#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The end of a session on a real cluster: at its time limit before Slurm does
# it, and by scancel, with processes that resist: nothing is left on the node.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-180}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

# opened CALM NAME LOGIN [OPTION...]: a front there that runs resist.py; $front
opened() {
	calm=$1 name=$2 login=$3
	shift 3
	mkfifo "$T/$name.in"
	alice "$login" mkdir -p "kinds.$name"
	"$RIG" exec -u alice "$login" "$VRS" --session="$name" "$@" \
		<"$T/$name.in" >"$T/log/$name.out" 2>"$T/log/$name.err" \
		9>&- 8>&- &
	front=$!
	lib_pids="$front $lib_pids"
	exec 8>"$T/$name.in"
	echo "$PYTHON $PREFIX/clients/resist.py /home/alice/kinds.$name $calm" >&8
	# shellcheck disable=SC2016 # for the shell there
	echo 'echo "job=$SLURM_JOB_ID"' >&8
	ok "$name: a session" wait_for 30 has "$T/log/$name.out" 'job=[0-9]'
	job=$(sed -n 's/^job=//p' "$T/log/$name.out")
	ok "$name: with what resists" wait_for 20 six
}
six() { test "$(find "$AHOME/kinds.$name" -type f -size +0 | wc -l)" = 6; }
says() { ok "$1" wait_for "$2" has "$T/log/$name.err" "$3" ||
	diag_file "$T/log/$name.err"; }
over() {
	ok "$name: the front ends" wait_for 20 gone "$front"
	wait "$front"
	is $? 69 "$name: with status 69"
	exec 8>&-
}

# Slurm would end it after a minute; scancel is tried meanwhile.
opened 35 limit login1 -S --partition=short -S --time=1
limit_job=$job limit_front=$front
exec 7>&8

opened 0 scancel login2
root ctl scancel "$job"
says "scancel: told within 2 s" 2 "job $job ends: cancelled"
over
ok "scancel: Slurm sees it end" wait_for 20 job_is "$job" CANCELLED
left() { root "$1" ps -u alice -o args= | grep "kinds.$2"; }
for host in c1 c2; do
	is "$(left $host scancel)" "" "scancel: nothing is left on $host"
done

# What the scheduler grants more counts: the agent asks before it ends.
like "$(alice login2 "$VRS" --session=limit status 2>&1)" 'limit' \
	"limit: the session runs"
name=limit front=$limit_front job=$limit_job
says "limit: told" 70 "job $job ends: the job's time limit is reached"
exec 7>&-
over
ok "limit: Slurm did not have to" wait_for 20 job_is "$job" COMPLETED
for host in c1 c2; do
	is "$(left $host limit)" "" "limit: nothing is left on $host"
done
all_gone "nothing is left anywhere"
done_testing
