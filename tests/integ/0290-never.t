#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A job of which its scheduler says that it may never start: one line, and with
# --on-impossible=fail it is taken back, if nobody else waits for it and no node
# is missing. A launcher with a queue stands in for the scheduler.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new

# waits NAME [OPTION...]: a front whose job waits, $PID; the job is $job
waits() {
	lib_w=$1
	shift
	# shellcheck disable=SC2046 # words
	bg "$lib_w" $(queue_command "$@") </dev/null
	ok "$lib_w: told of the job" wait_for 20 has "$T/log/$lib_w.err" \
		'job [0-9]+ is pending'
	job=$(job_last)
}
told() { cat "$T/log/$1.err"; }
# never ID KEY=VALUE...: what a launcher says of one
never() {
	lib_id=$1
	shift
	queue say "$lib_id" reason=PartitionTimeLimit \
		"text=asked for more time than the partition allows" \
		"never=ask for less time (--time)" "$@"
}
# another ID: something else that is told, so what came before was seen
another() {
	queue say "$1" reason=Priority "text=other jobs are ahead" never= \
		nodes-missing=
}
words='\(PartitionTimeLimit: asked for more time than the partition allows\)'

# ---- told, once -------------------------------------------------------------

waits a --session=a
never "$job"
ok "it is told" wait_for 10 has "$T/log/a.err" 'may never start'
like "$(told a)" "^vscode-remote-shell: job $job may never start $words; ask for less time \(--time\); it goes on waiting, \`[^ ]*vscode-remote-shell cancel a\` ends it\$" \
	"with the reason and what to change"
another "$job"
ok "what comes then is told" wait_for 10 has "$T/log/a.err" 'Priority'
never "$job" start=1900000000
ok "and that" wait_for 10 has "$T/log/a.err" 'expected start 2030'
is "$(grep -c 'may never start' "$T/log/a.err")" 1 "once"
never "$job" nodes-missing=0 start=1900100000
ok "and that, too" wait_for 10 has "$T/log/a.err" 'start 2030-03-1[89]'
ok "it goes on waiting" job_state_is "$job" pending
ok "and so does the front" alive "$PID"
queue start "$job"
wait "$PID"
is $? 0 "it starts after all: the shell runs"
queued --session=a cancel >"$T/out" 2>&1 </dev/null

# Only of a job that waits.
waits b --session=b
never "$job" state=suspended
ok "suspended: told so" wait_for 10 has "$T/log/b.err" 'is suspended'
another "$job"
ok "suspended: told what comes then" wait_for 10 has "$T/log/b.err" Priority
is "$(grep -c 'never start' "$T/log/b.err")" 0 "suspended: nothing of never"
end_pid "$PID"
queued --session=b cancel >"$T/out" 2>&1 </dev/null

# ---- --on-impossible=fail ---------------------------------------------------

waits f --session=f --on-impossible=fail
never "$job" nodes-missing=2
ok "nodes are missing: it is told" wait_for 10 has "$T/log/f.err" \
	"job $job may never start $words.*waiting, as long as nodes of its partition are down, powered down or not set up \(2\), "
ok "nodes are missing: it waits" job_state_is "$job" pending
another "$job"
ok "another reason: it waits" wait_for 10 has "$T/log/f.err" Priority
never "$job" nodes-missing= start=1900000000
ok "not known whether nodes are: it is seen" wait_for 10 has "$T/log/f.err" \
	'TimeLimit.*start 2030'
another "$job"
ok "not known whether nodes are: it waits" wait_for 10 has "$T/log/f.err" \
	'Priority.*start 2030'
ok "the front waits" alive "$PID"
never "$job" nodes-missing=0
wait "$PID"
is $? 69 "no node is missing: status 69"
like "$(told f)" "^vscode-remote-shell: job $job can never start $words, and all nodes of its partition are there; ask for less time \(--time\)\$" \
	"no node is missing: it is said"
like "$(told f)" "job $job was cancelled: nobody else waited for it" \
	"no node is missing: and that it is taken back"
ok "no node is missing: it is" job_state_is "$job" ended
is "$(ls "$VRS_STATE" | grep -Ex '[0-9a-f]{16}')" "" "no folder is left"

# The client's next connection did not submit it, and takes it back all the same.
waits g1 --session=g
end_pid "$PID"
waits g2 --session=g --on-impossible=fail
never "$job" nodes-missing=0
wait "$PID"
is $? 69 "submitted by another, who went: status 69"
ok "submitted by another, who went: taken back" job_state_is "$job" ended

waits h1 --session=h
first=$PID
waits h2 --session=h --on-impossible=fail
never "$job" nodes-missing=0
wait "$PID"
is $? 69 "another waits for it: status 69"
like "$(told h2)" "job $job stays, since others wait for it; .*cancel" \
	"another waits for it: it is said"
ok "another waits for it: it stays" job_state_is "$job" pending
ok "another waits for it: who is told" wait_for 10 has "$T/log/h1.err" \
	'may never start'
ok "another waits for it: who waits on" alive "$first"
end_pid "$first"

queued --on-impossible=perhaps </dev/null >"$T/out" 2>"$T/err"
is $? 64 "another word is refused"

# A launcher of a machine knows no such thing.
echo 'exit 4' | "$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
	--state-dir="$VRS_STATE" --session=l --on-impossible=fail \
	>"$T/out" 2>"$T/err"
is $? 4 "launch-local: nothing changes"
is "$(grep -c never "$T/err")" 0 "launch-local: nothing is said"
"$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" \
	--session=l cancel >"$T/out" 2>&1
done_testing
