#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A job that waits: what is said of it, and what becomes of it when who waits
# for it gives up. A launcher with a queue stands in for a scheduler.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new

# waits NAME [OPTION...]: a front whose job waits, $PID, its stdin is open
waits() {
	lib_w=$1
	shift
	# shellcheck disable=SC2046 # words
	bg "$lib_w" $(queue_command "$@") </dev/null
	ok "$lib_w: told of the job" wait_for 20 has "$T/log/$lib_w.err" \
		'job [0-9]+ is pending'
}
# hung NAME [OPTION...]: the same, with pipes that hang_up NAME closes
hung() {
	mkfifo "$T/$1.in" "$T/$1.out"
	lib_w=$1
	shift
	# shellcheck disable=SC2046,SC2094 # words; two fifos
	$(queue_command "$@") <"$T/$lib_w.in" >"$T/$lib_w.out" \
		2>"$T/log/$lib_w.err" 9>&- &
	PID=$!
	lib_pids="$PID $lib_pids"
	"$PYTHON" -c 'import sys, time
a, b = open(sys.argv[1], "w"), open(sys.argv[2])
time.sleep(600)' "$T/$lib_w.in" "$T/$lib_w.out" 9>&- &
	holder=$!
	lib_pids="$holder $lib_pids"
	ok "$lib_w: told of the job" wait_for 20 has "$T/log/$lib_w.err" \
		'job [0-9]+ is pending'
}
homes() { ls "$VRS_STATE"/*/home.* 2>/dev/null | wc -l; }
homes_are() { test "$(homes)" = "$1"; }
folders() { ls "$VRS_STATE" | grep -Ex '[0-9a-f]{16}'; }
told() { cat "$T/log/$1.err"; }

# ---- lines ------------------------------------------------------------------

begin=$(lib_now)
waits a --session=a
took=$(($(lib_now) - begin))
diag "told after $took tenths of a second"
like "$(told a)" '^vscode-remote-shell: job 1 is pending \(Resources: waiting for free nodes\)$' \
	"state and reason"
queue say 1 time-limit=unlimited
queued list --no-header >"$T/out" 2>"$T/err"
like "$(tr -s ' ' <"$T/out")" '^a 1 PENDING UNLIMITED ' "list: no time limit"
queue say 1 time-limit=1200
queued list --no-header >"$T/out" 2>"$T/err"
like "$(tr -s ' ' <"$T/out")" '^a 1 PENDING 20:00 ' "list: one"
queue say 1 reason=Priority "text=other jobs are ahead" "start=$(($(date +%s) + 7200))"
ok "a change is told" wait_for 5 has "$T/log/a.err" \
	'pending \(Priority: other jobs are ahead\), expected start 20..-..-.. ..:..$'
queued list --no-header >"$T/out" 2>"$T/err"
like "$(tr -s ' ' <"$T/out")" '^a 1 PENDING 20:00 .* 20..-..-..T..:..:.. \(Priority\)$' \
	"list: when it is expected to start"
queue say 1 state=configuring reason=CONFIGURING "text=its node is being made ready" start=
ok "configuring" wait_for 5 has "$T/log/a.err" \
	'job 1 is configuring \(CONFIGURING: its node'
queue say 1 state=suspended reason=SUSPENDED text=suspended
ok "suspended" wait_for 5 has "$T/log/a.err" 'job 1 is suspended'
queue say 1 state=pending reason=REQUEUED by=requeue "text=put back into the queue"
ok "requeued" wait_for 5 has "$T/log/a.err" 'job 1 is pending \(REQUEUED: put back'
ok "each is told once" test "$(grep -c 'job 1 is' "$T/log/a.err")" = 5

# Its folder is lost, as with an agent that was ended to run again.
rm -rf "${VRS_STATE:?}/$(job_tag 1)"
printf 'echo pid $$; exit 3\n' | queued --session=a >"$T/out" 2>"$T/err" &
next=$!
ok "a front that comes makes the folder again" wait_for 10 test -s \
	"$VRS_STATE/$(job_tag 1)/secret"
ok "and waits" wait_for 10 homes_are 1
queue start 1
wait "$next"
is $? 3 "its shell runs in the job"
like "$(cat "$T/out")" '^pid ' "and heard what was typed before"
end_pid "$PID"

# The record of an earlier run, whose agent ends a little later.
waits b --session=b
job=$(job_last)
end_pid "$PID"
folder=$VRS_STATE/$(job_tag "$job")
printf 'port=1\nhost=127.0.0.1\nnode=none\n\n' >"$folder/endpoint"
chmod 600 "$folder/endpoint"
printf 'exit 8\n' | queued --session=b -vv >"$T/out" 2>"$T/err" &
next=$!
ok "an old record: the front waits" wait_for 10 homes_are 1
secret=$(md5sum <"$folder/secret")
rm -rf "$folder"
remade() { test -s "$folder/secret" && homes_are 1; }
ok "an old agent ends: the folder is made again" wait_for 10 remade
isnt "$(md5sum <"$folder/secret")" "$secret" "with another secret"
unlike "$(cat "$T/err")" 'does not answer|is running' "nobody was taken for the agent"
queue start "$job"
wait "$next"
is $? 8 "the agent of the next run is found"
queued --session=b cancel >"$T/out" 2>&1 </dev/null

# Suspended while it runs: nothing is expected of its agent until it goes on.
stopped=$(agents)
# shellcheck disable=SC2086 # one a word
kill -STOP $stopped
queue say 1 state=suspended reason=SUSPENDED text=suspended
printf 'exit 4\n' | queued --session=a >"$T/out" 2>"$T/err" &
next=$!
ok "a suspended job is named" wait_for 10 has "$T/err" 'job 1 is suspended'
kill -0 "$next"
ok "and waited for" test $? = 0
# shellcheck disable=SC2086
kill -CONT $stopped
queue say 1 state=running reason= text=
wait "$next"
is $? 4 "until it runs again"
queued --session=a cancel >"$T/out" 2>&1 </dev/null

# ---- Ctrl-C -----------------------------------------------------------------

# interrupt NAME [OPTION...]: Ctrl-C on a terminal when the job is told of
interrupt() {
	lib_w=$1
	shift
	# shellcheck disable=SC2046 # words
	"$PYTHON" "$CLIENTS/terminal.py" 30x100 $(queue_command "$@") \
		>"$T/log/$lib_w.screen" 2>&1 <<-'END'
		see job [0-9]+ is pending
		type \x03
		END
	rc=$?
}
interrupt own --session=own
is "$rc" 130 "Ctrl-C: status 130"
job=$(job_last)
ok "Ctrl-C: the job is cancelled" job_state_is "$job" ended
like "$(cat "$T/log/own.screen")" \
	"job $job was cancelled: nobody else waited for it" "Ctrl-C: it is said"
is "$(folders)" "" "Ctrl-C: no folder is left"

waits first --session=two
first=$PID
job=$(job_last)
interrupt second --session=two
is "$rc" 130 "Ctrl-C of another: status 130"
like "$(cat "$T/log/second.screen")" \
	"job $job stays, since another connection submitted it" \
	"Ctrl-C of another: it is said"
ok "Ctrl-C of another: the job waits on" job_state_is "$job" pending
waits second --session=two
second=$PID
ok "two wait" wait_for 5 homes_are 2
kill -INT "$first"
wait "$first"
is $? 130 "Ctrl-C, but another waits: status 130"
like "$(told first)" "job $job stays, since others wait for it" \
	"Ctrl-C, but another waits: it is said"
ok "Ctrl-C, but another waits: the job waits on" job_state_is "$job" pending
ok "Ctrl-C, but another waits: no mark is left" test ! -e \
	"$VRS_STATE/$(job_tag "$job")/given-up"

# Who gives up does not see the other, but the other sees the mark.
touch "$VRS_STATE/$(job_tag "$job")/given-up"
calls=$(grep -c submit "$VRS_QUEUE/calls")
sleep 2		# two polls of the folder
queue say "$job" state=ended reason=CANCELLED text=cancelled by=scheduler
ok "given up meanwhile: another job is submitted" wait_for 10 \
	has "$T/log/second.err" "job $((job + 1)) is pending"
is "$(grep -c submit "$VRS_QUEUE/calls")" $((calls + 1)) \
	"given up meanwhile: one"
like "$(told second)" "job $job was taken back" "given up meanwhile: it is said"
kill -TERM "$second"
wait "$second"
is $? 143 "SIGTERM: status 143"
ok "SIGTERM: the job waits on" job_state_is $((job + 1)) pending
queued --session=two cancel >"$T/out" 2>&1 </dev/null

# The scheduler does not end it: it is not given up.
waits failing --session=three
failing=$PID
ok "an end that fails: one waits" wait_for 10 homes_are 1
job=$(job_last)
echo "the scheduler is asleep" >"$VRS_QUEUE/down.end"
kill -INT "$failing"
wait "$failing"
is $? 130 "an end that fails: status 130"
rm "$VRS_QUEUE/down.end"
like "$(told failing)" "job $job stays: the scheduler is asleep" \
	"an end that fails: it is said"
ok "an end that fails: the job waits on" job_state_is "$job" pending
ok "an end that fails: no mark is left" test ! -e \
	"$VRS_STATE/$(job_tag "$job")/given-up"
queued --session=three cancel >"$T/out" 2>&1 </dev/null

# While the submit is on its way.
touch "$VRS_QUEUE/slow"
rm -f "$VRS_QUEUE/submitting"
bg slow $(queue_command --session=slow)
ok "slow: asked" wait_for 10 test -e "$VRS_QUEUE/submitting"
kill -INT "$PID"
rm "$VRS_QUEUE/slow"
wait "$PID"
is $? 130 "Ctrl-C during the submit: status 130"
job=$(job_last)
ok "Ctrl-C during the submit: the job is cancelled" job_state_is "$job" ended
is "$(folders)" "" "Ctrl-C during the submit: no folder is left"

# ---- the ssh is gone --------------------------------------------------------

hung kept --session=hung
job=$(job_last)
kill -KILL "$holder"
wait "$PID"
is $? 129 "--on-hangup=keep: status 129"
ok "--on-hangup=keep: the job waits on" job_state_is "$job" pending
hung other --session=hung --on-hangup=cancel
waits third --session=hung
third=$PID
ok "two wait" wait_for 5 homes_are 2
kill -KILL "$holder"
ok "--on-hangup=cancel, but another waits: the front ends" wait_for 10 homes_are 1
ok "--on-hangup=cancel, but another waits: the job waits on" \
	job_state_is "$job" pending
end_pid "$third"
hung joiner --session=hung --on-hangup=cancel shell
kill -KILL "$holder"
wait "$PID"
is $? 129 "shell --on-hangup=cancel: status 129"
ok "shell --on-hangup=cancel: what it never submitted waits on" \
	job_state_is "$job" pending
hung last --session=hung --on-hangup=cancel
is "$(job_last)" "$job" "it is the same job still"
kill -KILL "$holder"
wait "$PID"
is $? 129 "--on-hangup=cancel: status 129"
ok "--on-hangup=cancel: the job is cancelled" job_state_is "$job" ended
is "$(folders)" "" "--on-hangup=cancel: no folder is left"
hung before --session=hung proxy
job=$(job_last)
kill -KILL "$holder"
wait "$PID"
hung ssh --session=hung --on-hangup=cancel proxy
is "$(job_last)" "$job" "proxy finds what one before has left"
kill -KILL "$holder"
wait "$PID"
is $? 129 "proxy --on-hangup=cancel: status 129"
ok "proxy --on-hangup=cancel: the job is cancelled" job_state_is "$job" ended

# ---- a second job of a race -------------------------------------------------

waits racer --session=race
job=$(job_last)
end_pid "$PID"
# As if another front had submitted too and died before it looked.
sed "s/^tag=.*/tag=0123456789abcdef/" "$VRS_QUEUE/$job.request" |
	queue submit >"$T/out"
mkdir -m 700 "$VRS_STATE/0123456789abcdef"
left=$(job_last)
waits young --session=race
end_pid "$PID"
ok "a second job that is young is its front's to end" job_state_is "$left" pending
queue say "$left" began=$(($(date +%s) - 90))
waits old --session=race
ok "one that is left over is ended" wait_for 5 job_state_is "$left" ended
ok "with its folder" wait_for 5 test ! -e "$VRS_STATE/0123456789abcdef"
ok "the first waits on" job_state_is "$job" pending
end_pid "$PID"
queued --session=race cancel >"$T/out" 2>&1 </dev/null

# ---- an outage --------------------------------------------------------------

echo 'the queue is down' >"$VRS_QUEUE/down"
queued --session=down --outage-timeout=0 </dev/null >"$T/out" 2>"$T/err"
is $? 69 "an outage, no patience: status 69"
like "$(cat "$T/err")" ': the queue is down$' "an outage, no patience: it is said"
queued --session=down --outage-timeout=2s </dev/null >"$T/out" 2>"$T/err"
is $? 69 "an outage, too long: status 69"
is "$(grep -c 'trying again' "$T/err")" 1 "an outage, too long: one line before"
printf 'exit 6\n' | queued --session=down >"$T/out" 2>"$T/err" &
next=$!
ok "an outage: it is said" wait_for 10 has "$T/err" \
	'the queue is down; trying again for (300|299) s'
rm "$VRS_QUEUE/down"
ok "an outage: the job is submitted behind it" wait_for 10 has "$T/err" \
	'job [0-9]+ is pending'
echo 'the queue is down' >"$VRS_QUEUE/down"
queue start "$(job_last)"
wait "$next"
is $? 6 "an outage while it starts: the agent calls all the same"
queued --session=down cancel </dev/null >"$T/out" 2>"$T/err"
is $? 69 "cancel does not wait for the end of an outage"
rm "$VRS_QUEUE/down"
queued --session=down cancel </dev/null >"$T/out" 2>"$T/err"
is $? 0 "cancel"
done_testing
