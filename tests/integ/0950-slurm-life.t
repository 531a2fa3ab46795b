#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The life of a session on a real cluster: all that can become of its job while
# it waits and while it runs, what the user is told of it, what the scheduler is
# asked meanwhile, and that the next connection gets a shell each time.
#
# FAULTS=long: longer outages, and 2, 8 and 32 fronts at once.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-600}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up
test "$FAULTS" = long && outage=60 || outage=4

laptop_host wait1 login1 --salloc-arg=--partition=down

# opened NAME LOGIN [OPTION...]: a front there, whose stdin is $T/NAME.in; $front
opened() {
	name=$1 login=$2
	shift 2
	rm -f "$T/$name.in"
	a_while "$STATE"
	mkfifo "$T/$name.in"
	"$RIG" exec -u alice "$login" "$VRS" "$@" <"$T/$name.in" \
		>"$T/log/$name.out" 2>"$T/log/$name.err" 9>&- 8>&- &
	front=$!
	lib_pids="$front $lib_pids"
	exec 8>"$T/$name.in"
}
# Waits are long, since a loaded machine is slow. Where a cause is to be told from
# another that tells the same later, its own limit or words say so.
says() { ok "$1" wait_for 60 has "$T/log/$name.err" "$2" ||
	diag_file "$T/log/$name.err"; }
# shell: what is typed runs in the job
shell() {
	# shellcheck disable=SC2016 # for the shell there
	echo 'echo "job=$SLURM_JOB_ID up-$((1+1))"' >&8
	ok "$1" wait_for 60 has "$T/log/$name.out" 'up-2' ||
		diag_file "$T/log/$name.err"
}
# soon NAME: what was told since $begin did not wait for two heartbeats without an
# answer, 20 s, by which a front finds out alone, and says so
soon() {
	took=$(($(lib_now) - begin))
	diag "$1: after $took tenths of a second"
	ok "$1: the agent told it" not has "$T/log/$name.err" \
		'no answer from its agent'
}
# at_once NAME: the launcher knew why, and did not give up after its own limit
at_once() { ok "$1: told at once" not has "$T/log/$name.err" 'within [0-9]+ s'; }
# over STATUS NAME: it ends by itself
over() {
	exec 8>&-
	wait_for 60 gone "$front"
	wait "$front"
	is $? "$1" "$2: status $1"
}
ended_all() {
	alice login2 "$VRS" cancel --session="${1:-default}" >"$T/log/cancel" 2>&1
	ok "cancelled" wait_for 60 no_job
}

# ---- what Slurm is asked -------------------------------------------------

# Bob waits, all through what follows, and nothing else of his runs.
"$RIG" exec -u bob login2 "$VRS" -S --partition=down </dev/null \
	>"$T/log/bob.out" 2>"$T/log/bob.err" 9>&- &
bob=$!
lib_pids="$bob $lib_pids"
asked() {
	root ctl sdiag | sed -n 's/^.*bob *( *3002) *count:\([0-9]*\).*/\1/p' |
		tail -n 1
}
ok "bob waits" wait_for 60 has "$T/log/bob.err" 'job [0-9]+ is pending'
bob_asked=$(asked) bob_since=$(lib_now)
diag "to start, Slurm was asked $bob_asked times"
# By commands it is one more: the cluster's name and clock.
most=10
test "$LAUNCHER" = launch-slurm || most=11
ok "few questions to start" test "$bob_asked" -le $most

# ---- held, released ------------------------------------------------------

opened held login1 -S --partition=down
says "told that it waits" 'job [0-9]+ is pending'
job=$(jobs_of alice)
alice login1 scontrol hold "$job"
says "held, in Slurm's words" "job $job is pending \(JobHeldUser: held"
# A slurmctld that is busy with the job says to try again.
ok "where it could run" \
	wait_for 20 root ctl scontrol update "jobid=$job" partition=devel
