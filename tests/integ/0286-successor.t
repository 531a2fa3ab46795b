#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A session's second job that its launcher calls a successor was queued behind
# the first on purpose: no attach ends it, however old it is. One that only lost
# a race is ended.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new

# behind JOB TAG [KEY=VALUE...]: a second job of its session, $SECOND, which was
# queued 90 s ago, and its folder
behind() {
	lib_tag=$2
	sed "s/^tag=.*/tag=$2/" "$VRS_QUEUE/$1.request" | queue submit >"$T/out"
	mkdir -m 700 "$VRS_STATE/$2"
	SECOND=$(job_last)
	shift 2
	queue say "$SECOND" began=$(($(date +%s) - 90)) "$@"
	is "$(job_tag "$SECOND")" "$lib_tag" "job $SECOND is queued behind it"
}
stays() {
	ok "$1: the job stays" job_state_is "$2" pending
	ok "$1: and its folder" test -d "$VRS_STATE/$(job_tag "$2")"
}

# ---- a job that waits: the scheduler is asked first -------------------------

# shellcheck disable=SC2046 # words
bg first $(queue_command --session=a -vvv) </dev/null
ok "a job waits" wait_for 20 has "$T/log/first.err" 'job [0-9]+ is pending'
job=$(job_last)
end_pid "$PID"
behind "$job" 00000000000000a3
rival=$SECOND
behind "$job" 00000000000000a2 role=deputy
deputy=$SECOND
behind "$job" 00000000000000a1 role=successor
successor=$SECOND
# shellcheck disable=SC2046 # words
bg second $(queue_command --session=a -vvv) </dev/null
ok "an attach" wait_for 20 has "$T/log/second.err" "job $job is pending"
ok "who lost a race is ended" wait_for 10 job_state_is "$rival" ended
ok "with its folder" wait_for 10 test ! -e "$VRS_STATE/00000000000000a3"
stays "a successor" "$successor"
stays "a word of a later version" "$deputy"
is "$(grep -c '^end' "$VRS_QUEUE/calls")" 1 "one job was ended"
for i in "$job is current" "$rival is rival" "$deputy is unknown" \
	"$successor is successor"; do
	ok "the log tells: $i" has "$T/log/second.err" "session 'a': job $i\$"
done

# ---- one that runs: its agent is asked first, the scheduler behind the attach

mkfifo "$T/in"
# shellcheck disable=SC2046 # words
bg shell sh -c 'exec "$@" <"$0"' "$T/in" $(queue_command --session=a -vvv)
shell=$PID
exec 8>"$T/in"
queue start "$job"
echo 'echo up-$((1+1))' >&8
ok "a shell" wait_for 20 has "$T/log/shell.out" up-2
behind "$job" 00000000000000a4
rival=$SECOND
mkfifo "$T/in2"
# shellcheck disable=SC2046 # words
bg again sh -c 'exec "$@" <"$0"' "$T/in2" $(queue_command --session=a -vvv)
again=$PID
exec 7>"$T/in2"
ok "a second shell: its agent answers" wait_for 20 has "$T/log/again.err" \
	"job $job: its agent on .* answers"
ok "the scheduler confirms it" wait_for 30 has "$T/log/again.err" \
	"job $job is confirmed"
ok "who lost a race is ended" wait_for 10 job_state_is "$rival" ended
stays "a successor" "$successor"
stays "a word of a later version" "$deputy"
exec 7>&-
ok "the second shell ends" wait_for 10 gone "$again"
exec 8>&-
ok "the first, too" wait_for 10 gone "$shell"

# ---- its turn has come ------------------------------------------------------

queue say "$deputy" state=ended
kill -TERM "$(agents)"
ok "the first job ends" wait_for 20 no_agents
queue say "$job" state=ended
# An attach would do the same with one that any front has submitted.
cp "$VRS_QUEUE/$successor.request" "$T/request"
rm -rf "${VRS_STATE:?}/$(job_tag "$successor")"
printf 'exit 5\n' | queued --session=a >"$T/out" 2>"$T/err" &
next=$!
ok "a successor without an older job is the session" wait_for 20 has "$T/err" \
	"job $successor is pending"
sed "s/--tag=[0-9a-f]*/--tag=$(job_tag "$successor")/
s|^log=.*|log=$T/log/agent|" "$T/request" >"$VRS_QUEUE/$successor.request"
queue start "$successor"
wait "$next"
is $? 5 "its agent is found, and its shell"

# ---- cancel -----------------------------------------------------------------

behind "$successor" 00000000000000a5 role=successor
last=$SECOND
queued --session=a cancel >"$T/out" 2>&1
is $? 0 "cancel"
ok "ends the session" job_state_is "$successor" ended
ok "and who was to follow" job_state_is "$last" ended
done_testing
