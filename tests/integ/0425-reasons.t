#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Why a session ended, in the scheduler's words where it knows more than the
# agent: one line, within two seconds, and nothing that the shell said is lost.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new

# attached NAME [OPTION...]: a front with a shell that runs on; $front, $job,
# $agent, its stdin is open
attached() {
	name=$1
	shift
	rm -f "$T/$name.in"
	mkfifo "$T/$name.in"
	# shellcheck disable=SC2046 # words
	bg "$name" sh -c 'exec "$@" <"$0"' "$T/$name.in" \
		$(queue_command --session="$name" "$@")
	front=$PID
	exec 8>"$T/$name.in"
	wait_for 10 has "$T/log/$name.err" 'is pending' || die "$name: no job"
	job=$(job_last)
	queue start "$job"
	echo 'echo up-$((1+1))' >&8
	ok "$name: a shell" wait_for 10 has "$T/log/$name.out" up-2
	# The oldest: it forks, and its child has its words.
	agent=$(pgrep -o -f -- "--tag=$(job_tag "$job")")
}
# ended STATUS ERE: how it ended
ended() {
	begin=$(lib_now)
	ok "$name: the line comes" wait_for 20 has "$T/log/$name.err" "$2"
	took=$(($(lib_now) - begin))
	diag "$name: $took tenths: $(grep -E "$2" "$T/log/$name.err")"
	wait_for 10 gone "$front"
	wait "$front"
	is $? "$1" "$name: status $1"
	is "$(grep -c "job $job end\|job $job: the conn" "$T/log/$name.err")" 1 \
		"$name: one line"
	exec 8>&-
}

# One that is silent meanwhile, below. It was heard from after this moment.
heard=$(lib_now)
attached silent
exec 7>&8 8>&-
silent=$agent silent_job=$job silent_front=$front
kill -STOP "$silent"

attached cancelled
queued --session=cancelled cancel </dev/null >"$T/out" 2>&1 &
canceller=$!
ended 69 "job $job ends: cancelled \(CANCELLED\)"
wait "$canceller"

attached preempted
queue say "$job" state=completing reason=PREEMPTED by=scheduler \
	"text=had to make room for a job of higher priority"
kill -TERM "$agent"
ended 69 "job $job ends: had to make room .* \(PREEMPTED\)"
queue say "$job" state=ended

attached requeued
queue say "$job" state=pending reason=REQUEUED by=requeue "text=put back into the queue"
kill -TERM "$agent"
ended 69 "job $job ends: put back into the queue \(REQUEUED\)"
queue say "$job" state=ended

# As after scontrol requeuehold state=SpecialExit.
attached held
queue say "$job" state=pending reason=SPECIAL_EXIT by=requeue \
	"text=put back into the queue after a special exit, and held"
kill -KILL "$agent"
ended 75 "job $job ended: .* special exit, and held \(SPECIAL_EXIT\);\
 connect again to wait"
queue say "$job" state=ended

# It knows better than the scheduler, which sees it run.
attached itself
queue say "$job" reason=RUNNING text=running
kill -INT "$agent"
ended 69 "job $job ends: the agent was interrupted"

attached outage
echo 'the queue is down' >"$VRS_QUEUE/down"
kill -TERM "$agent"
ended 69 "job $job ends: the job was told to end"
rm "$VRS_QUEUE/down"
queue say "$job" state=ended

attached memory
queue say "$job" state=ended reason=OUT_OF_MEMORY by=itself lacked=memory \
	"text=a process of it ran out of memory" \
	status=137
kill -KILL "$agent"
ended 75 "job $job ended: .* ran out of memory \(OUT_OF_MEMORY\).*; ask for more memory, with --mem="

attached killed
queue say "$job" state=ended reason=RaisedSignal by=itself status=137 \
	"text=its program was killed by a signal"
kill -KILL "$agent"
ended 75 "job $job ended: .*by a signal \(RaisedSignal\), its agent got signal 9"

# Slurm has not noticed.
attached unnoticed
echo 'the queue is down' >"$VRS_QUEUE/down"
kill -KILL "$agent"
ended 75 "job $job: the connection to its agent .*broke.*connect again"
rm "$VRS_QUEUE/down"
queue say "$job" state=ended

# What the shell has said goes out before the front does.
mkfifo "$T/words.out"
rm -f "$T/words.in"
mkfifo "$T/words.in"
# shellcheck disable=SC2046 # words
bg words sh -c 'exec "$@" <"$0.in" >"$0.out"' "$T/words" \
	$(queue_command --session=words)
front=$PID
exec 8>"$T/words.in" 6<"$T/words.out"
wait_for 10 has "$T/log/words.err" 'is pending'
job=$(job_last)
queue start "$job"
echo "head -c 150000 /dev/zero; touch $T/said; sleep 600" >&8
ok "words: all is said" wait_for 10 test -e "$T/said"
queued --session=words cancel </dev/null >"$T/out" 2>&1 &
ok "words: the session ends" wait_for 10 has "$T/log/words.err" 'ends: cancelled'
is "$(wc -c <&6)" 150000 "words: every byte of the shell came"
exec 8>&- 6<&-
wait "$front"
is $? 69 "words: status 69"
wait_for 20 gone "$!"

# Silence of more than two heartbeats is told, with what the scheduler says.
name=silent
ok "silent: said" wait_for 40 has "$T/log/silent.err" \
	"job $silent_job: no answer from its agent on .* for [0-9]+ s; waiting"
took=$(($(lib_now) - heard))
ok "silent: after two heartbeats" test "$took" -ge 190
queue say "$silent_job" state=suspended reason=SUSPENDED text=suspended
ok "silent: suspended, it is said" wait_for 15 has "$T/log/silent.err" \
	"job $silent_job is suspended"
queue say "$silent_job" state=running reason= text=
kill -CONT "$silent"
ok "silent: it answers again" wait_for 15 has "$T/log/silent.err" \
	"its agent on .* answers again"
echo 'echo still-$((40+2))' >&7
ok "silent: the shell was unhurt" wait_for 10 has "$T/log/silent.out" still-42
exec 7>&-
wait_for 10 gone "$silent_front"
wait "$silent_front"
is $? 0 "silent: status 0"
done_testing
