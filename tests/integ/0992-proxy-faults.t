#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ssh clients in a Slurm job by ProxyCommand when something fails: the login node is
# behind another, slurmctld is down, a transfer's front or agent is killed, its node
# is lost. A client gets an error, and not silence. FAULTS=long has a node that only
# stops answering.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 400 || echo 120)}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

# job_host NAME COMMAND: an entry of alice's laptop, before those there are
job_host() {
	printf 'Host %s\n\tUser alice\n\tHostKeyAlias job\n\tProxyCommand %s\n' \
		"$1" "$2"
	printf '\tUserKnownHostsFile ~/.ssh/known_job\n\tConnectTimeout 60\n'
	printf '\tStrictHostKeyChecking yes\n'
}
{
	job_host job "ssh -T alice@login1 $VRS -S-c1 proxy"
	job_host behind "ssh -T -J alice@login2 alice@login1 $VRS -S-c1 proxy"
	cat "$LAPTOP/.ssh/config"
} >"$T/config"
cat "$T/config" >"$LAPTOP/.ssh/config"
laptop() { timeout 300 "$RIG" exec -u alice client "$@" 9>&-; }
laptop ssh -T alice@login1 "$VRS proxy --known-hosts job" </dev/null \
	>"$LAPTOP/.ssh/known_job" 2>"$T/err" || diag_file "$T/err"

is "$(laptop ssh job 'echo $SLURM_JOB_ID' </dev/null 2>"$T/err")" "$(the_job)" \
	"in the job" || diag_file "$T/err"
job=$(the_job)
like "$job" '^[0-9]+$' "there is one"
node=$(job_node "$job")
is "$(laptop ssh behind 'echo $SLURM_JOB_ID' </dev/null 2>"$T/err")" "$job" \
	"-J before the login node" || diag_file "$T/err"

# ---- slurmctld is down -----------------------------------------------------

rig kill ctl slurmctld TERM
is "$(laptop ssh job 'echo $SLURM_JOB_ID' </dev/null 2>"$T/err")" "$job" \
	"slurmctld is down: in the job as before" || diag_file "$T/err"
is "$(cat "$T/err")" "" "slurmctld is down: without a word"
rig start ctl slurmctld
back() { root ctl sinfo -h -p devel -t idle,mix -o %D | grep -q 2; }
ok "slurmctld is back" wait_for 30 back

# ---- transfers -------------------------------------------------------------

big() { laptop ssh job 'truncate -s 100M big' </dev/null 2>"$T/err"; }

# transfer NAME COMMAND...: on the laptop, so slow that it goes on for long
transfer() {
	lib_t=$1
	shift
	bg "$lib_t" "$RIG" exec -u alice client timeout 200 "$@"
	eval "pid_$lib_t=\$PID"
}

transfers() {
	rm -f "$LAPTOP"/copy.*
	transfer talk ssh job 'while echo x; do sleep 0.1; done'
	transfer sftp scp -q -l 4000 job:big copy.sftp
	transfer scp scp -q -O -l 4000 job:big copy.scp
	transfer rsync rsync --inplace --bwlimit=500 job:big copy.rsync
	ok "$1: four transfers" wait_for 30 moving
}

moving() {
	has "$T/log/talk.out" x && test -s "$LAPTOP/copy.sftp" &&
		test -s "$LAPTOP/copy.scp" && test -s "$LAPTOP/copy.rsync"
}

# they_end NAME SECONDS: with an error of their own, and nothing is whole
they_end() {
	for lib_t in talk sftp scp rsync; do
		eval "lib_p=\$pid_$lib_t"
		ok "$1: $lib_t ends" wait_for "$2" gone "$lib_p" || continue
		wait "$lib_p"
		lib_rc=$?
		like "$lib_rc" '^(1|12|255|[1-9][0-9]?)$' "$1: $lib_t has an error" ||
			diag_file "$T/log/$lib_t.err"
		like "$(tr -d '\r' <"$T/log/$lib_t.err")" '[a-z]' \
			"$1: $lib_t says something"
	done
}

big
transfers "the fronts are killed"
for p in $(root login1 pgrep -u alice -x vscode-remote-s); do
	root login1 kill -9 "$p"
done
they_end "the fronts are killed" 20
no_sshd() { test -z "$(root "$node" pgrep -u alice '^sshd')"; }
ok "no sshd of theirs is left in the job" wait_for 20 no_sshd
is "$(the_job)" "$job" "which stays"

transfers "the agent is killed"
keeper=$(root "$node" pgrep -o -u alice -x vscode-remote-a)
agent=$(root "$node" pgrep -o -u alice -x -P "$keeper" vscode-remote-a)
root "$node" kill -9 "$agent"
they_end "the agent is killed" 10
ok "no sshd of theirs is left" wait_for 20 no_sshd
ok "the job ends" wait_for 20 no_job

# ---- ended on purpose ------------------------------------------------------

may_start() { find "$STATE" -name 'ended.*' -delete; }

# ended_by NAME COMMAND...: it ends the job, whose client has come by ProxyCommand;
# that loses its ssh with its sshd, and comes again by itself, as editors do
ended_by() {
	lib_by=$1
	shift
	may_start
	transfer talk ssh job 'while echo x; do sleep 0.1; done'
	ok "$lib_by: a client" wait_for 30 has "$T/log/talk.out" x
	"$@" >"$T/out" 2>&1
	ok "$lib_by: the job ends" wait_for 20 no_job
	# shellcheck disable=SC2154 # by transfer
	ok "$lib_by: and its client" wait_for 20 gone "$pid_talk"
	laptop ssh job true </dev/null >"$T/out" 2>"$T/err"
	is $? 255 "$lib_by: it is refused when it comes again"
	like "$(cat "$T/err")" 'was ended .*and stays so for a client that comes back' \
		"$lib_by: with the reason"
	ok "$lib_by: and starts no job" no_job
}
ended_by cancel alice login2 "$VRS" cancel
ended_by scancel alice login2 scancel -u alice

# ---- the node --------------------------------------------------------------

# another: a session with a new job, which is then $job on $node
another() {
	may_start
	big || diag_file "$T/err"
	job=$(the_job)
	node=$(job_node "$job")
	like "$job" '^[0-9]+$' "there is another job"
}

# Nothing says that it is gone: the front asks the scheduler after 20 s of silence.
if test "$FAULTS" = long; then
	another
	transfers "the node is silent"
	begin=$(lib_now)
	rig cut "$node"
	they_end "the node is silent" 150
	diag "after $((($(lib_now) - begin) / 10)) s"
	like "$(cat "$T/log/talk.err")" "job $job" \
		"the node is silent: which job's is told"
	rig heal "$node"
	ok "the job ends" wait_for 60 no_job
	ok "and the node is back" wait_for 60 back
fi

another
transfers "the node is lost"
rig kill "$node" host
they_end "the node is lost" 60
like "$(cat "$T/log/talk.err")" "job $job" "the node is lost: which job's is told"
front login1 cancel
ok "and nothing is left" wait_for 15 no_alices
done_testing
