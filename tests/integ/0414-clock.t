#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The time limit holds when a wall clock jumps by a year, or is wrong from the
# start: the session ends no earlier, and each warning comes when it is due.
TEST_TIMEOUT=${TEST_TIMEOUT:-240}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../faults/lib.sh"
need_product
test -f "$INJECT" || skip_all "$INJECT is not built"
queue_new

YEAR=31536000
clock_new front agent other
clock_agent
# The scheduler has the right time; a sanitizer would find leaks of Python's.
cat >"$T/launcher" <<-END
	#!/bin/sh
	unset LD_PRELOAD
	exec '$CLIENTS/launch-queue' "\$@"
END
chmod 755 "$T/launcher"

command_line() { queue_command --launcher="$T/launcher" "$@"; }

# by_clock WHO: words that run a front by that clock
by_clock() { echo "env $(clock_env "$1")"; }

# limit_in SECONDS: the scheduler ends the job then
limit_in() { queue say "$job" end=$(($(date +%s) + $1)); }

# another SECONDS: a front whose clock is so far ahead comes, number $n
n=0
another() {
	n=$((n + 1))
	clock_new "$n"
	clock_shift "$n" "$1"
	# shellcheck disable=SC2046 # words
	bg "by$n" $(by_clock "$n") $(command_line -vv --session=a \
		--log-file="$T/log/other$n") shell -- sleep 100
	wait_for 10 has "$T/log/other$n" 'answers at' || die "no front by $1"
	# It asks the scheduler ten seconds later.
	clock_pass "$n" 10
}

# tells NUMBER: it has asked the scheduler, and told the agent
tells() { wait_for 20 has "$T/log/other$1" "job $job is confirmed"; }

# left FROM TO: what the agent knows is between them
left() {
	before=$(cut -d. -f1 /proc/uptime)
	value=$($PYTHON "$CLIENTS/link.py" "$VRS_STATE/$(job_tag "$job")" \
		status | sed -n 's/^left=//p')
	after=$(cut -d. -f1 /proc/uptime)
	test "$value" -ge "$1" && test "$value" -le "$2" ||
		{ diag "left: $value"; false; }
}

# keeps: since the last look it fell as time passed, but for parts of seconds
keeps() {
	was=$value since=$before
	left 1 $((was + 1)) && test $((was - value)) -le $((after - since + 2))
}

says() { wait_for "$1" has "$T/log/a.err" "$2"; }

mkfifo "$T/a.in"
# shellcheck disable=SC2046 # words
bg a sh -c 'exec "$@" <"$0"' "$T/a.in" $(by_clock front) \
	$(command_line --session=a --agent="$T/agent")
front=$PID
exec 8>"$T/a.in"
wait_for 10 has "$T/log/a.err" 'is pending' || die "no job"
job=$(job_last)
queue start "$job"
echo 'echo up-$((1+1))' >&8
ok "a session" wait_for 10 has "$T/log/a.out" up-2

# ---- who tells has a wrong clock -------------------------------------------

limit_in 3000
for by in 0 600 -600 -$YEAR $YEAR; do
	another $by
done
ok "a front asks for the limit" tells 1
ok "and tells it" left 2900 3000
for i in 2 3 4 5; do
	ok "one by a wrong clock, $i, asks" tells $i
	ok "and tells the same" keeps
done
like "$(tail -n 1 "$T/log/other5")" "^$(($(date +%Y) + 1))-" \
	"its clock was ahead"
ok "the session stays" alive "$front"
is "$(grep -c 'limit of session' "$T/log/a.err")" 0 "nobody is told of a change"

# ---- what is tidied up -----------------------------------------------------

# of a job that another front is about to submit
cp -R "$VRS_STATE/$(job_tag "$job")" "$VRS_STATE/0000000000000001"
clock_shift other $YEAR
# shellcheck disable=SC2046 # words
$(by_clock other) $(command_line) list >"$T/out" 2>"$T/log/list"
like "$(cat "$T/out")" "^a +$job +RUNNING" "list, by a clock a year ahead"
ok "removes no folder that is new" test -e "$VRS_STATE/0000000000000001/secret"
find "$VRS_STATE/0000000000000001" -exec touch -d '-3 hours' {} +
clock_shift other -$YEAR
# It waits for what removes them for a moment only, and the next one goes on.
tidied() {
	# shellcheck disable=SC2046 # words
	$(by_clock other) $(command_line) list >"$T/out" 2>"$T/log/list"
	test ! -e "$VRS_STATE/0000000000000001/secret"
}
ok "but one that is old, by a clock a year behind" wait_for 20 tidied
rm -rf "$VRS_STATE/0000000000000001"

# ---- the clocks jump while it runs -----------------------------------------

for by in $YEAR -$YEAR; do
	clock_shift agent $by
	clock_shift front $by
	ok "both jump by $by s: the limit stays" keeps
done
limit_in 130
another 0
ok "a limit that was moved is told" \
	says 20 "limit of session 'a' is now in 2 min"
# Too near to what is known to be told as a change.
limit_in 105
clock_shift agent $YEAR
ok "two minutes before, the front is asked what the scheduler says" \
	wait_for 30 left 1 105
clock_shift front $YEAR
limit_in 80
another $YEAR
ok "a minute before is not yet" not has "$T/log/a.err" "ends in 1 minute"
ok "a minute before: warned, with clocks a year ahead" \
	says 40 "session 'a' ends in 1 minute"
ok "when it is due" left 1 60
clock_shift agent -$YEAR
clock_shift front -$YEAR
ok "and two years back" keeps
is "$(grep -c 'ends in' "$T/log/a.err")" 1 "warned once"
ok "the session stays" alive "$front"
limit_in 30
another -$YEAR
ok "the end: not before it is due" alive "$front"
ok "the end comes" says 40 "job $job ends: the job's time limit is reached"
wait_for 15 gone "$front"
wait "$front"
is $? 69 "with status 69"
exec 8>&-
done_testing
