#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A session that is allocated and left alone knows its time limit: alloc asks for
# it before it leaves. What nobody has told is not called unlimited.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new

# shellcheck disable=SC2046 # words
bg alloc $(queue_command --session=a alloc)
alloc=$PID
wait_for 10 has "$T/log/alloc.err" 'is pending' || die "no job"
job=$(job_last)
queue say "$job" end=$(($(date +%s) + 3000)) time-limit=3000
queue start "$job"
wait "$alloc"
is $? 0 "alloc waits for the job, and leaves"
left=$("$PYTHON" "$CLIENTS/link.py" "$VRS_STATE/$(job_tag "$job")" status |
	sed -n 's/^left=//p')
ok "the agent knows the limit: ${left:-nothing}" \
	test "${left:-0}" -gt 2800 -a "${left:-9999}" -le 3000
is "$(grep -c '^find' "$VRS_QUEUE/calls")" 3 \
	"with one look more than it takes to find and to start"

# ---- what is not known -----------------------------------------------------

mkdir -m 700 "$T/other"
# shellcheck disable=SC2046 # words
echo exit | $(queue_command --session=b) >"$T/out" 2>"$T/log/b.err" &
b=$!
wait_for 10 has "$T/log/b.err" 'is pending' || die "no second job"
b_job=$(job_last)
queue start "$b_job"
wait $b
echo asleep >"$VRS_QUEUE/down"
queued list --launcher-timeout=2s >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" "^b +$b_job +RUNNING +- " "list: a limit that nobody knows is none of unlimited"
like "$(cat "$T/out")" "^a +$job +RUNNING +(4[0-9]|50):" "list: one that the agent knows"
queued --session=b status --launcher-timeout=2s >"$T/out" 2>"$T/err"
is "$(grep -c 'time left' "$T/out")" 0 "status says nothing of it"
rm "$VRS_QUEUE/down"
done_testing
