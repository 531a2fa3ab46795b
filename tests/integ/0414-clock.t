#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The time limit holds when a wall clock jumps by a year, or is wrong from the
# start: the session ends no earlier, and each warning comes when it is due.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../faults/lib.sh"
need_product
! stand_in || skip_all "a stand-in has no clock of its own"
test -f "$INJECT" || skip_all "$INJECT is not built"
queue_new

YEAR=31536000
for who in front agent other; do
	head -c 4096 /dev/zero >"$T/clock-$who"
done
cat >"$T/agent" <<-END
	#!/bin/sh
	LD_PRELOAD=$FAULT_PRELOAD FAULT_IN=vscode-remote-agent \\
		FAULT_STATE=$T/clock-agent \\
		exec '$BUILD/vscode-remote-agent' "\$@"
END
chmod 755 "$T/agent"

# jump WHO SECONDS: its clock is that far from ours; state.shift of inject.c
jump() {
	$PYTHON -I -c 'import struct, sys
with open(sys.argv[1], "r+b") as f:
    f.seek(24)
    f.write(struct.pack("=q", int(sys.argv[2])))' "$T/clock-$1" "$2"
}

# by_clock WHO: words that run a front by that clock
by_clock() {
	echo "env LD_PRELOAD=$FAULT_PRELOAD FAULT_IN=vscode-remote-shell" \
		"FAULT_STATE=$T/clock-$1"
}

# limit_in SECONDS: the scheduler ends the job then
limit_in() { queue say "$job" end=$(($(date +%s) + $1)); }

# another SECONDS: a front whose clock is that wrong comes, tells, and goes
another() {
	jump other "$1"
	# shellcheck disable=SC2046 # words
	timeout 60 $(by_clock other) $(queue_command -vv --session=a \
		--log-file="$T/log/other") shell -- true \
		>"$T/out" 2>"$T/log/another" </dev/null
}

# left FROM TO: what the agent knows is between them
left() {
	value=$($PYTHON "$CLIENTS/link.py" "$VRS_STATE/$(job_tag "$job")" \
		status | sed -n 's/^left=//p')
	test "$value" -ge "$1" && test "$value" -le "$2" ||
		{ diag "left: $value"; false; }
}

says() { wait_for "$1" has "$T/log/a.err" "$2"; }

mkfifo "$T/a.in"
# shellcheck disable=SC2046 # words
bg a sh -c 'exec "$@" <"$0"' "$T/a.in" $(by_clock front) \
	$(queue_command --session=a --agent="$T/agent")
front=$PID
exec 8>"$T/a.in"
wait_for 10 has "$T/log/a.err" 'is pending' || die "no job"
job=$(job_last)
queue start "$job"
echo 'echo up-$((1+1))' >&8
ok "a session" wait_for 10 has "$T/log/a.out" up-2

# ---- who tells has a wrong clock -------------------------------------------

limit_in 1000
another 0
ok "a front tells the limit" left 985 1000
for by in 600 -600 -$YEAR $YEAR; do
	another $by
	ok "one whose clock is $by s off tells the same" left 960 1000
done
like "$(tail -n 1 "$T/log/other")" "^$(($(date +%Y) + 1))-" \
	"its clock was off"
ok "the session stays" alive "$front"
is "$(grep -c 'limit of session' "$T/log/a.err")" 0 "nobody is told of a change"

# ---- what is tidied up -----------------------------------------------------

# of a job that another front is about to submit
cp -R "$VRS_STATE/$(job_tag "$job")" "$VRS_STATE/0000000000000001"
jump other $YEAR
# shellcheck disable=SC2046 # words
$(by_clock other) $(queue_command) list >"$T/out" 2>"$T/log/list"
like "$(cat "$T/out")" "^a +$job +RUNNING" "list, by a clock a year early"
ok "removes no folder that is new" test -e "$VRS_STATE/0000000000000001/secret"
find "$VRS_STATE/0000000000000001" -exec touch -d '-3 hours' {} +
jump other -$YEAR
# shellcheck disable=SC2046 # words
$(by_clock other) $(queue_command) list >"$T/out" 2>"$T/log/list"
ok "but one that is old, by a clock a year late" \
	test ! -e "$VRS_STATE/0000000000000001/secret"
rm -rf "$VRS_STATE/0000000000000001"

# ---- the clocks jump while it runs -----------------------------------------

limit_in 126
another 0
ok "a limit that was moved is told" says 5 "limit of session 'a' is now in 2 min"
for by in $YEAR -$YEAR; do
	jump agent $by
	jump front $by
	ok "both jump by $by s: the limit stays" left 110 126
done
jump agent $YEAR
asked=$(grep -c find "$VRS_QUEUE/calls")
asks() { test "$(grep -c find "$VRS_QUEUE/calls")" -gt "$asked"; }
ok "two minutes before, the front is asked" wait_for 15 asks
sleep 1
ok "its answer is the scheduler's" left 100 120
jump front $YEAR
limit_in 64
another $YEAR
ok "a minute before is not yet" not has "$T/log/a.err" "ends in 1 minute"
ok "a minute before: warned, with clocks a year off" \
	says 10 "session 'a' ends in 1 minute"
ok "when it is due" left 55 60
jump agent -$YEAR
jump front -$YEAR
ok "and two years back" left 50 60
is "$(grep -c 'ends in' "$T/log/a.err")" 1 "warned once"
ok "the session stays" alive "$front"
limit_in 15
another -$YEAR
ok "the end: not early" alive "$front"
ok "the end comes" says 15 "job $job ends: the job's time limit is reached"
wait_for 15 gone "$front"
wait "$front"
is $? 69 "with status 69"
exec 8>&-
done_testing