alice login1 scontrol release "$job"
begin=$(lib_now)
shell "released: the agent calls"
diag "a shell $(($(lib_now) - begin)) tenths after the release"

# ---- suspended -----------------------------------------------------------

root ctl scontrol suspend "$job"
wait_for 60 job_is "$job" SUSPENDED
printf 'echo in-$((1+1))\n' | rig exec -u alice login2 "$VRS" >"$T/out" \
	2>"$T/err" &
second=$!
ok "suspended: named" wait_for 60 has "$T/err" "job $job is suspended"
root ctl scontrol resume "$job"
wait "$second"
is "$? $(cat "$T/out")" "0 in-2" "resumed: it is dialed then" || diag_file "$T/err"
echo 'echo still-$((40+2))' >&8
ok "resumed: the first was unhurt" wait_for 60 has "$T/log/held.out" still-42

# ---- a login node is lost ------------------------------------------------

rig kill login1 host
opened other login2 -v
shell "login node gone: a shell by the other"
ok "nothing was dialed in vain" not has "$T/log/other.err" 'no answer in time'
is "$(the_job)" "$job" "in the same job"
rig start login1 host
exec 8>&-
ended_all

# ---- put back into the queue ---------------------------------------------

opened requeued login1
shell "before a requeue"
job=$(the_job)
root ctl scontrol update "jobid=$job" requeue=1
root ctl scontrol requeue "$job"
begin=$(lib_now)
says "requeued: told" "job $job ends: put back into the queue"
soon requeued
over 69 "requeued"
opened again login2
says "requeued: the next waits for it" "job $job is pending"
# Slurm waits two minutes until it starts such a job again. While its last run is
# ending it forgets another time, so it is told until it has begun; and a slurmd takes
# no start from the second in which it revoked the credential of the last run.
left=
revoked_before() {
	job_is "$job" PENDING || return
	left=${left:-$(lib_now)}
	test $(($(lib_now) - left)) -ge 20
}
begun() {
	job_is "$job" RUNNING || {
		root ctl scontrol update "jobid=$job" starttime=now
		sleep 1
		false
	} 2>/dev/null
}
ok "requeued: its last run is over" wait_for 60 revoked_before
ok "requeued: it begins" wait_for 90 begun ||
	diag "$(cat "$T/log/$name.err"; root ctl scontrol show job "$job")"
shell "requeued: it runs again"
is "$(the_job)" "$job" "requeued: the same job"
exec 8>&-
ended_all

# ---- preempted -----------------------------------------------------------

root ctl scontrol update partition=low GraceTime=1
opened low login1 --session=low -S --partition=low
shell "in a partition that can be preempted"
job=$(the_job)
block=$(root login1 sbatch --parsable -p high -N2 --exclusive --wrap 'sleep 600')
wait_for 60 not job_is "$job" RUNNING
begin=$(lib_now)
says "preempted: told" "job $job ends: had to make room.*\(PREEMPTED\)"
soon preempted
over 69 "preempted"

# ---- many fronts for a job that waits ------------------------------------

