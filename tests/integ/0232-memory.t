#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A job whose memory is used up, in a real control group: who was ended, of how
# much, and how to have more; and what list and status show of it.
. "$(dirname "$0")/../lib.sh"
need_product

v1=$(findmnt -n -t cgroup -O memory -o TARGET | head -n 1)
v2=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
group=
for at in $v1 $v2; do
	test -e "$at/memory.limit_in_bytes" ||
		grep -qw memory "$at/cgroup.subtree_control" 2>/dev/null ||
		continue
	mkdir "$at/vrs.$$" 2>/dev/null && group=$at/vrs.$$ && break
done
test -n "$group" || skip_all "no control group for memory can be made here"
mkdir "$group/job_1"
remove() {
	vrs cancel --all >"$T/log/cancel" 2>&1
	wait_for 10 rmdir "$group/job_1" 2>/dev/null
	wait_for 10 rmdir "$group" 2>/dev/null
}
at_exit remove
# The limit is the job's, whose processes are one group further down.
if test -e "$group/memory.limit_in_bytes"; then
	echo 200M >"$group/memory.limit_in_bytes"
else
	echo +memory >"$group/cgroup.subtree_control" 2>/dev/null
	echo 200M >"$group/memory.max"
fi

# inside COMMAND...: in the group
inside() {
	# shellcheck disable=SC2016 # for that shell
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group/job_1" "$@"
}
run() { # NAME: what stdin has, in the session
	timeout 60 "$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
		--state-dir="$VRS_STATE" --session="$1" --shell=/bin/sh \
		>"$T/out" 2>"$T/log/$1.err"
}
hog="$PYTHON -c 'x = bytearray(400 << 20)'"
who='(python3[^ ]* \(process [0-9]+\)|a process of the session)'
words="out of memory: the kernel ended $who, since the 200M of the job were used up; ask for more, as in --mem=400M"

# The first front starts the job, and is in the group with it.
echo 'echo hello' | inside sh -c 'timeout 60 "$@"' sh \
	"$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
	--state-dir="$VRS_STATE" --session=hog --shell=/bin/sh \
	--notify-command="echo \$VSCODE_REMOTE_EVENT >>$T/events" \
	>"$T/out" 2>"$T/log/first.err"
is "$(cat "$T/out")" hello "a session in the group"
cat >"$T/keep.py" <<'END'
import sys, time
x = bytearray(60 << 20)
print("kept", flush=True)
time.sleep(1000)
END
echo "exec 3>&1; $PYTHON $T/keep.py & read x; kill \$!" >"$T/keep"
mkfifo "$T/in"
# shellcheck disable=SC2094 # read and written by two
(cat "$T/keep"; cat "$T/in") | run hog &
exec 8>"$T/in"
ok "60 MB are used" wait_for 10 has "$T/out" kept
vrs list >"$T/list" 2>"$T/err"
used=$(awk '{ for (i = 1; i <= NF; i++) if ($i == "MEM_USED") c = i }
	$1 == "hog" { print $c }' "$T/list")
ok "list shows them" test "${used%M}" -ge 60 -a "${used%M}" -lt 200 ||
	diag_file "$T/list"
vrs status hog >"$T/status" 2>"$T/err"
like "$(cat "$T/status")" '^memory used: +[0-9]+M$' "so does status"
like "$(cat "$T/status")" '^memory limit: +200M$' "with the limit"
vrs status hog --json >"$T/json" 2>"$T/err"
like "$(tr -d '\n ' <"$T/json")" \
	'"memory_used_mb":[0-9]+,"memory_limit_mb":200,' "and --json"
echo >&8
exec 8>&-
wait

echo "$hog; exit" | run hog
is $? 137 "a process that wants too much is killed"
like "$(cat "$T/log/hog.err")" "^vscode-remote-shell: $words\$" \
	"one line says who, of how much, and what to do"
ok "--notify-command hears of it" wait_for 10 has "$T/events" out-of-memory
echo 'echo still here' | run hog
is "$(cat "$T/out")" "still here" "the session goes on"
is "$(grep -c 'out of memory' "$T/log/hog.err")" 0 "and tells it once"
vrs cancel hog >"$T/log/cancel" 2>&1
vrs logs hog >"$T/out" 2>"$T/err"
is $? 0 "its log is kept, since that was no good end"
like "$(cat "$T/out")" "$words" "logs tells it"

# The agent itself.
echo 'echo hello' | inside sh -c 'timeout 60 "$@"' sh \
	"$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
	--state-dir="$VRS_STATE" --session=agent --shell=/bin/sh \
	>"$T/out" 2>"$T/log/second.err"
one_agent() { test "$(agents | wc -l)" = 1; } # that of hog may be at its end
wait_for 10 one_agent
agent=$(agents)
echo 1000 >"/proc/$agent/oom_score_adj"
# What it starts would have it, too.
echo "echo 0 >/proc/self/oom_score_adj; $hog; sleep 100" | run agent
ok "the agent is ended" wait_for 10 gone "$agent"
vrs logs agent >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" "ended by signal 9 \(Killed\): out of memory: the kernel ended the agent, since the 200M of the job were used up; ask for more, as in --mem=400M" \
	"its keeper says why"
done_testing
