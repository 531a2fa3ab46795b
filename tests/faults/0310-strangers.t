#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Another user throws what he has at the link port and at a listener: not a byte
# of it gets through, nobody else notices, and it costs bounded memory. What the
# promises are is tried by tests/integ/0310-security.t; here it is the number.
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 900 || echo 120)}
export TEST_TIMEOUT
if test -z "$VRS_OWN_NET" && test "$(id -u)" = 0 && unshare -n true 2>/dev/null
then
	VRS_OWN_NET=1 exec unshare -n sh "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product
test -n "$VRS_OWN_NET" || skip_all "only root can be two users"
ip link set lo up || die "no network of its own"

STRANGER=54322
stranger() { "$PYTHON" "$CLIENTS/stranger.py" "$@"; }

front_start one --log-file="$T/log/one" -v
front_serve one
agent=$(agents)
link=$(sed -n 's/^port=//p' "$VRS_STATE"/*/endpoint)
mkfifo "$T/hold"
load hold "$PORT" 4 100000 <>"$T/hold" >"$T/held" &
held=$!
wait_for 10 grep -q open "$T/held" || die "no connection"

n=$(of 1000 10000)
hundreds=$((n / 100))

# flooded NAME PORT PID BYTES: n connections of a stranger, hundreds at a time,
# while the session is used; nobody is sent more than BYTES, an alert of TLS
flooded() {
	rss_before=$(rss "$3")
	rounds=10
	test $hundreds -ge 100 || rounds=2
	i=0
	good=0
	most=0
	: >"$T/flood"
	while test $i -lt $rounds; do
		stranger flood --uid $STRANGER --count $((n / rounds)) \
			--seconds "$(of 2 6)" 127.0.0.1 "$2" >>"$T/flood" 2>>"$T/err" &
		flood=$!
		while alive $flood; do
			load rate "$PORT" 1 2 20000 >/dev/null &&
				good=$((good + 1)) || most=999
			sleep 0.2
		done
		wait $flood || most=998
		i=$((i + 1))
	done
	sent=$(sort -n "$T/flood" | tail -n 1 | cut -d' ' -f1)
	grown=$(($(rss "$3" VmHWM) - rss_before))
	held=0
	is "$(wc -l <"$T/flood") $most" "$rounds 0" \
		"$1: all of it was tried, and the session served meanwhile" &&
		ok "$1: at most $4 bytes came back" test "${sent:-999}" -le "$4" &&
		held=1
	if sanitized; then
		skip 1 "a sanitizer keeps what was freed"
	else
		ok "$1: it cost less than 4 MB" test $grown -lt 4096 || held=0
	fi
	figure "$1" local "$n" $((held * n)) "at most ${sent:-?} bytes back to \
one, memory $grown kB more, $good uses of the session meanwhile"
}

flooded "garbage, HTTP, TLS at the link port" "$link" "$agent" 7
flooded "the same at a listener" "$PORT" "$FRONT" 0
echo >"$T/hold"
ok "connections from before carry still" wait_for 20 grep -q moved "$T/held"
echo >"$T/hold"
echo >"$T/hold"

# The user connects from the port of a stranger whose reset connection, and what
# it said, still waits to be accepted.
n=$(of 30 1000)
stranger replays --uid $STRANGER --pid "$FRONT" --count "$n" 127.0.0.1 \
	"$PORT" >"$T/replay" 2>"$T/err"
is $? 0 "the trick with the source port: $n times" || diag_file "$T/err"
read -r times foreign served <"$T/replay"
is "$times $foreign" "$n 0" "the trick with the source port: no byte of his"
figure "reused source port" local "$n" "$((n - foreign))" \
	"$foreign attacker bytes got through, $served of the user's were served"
ok "the trick was tried: refusals are logged" \
	has "$T/log/one" "refused a connection"
is "$(agents)" "$agent" "the same job"
done_testing