# crowd N: fronts at once, half on each login node, while the cluster is full
crowd() {
	crowd=
	for n in $(seq "$1"); do
		# shellcheck disable=SC2016 # for the shell in the job
		echo 'echo "job=$SLURM_JOB_ID pid=$PPID"' |
			timeout 300 "$RIG" exec -u alice "login$((n % 2 + 1))" \
				"$VRS" >"$T/crowd.$n" 2>"$T/crowd.err.$n" 9>&- &
		crowd="$crowd $!"
	done
}
waiting() { test "$(grep -l 'is pending' "$T"/crowd.err.* | wc -l)" = "$1"; }
one_pending() { test "$(jobs_of alice | wc -l)" = 1; }
# full N: all of them wait for one job, some are killed, the others get it
full() {
	rm -f "$T"/crowd.*
	crowd "$1"
	ok "$1 fronts wait" wait_for 60 waiting "$1" ||
		diag "$(cat "$T"/crowd.err.*)"
	ok "$1 fronts: one job waits" wait_for 60 one_pending ||
		diag "$(root ctl squeue)"
	killed=0
	for pid in $crowd; do
		test "$killed" -lt $(($1 / 4)) || break
		kill -9 "$pid"
		wait "$pid" 2>/dev/null
		killed=$((killed + 1))
	done
	job=$(the_job)
	root login1 scancel "$block"
	failed=0
	for pid in $crowd; do
		test "$killed" = 0 || { killed=$((killed - 1)); continue; }
		wait "$pid" || failed=$((failed + 1))
	done
	is "$failed" 0 "$1 fronts: all that are left get a shell" ||
		diag "$(sort "$T"/crowd.err.* | uniq -c | sort -n)"
	is "$(cat "$T"/crowd.[0-9]* | sort -u | wc -l)" 1 \
		"$1 fronts: below one agent"
	is "$(the_job)" "$job" "$1 fronts: the one job runs, none waits"
	is "$(folders | grep -Exc '[0-9a-f]{16}')" 1 "$1 fronts: one folder"
	ended_all
}
for n in $(test "$FAULTS" = long && echo 2 8 32 || echo 8); do
	test -n "$block" || block=$(root login1 sbatch --parsable -p high -N2 \
		--exclusive --wrap 'sleep 600')
	wait_for 60 job_is "$block" RUNNING
	full "$n"
	block=
done

# ---- a node is lost ------------------------------------------------------

# Slurm knows after SlurmdTimeout, 15 s here. Other things are tried meanwhile.
opened failing login1 --session=failing -S --nodelist=c2
shell "on a node that will be lost"
failing=$front failing_job=$(the_job)
exec 7>&8
rig cut c2		# or its kernel would still say good-bye
rig kill c2 host
only_failing() { test "$(jobs_of alice | tr -d '\n')" = "$failing_job" || no_job; }
others() { jobs_of alice | grep -vx "$failing_job"; }

# ---- Ctrl-C on a terminal ------------------------------------------------

"$PYTHON" "$CLIENTS/terminal.py" 30x100 "$RIG" ssh -tt alice@wait1 \
	>"$T/log/screen" 2>&1 9>&- <<'END'
see job [0-9]+ is pending
type \x03
see was cancelled: nobody else waited
END
is $? 130 "Ctrl-C on a terminal: status 130"
ok "Ctrl-C: no job is left" wait_for 60 only_failing

# ---- scancel in the queue, cancel by another -----------------------------

opened queue login1 -S --partition=down
says "pending" 'job [0-9]+ is pending'
alice login2 scancel "$(others)"
begin=$(lib_now)
says "scancel in the queue: told" 'ended before .*cancelled .CANCELLED.'
diag "$(($(lib_now) - begin)) tenths after scancel"
over 69 "scancel in the queue"
# The watch looks after 3 s and 10 s later. A loaded machine may be late now and
# then; who waits for the look is so each time.
for try in 1 2 3; do
	opened queue login1 -S --partition=down
	says "pending" 'job [0-9]+ is pending'
	sleep 4
	alice login2 "$VRS" cancel >"$T/log/cancel" 2>&1
	begin=$(lib_now)
	says "cancel by another: told" 'ended before .*cancelled .CANCELLED.'
	took=$(($(lib_now) - begin))
	over 69 "cancel by another"
	diag "after $took tenths of a second"
	test $took -ge 85 || break
done
ok "cancel by another: before the next look" test "$took" -lt 85

# ---- the node is known to be lost ----------------------------------------

node_failed() { job_is "$failing_job" NODE_FAIL || test -z "$(others; jobs_of alice)"; }
name=failing
says "node lost: the silence is told" "job $failing_job: no answer from its agent on c2"
ok "node lost: Slurm knows" wait_for 60 node_failed
begin=$(lib_now)
says "node lost: told" "job $failing_job ended: its node failed \(NODE_FAIL\)"
diag "told $(($(lib_now) - begin)) tenths after Slurm knew"
exec 7>&-
front=$failing
over 75 "node lost"
opened next login2 --session=failing
shell "node lost: the next connection starts another job"
over 0 "node lost: the next"
ended_all failing

