#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The wall clock jumps by a year, on either side and both ways, and a process
# stands still for a while: the session stays, and so does what is forwarded.
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 600 || echo 120)}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product

YEAR=31536000
clock_new front agent
clock_agent
PRELOAD=$(clock_env front)

# A session with a time limit and an idle time, which are durations.
front_start one -S --time=30 --agent="$T/agent" --log-file="$T/log/one" -vvv
front_serve one
agent=$(agents)
PRELOAD=

# works: the front forwards, old connections and new ones, in the same session
mkfifo "$T/hold"
load hold "$PORT" 1 1000 <>"$T/hold" >"$T/held" &
held=$!
wait_for 10 grep -q open "$T/held" || die "no connection"
works() {
	alive "$FRONT" && alive "$agent" && alive "$held" &&
		test "$(load rate "$PORT" 1 3 20000)" != ""
}

jumped=0 tried=0
for who in front agent; do
	for by in $YEAR -$YEAR 0; do
		clock_shift $who $by
		type one "echo jumped $tried"
		ok "$who: the clock jumps to $by s" works &&
			ok "$who: the shell answers" wait_for 10 \
			has "$T/log/front-one.out" "^jumped $tried" &&
			jumped=$((jumped + 1))
		tried=$((tried + 1))
	done
done
clock_shift front $YEAR
clock_shift agent -$YEAR
# What is due by the monotonic clock must not come early: nothing ends.
sleep "$(of 2 40)"
ok "the clocks are two years apart" works && jumped=$((jumped + 1))
like "$(cat "$T/log/one")" "^$(($(date +%Y) + 1))-" \
	"the front's clock did jump"
clock_shift front 0
clock_shift agent 0
figure "clock jumps a year" local $((tried + 1)) $jumped \
	"both ways, front, agent and both"

seconds=$(of 4 60)
stopped=0
for who in front agent; do
	pid=$FRONT
	test $who = front || pid=$agent
	kill -STOP "$pid"
	sleep "$seconds"
	kill -CONT "$pid"
	ok "$who: goes on after $seconds s" works && stopped=$((stopped + 1))
done
echo >"$T/hold"
ok "the connection from before carries still" \
	wait_for 10 grep -q moved "$T/held" || stopped=0
echo >"$T/hold"
echo >"$T/hold"
type one 'echo after'
ok "the shell from before, too" \
	wait_for 10 has "$T/log/front-one.out" '^after' || stopped=0
is "$(agents)" "$agent" "the same job"
figure "SIGSTOP for $seconds s and SIGCONT" local 2 $stopped \
	"front, agent; connections and shell of before go on"
done_testing
