#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A scheduler that is down, hung or slow is not in the way of who comes back: a
# session that runs is reached by both login nodes, ended, and listed. DOWN_TRIES
# (4): how often each way is tried.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-280}
export TEST_TIMEOUT
TRIES=${DOWN_TRIES:-4}
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

# attach LOGIN [OPTION...]: a connection; what its shell says in $said, its
# status in $rc, the milliseconds until then in $took
attach() {
	lib_login=$1
	shift
	begin=$(date +%s%N)
	# shellcheck disable=SC2016 # for the shell there
	said=$(printf 'echo "$SLURM_JOB_ID $SLURMD_NODENAME"\nexit\n' |
		timeout 300 "$RIG" exec -u alice "$lib_login" "$VRS" --linger=0 \
		"$@" 2>"$T/err")
	rc=$?
	took=$((($(date +%s%N) - begin) / 1000000))
}

# calls: what slurmctld was asked by alice since it was reset
reset() { root ctl sdiag -r >/dev/null; }
calls() {
	root ctl sdiag | sed -n 's/^.*alice *( *3001) *count:\([0-9]*\).*/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}

# ---- what Slurm is asked ---------------------------------------------------

reset
attach login1 --session=count
n=$(calls)
like "$said" '^[0-9]+ c[12]$' "a session starts"
ok "from front to shell slurmctld is asked at most 4 times" test "$n" -ge 1 -a "$n" -le 4
diag "a start: $n calls"
job=${said% *}
reset
attach login1 --session=count
is "${said% *} $(calls)" "$job 0" "an attach asks it nothing"
attach login2 --session=count
is "${said% *} $(calls)" "$job 0" "and by the other login node, which was never there"
mkfifo "$T/in"
"$RIG" exec -u alice login2 "$VRS" --linger=0 --session=count <"$T/in" \
	>"$T/log/stays.out" 2>"$T/log/stays.err" 9>&- &
stays=$!
lib_pids="$stays $lib_pids"
exec 8>"$T/in"
ok "one that stays" wait_for 20 has "$T/log/stays.err" "session 'count' is job"
asked() { test "$(calls)" -ge 1; }
ok "asks in the background" wait_for 25 asked
exec 8>&-
wait "$stays"
is "$(calls)" 1 "once in its life"
front login1 cancel count
is "$rc" 0 "cancel"
ok "it ends" wait_for 20 no_job

# ---- down, and hung --------------------------------------------------------

attach login1
job=${said% *}
like "$said" '^[0-9]+ c[12]$' "a session"
# munged where the front is is what counts.
for what in 'ctl slurmctld STOP' 'ctl slurmctld KILL' 'login1 munged STOP' \
	'login2 munged KILL'; do
	# shellcheck disable=SC2086 # its words
	set -- $what
	rig kill "$1" "$2" "$3" >/dev/null
	reached=0 quick=0 longest=0 n=0
	while test $n -lt "$TRIES"; do
		for login in login1 login2; do
			attach $login
			test "${said% *}" = "$job" && reached=$((reached + 1))
			test "$took" -lt 1000 && quick=$((quick + 1))
			test "$took" -le $longest || longest=$took
		done
		n=$((n + 1))
	done
	is "$reached" $((2 * TRIES)) "$what: reached each time, by both login nodes"
	diag "$what: $quick of $reached in less than a second, the longest $longest ms"
	case $what in
	ctl*)
		rm -f "$T/new"
		"$RIG" exec -u alice login2 "$VRS" --session=new --outage-timeout=0 \
			--launcher-timeout=5s </dev/null >"$T/out" 2>"$T/new" &
		new=$!
		ok "$what: another session: it is said" \
			wait_for 10 test -s "$T/new"
		like "$(head -n 1 "$T/new")" \
			'has not answered for [12] s|does not answer' \
			"$what: that Slurm does not answer"
		wait $new
		is $? 69 "$what: and then it fails"
		front login2 list --launcher-timeout=2s
		is "$rc" 69 "$what: list: its status says that it is not all"
		like "$(cat "$T/out")" "^default +$job +RUNNING" "$what: list: but this one"
		;;
	esac
	case $3 in
	STOP) rig kill "$1" "$2" CONT >/dev/null ;;
	*) ok "$what: it starts again" wait_for 30 rig start "$1" "$2" ;;
	esac
done
up() { alice login1 sinfo >/dev/null 2>&1 && alice login2 sinfo >/dev/null 2>&1; }
ok "all is up again" wait_for 60 up

# ---- cancel without a scheduler --------------------------------------------

rig kill ctl slurmctld STOP >/dev/null
front login2 cancel --launcher-timeout=5s
is "$rc" 69 "cancel: there may be a job that only Slurm knows"
like "$(cat "$T/err")" "session 'default': job $job ended, by its agent" \
	"cancel: the session has ended all the same"
ok "cancel: nothing of it runs" wait_for 10 no_alices
rig kill ctl slurmctld CONT >/dev/null
ok "all is up again" wait_for 60 up
ok "and Slurm sees it" wait_for 30 no_job

# ---- Slurm has ended a job whose agent lives on ----------------------------

attach login1 --session=lost
job=${said% *} node=${said#* }
rig kill "$node" slurmd KILL >/dev/null
root ctl scontrol update "nodename=$node" state=down reason=test
ok "slurmd is dead and its node set down: Slurm ends the job" wait_for 60 no_job
attach login1 --session=lost
is "${said% *}" "$job" "its agent answers, and is the session"
mkfifo "$T/lost"
"$RIG" exec -u alice login2 "$VRS" --linger=0 --session=lost <"$T/lost" \
	>"$T/log/lost.out" 2>"$T/log/lost.err" 9>&- &
lost=$!
lib_pids="$lost $lib_pids"
exec 8>"$T/lost"
ok "who stays" wait_for 20 has "$T/log/lost.err" "session 'lost' is job $job"
ok "is told when Slurm has been asked" \
	wait_for 40 has "$T/log/lost.err" "job $job ends: "
wait_for 20 gone "$lost"
wait "$lost"
is $? 69 "with status 69"
exec 8>&-
ok "and the agent has ended" wait_for 20 no_alices
attach login2 --session=lost
isnt "${said% *}" "$job" "the next connection starts another job"
is "$(jobs_of alice | wc -l)" 1 "one"
front login1 cancel --all
all_gone "nothing is left"
done_testing