# ---- what Slurm was asked, again -----------------------------------------

# Looks after 3, 13, 28, 48, 73 s, each one question, and by squeue two, since it asks
# for partitions, too; answers to his first ones may be among them.
waited() { test $((($(lib_now) - bob_since) / 10)) -ge 75; }
ok "he has waited for 75 s" wait_for 80 waited
now=$((($(lib_now) - bob_since) / 10))
count=$(($(asked) - bob_asked))
diag "$count questions in $now s of waiting"
each=1
test "$LAUNCHER" = launch-slurm || each=2
ok "no more than one look in 10 s" test "$count" -le $((now / 10 * each))
ok "some" test "$count" -ge 2
end_pid "$bob"
bob login2 "$VRS" cancel >"$T/log/cancel" 2>&1

# ---- slurmctld is lost while the session runs ----------------------------

cat >"$T/ticks.py" <<'END'
import subprocess, sys, time
p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE,
                     stdout=subprocess.PIPE, text=True)
p.stdin.write("for i in $(seq 40); do date +%s.%N; sleep 0.1; done\nexit\n")
p.stdin.flush()
late = [time.time() - float(line) for line in p.stdout]
print(len(late), "%d" % (1000 * max(late)))
END
# ticks: a shell that says the time each tenth of a second
ticks() {
	: >"$T/log/ticks"
	"$PYTHON" "$T/ticks.py" "$RIG" exec -u alice login2 "$VRS" \
		>"$T/ticks" 2>"$T/log/ticks"
}
ticks &
ticking=$!
ok "a session" wait_for 60 has "$T/log/ticks" "is job"
job=$(the_job)
rig kill ctl slurmctld TERM
# A call to a slurmctld that is not there takes 10 s and more. A loaded machine may
# be late now and then; who waits for it is so each time.
for try in 1 2 3; do
	wait "$ticking"
	read -r ticks late <"$T/ticks"
	is "$ticks" 40 "no slurmctld: the session runs"
	diag "the latest of 40 ticks came $late ms late"
	test "$late" -ge 5000 || break
	ticks &
	ticking=$!
done
ok "no slurmctld: nothing waits for it" test "$late" -lt 5000

# ---- slurmctld is lost before a submit -----------------------------------

opened before login1 --session=before
says "no slurmctld: told" 'slurmctld .*does not answer.*trying again for'
at_once "no slurmctld"
sleep "$outage"
rig start ctl slurmctld
begin=$(lib_now)
shell "slurmctld is back: the job is submitted, and runs"
diag "$(($(lib_now) - begin)) tenths after slurmctld came back"
exec 8>&-
over 0 "before"
alice login2 "$VRS" cancel --session=before >"$T/log/cancel" 2>&1

# The same for munged.
rig kill login1 munged
opened munge login1 --session=munge
says "no munged: told" 'munged does not run on this host.*trying again'
at_once "no munged"
rig start login1 munged
shell "munged is back: a shell"
over 0 "munged"
alice login2 "$VRS" cancel --session=munge >"$T/log/cancel" 2>&1
ended_all

# ---- slurmctld is lost while the job waits -------------------------------

opened pending login1 -S --partition=down
says "pending" 'job [0-9]+ is pending'
job=$(the_job)
rig kill ctl slurmctld TERM
sleep "$outage"
alive "$front"
is $? 0 "no slurmctld while it waits: it waits on"
rig start ctl slurmctld
back() { root ctl scontrol update "jobid=$job" partition=devel 2>/dev/null; }
ok "slurmctld is back" wait_for 60 back
shell "slurmctld is back: the job starts, the agent calls"
over 0 "pending"
ended_all

exec 8>&-
done_testing
