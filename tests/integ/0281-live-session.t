#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Who hangs up or interrupts while he connects never ends a session that lives:
# others, or its own server, may be using it without a mark that tells so.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new

# hang_up NAME FD OPTION...: a connection whose ssh goes away while it connects
hang_up() {
	lib_w=$1
	shift
	mkfifo "$T/$lib_w.in" "$T/$lib_w.out"
	# shellcheck disable=SC2046,SC2094 # words; two fifos
	$(queue_command --on-hangup=cancel -vv "$@") <"$T/$lib_w.in" \
		>"$T/$lib_w.out" 2>"$T/log/$lib_w.err" 9>&- &
	PID=$!
	lib_pids="$PID $lib_pids"
	"$PYTHON" -c 'import sys, time
a, b = open(sys.argv[1], "w"), open(sys.argv[2])
time.sleep(600)' "$T/$lib_w.in" "$T/$lib_w.out" 9>&- &
	holder=$!
	lib_pids="$holder $lib_pids"
	ok "$lib_w: it connects" wait_for 20 has "$T/log/$lib_w.err" "$READY"
	kill -KILL "$holder"
	ok "$lib_w: its front ends" wait_for 30 gone "$PID"
	wait "$PID"
	is $? 129 "$lib_w: status 129"
}

# A session that runs, with one who is attached.
mkfifo "$T/a.in"
# shellcheck disable=SC2046 # words
bg a sh -c 'exec "$@" <"$0"' "$T/a.in" $(queue_command --session=a)
front=$PID
exec 8>"$T/a.in"
wait_for 10 has "$T/log/a.err" 'is pending' || die "no job"
job=$(job_last)
queue start "$job"
echo 'echo up-$((1+1))' >&8
ok "a session" wait_for 10 has "$T/log/a.out" up-2
agent=$(agents)
lives() {
	ok "$1: the session lives" job_state_is "$job" running
	ok "$1: its agent, too" alive "$agent"
	is "$(grep -c '^end' "$VRS_QUEUE/calls")" 0 "$1: nobody was asked to end it"
}

# Its agent is busy, so that the connection takes a while.
kill -STOP "$agent"
READY='agent on .* port'
hang_up again --session=a
lives "a hang-up while it connects"
kill -CONT "$agent"

# The scheduler is down: nothing is known of the job.
kill -STOP "$agent"
echo "asleep" >"$VRS_QUEUE/down"
READY='asleep'
hang_up blind --session=a
rm "$VRS_QUEUE/down"
lives "a hang-up while the scheduler is down"
kill -CONT "$agent"

# Its submitter is gone, and so are all fronts; only the job works on.
kill -STOP "$agent"
# shellcheck disable=SC2046 # words
"$PYTHON" "$CLIENTS/terminal.py" 30x100 $(queue_command --session=a alloc) \
	>"$T/log/alloc.screen" 2>&1 <<'END'
see is there already
type \x03
END
is $? 130 "Ctrl-C in alloc: status 130"
lives "Ctrl-C in alloc, while the agent does not answer"
like "$(cat "$T/log/alloc.screen")" "job $job stays, since it runs" "and it is said"
kill -CONT "$agent"

# One who submits it, and gives up when it has started: others may be in it.
# shellcheck disable=SC2046 # words
bg own $(queue_command --session=own alloc) </dev/null
own=$PID
wait_for 10 has "$T/log/own.err" 'is pending' || die "no second job"
own_job=$(job_last)
queue say "$own_job" state=running reason= text=
kill -INT "$own"
wait "$own"
is $? 130 "Ctrl-C by who has submitted it: status 130"
ok "it has started: the job stays" job_state_is "$own_job" running
like "$(cat "$T/log/own.err")" "job $own_job stays, since it runs" "and it is said"
queue say "$own_job" state=ended

# A job that waits, of which the folder is in another state directory.
# shellcheck disable=SC2046 # words
bg there $(queue_command --session=there) </dev/null
there=$PID
wait_for 10 has "$T/log/there.err" 'is pending' || die "no third job"
there_job=$(job_last)
folder=$VRS_STATE/$(job_tag "$there_job")
chmod 755 "$folder"		# so that nobody else enters it
READY='lets others in'
# shellcheck disable=SC2046 # words
$(queue_command --session=there --on-hangup=cancel) </dev/null >"$T/out" \
	2>"$T/log/elsewhere.err"
like "$(cat "$T/log/elsewhere.err")" "$READY" "a folder that cannot be entered"
chmod 700 "$folder"
ok "the job waits on" job_state_is "$there_job" pending
ok "and so does who submitted it" alive "$there"
kill -INT "$there"
wait "$there"

ok "who was attached is so all the time" alive "$front"
echo 'echo still-$((1+1))' >&8
ok "and his shell answers" wait_for 10 has "$T/log/a.out" still-2
exec 8>&-
done_testing
