#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A session that was ended on purpose stays ended: a client whose window is open
# comes back by itself, and starts no job. Who means it starts one.
. "$(dirname "$0")/../lib.sh"
need_product
end_all() { vrs cancel --all >"$T/log/end" 2>&1; }
at_exit end_all

command_line() {
	echo "$BUILD/vscode-remote-shell --launcher=local --linger=0" \
		"--state-dir=$VRS_STATE --session=a"
}
# window NAME [OPTION...]: a client that stays, $PID, on descriptor 8
window() {
	lib_w=$1
	shift
	rm -f "$T/$lib_w.in"
	mkfifo "$T/$lib_w.in"
	# shellcheck disable=SC2046 # words
	bg "$lib_w" sh -c 'exec "$@" <"$0"' "$T/$lib_w.in" $(command_line "$@") "$@"
	exec 8>"$T/$lib_w.in"
	echo 'echo up-$((1+1))' >&8
	ok "$lib_w: a window" wait_for 20 has "$T/log/$lib_w.out" up-2
}
# try [OPTION...]: the client comes back
try() {
	# shellcheck disable=SC2046 # words
	echo exit | timeout 60 $(command_line) "$@" >"$T/out" 2>"$T/err"
	rc=$?
}
jobs() { vrs list --no-header 2>/dev/null | wc -l | tr -d ' '; }
# later SECONDS: that much time passes for what is kept in mind
later() { find "$VRS_STATE" -name 'ended.*' -exec touch -d "-$1 seconds" {} +; }
gone_all() { test "$(jobs)" = 0; }

# ---- cancel ----------------------------------------------------------------

window one
vrs cancel a >"$T/out" 2>&1
is $? 0 "cancel, with a window open"
wait_for 15 gone "$PID"
wait "$PID"
is $? 69 "its front ends"
like "$(cat "$T/log/one.err")" 'job 1 ends: it was cancelled|job 1 ends: .*told to end' "and says why"
exec 8>&-
ok "no job is left" wait_for 15 gone_all
refused=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
	later 10
	try
	test $rc = 69 && test "$(jobs)" = 0 && refused=$((refused + 1))
done
is "$refused" 18 "3 minutes of tries, each 10 s after the other: no job"
like "$(cat "$T/err")" "session 'a' was ended \(.*\) and stays so .*alloc a. starts it now, .* after 90 s" \
	"the line says how to start now"
is "$(wc -l <"$T/err")" 1 "one line"
later 80
try
is "$rc" 69 "after 80 s of silence"
later 100
try
is "$rc $(jobs)" "0 1" "after 100 s of silence: one job"
vrs cancel a >"$T/out" 2>&1
ok "nobody was attached at that end" wait_for 15 gone_all
try
is "$rc $(jobs)" "0 1" "so the next connection starts one at once"

# ---- who means it ----------------------------------------------------------

window two
vrs cancel a >"$T/out" 2>&1
wait_for 15 gone "$PID"
exec 8>&-
wait_for 15 gone_all
try
is "$rc $(jobs)" "69 0" "refused again"
ln -s "$BUILD/launch-local" "$T/launch-other"
try --launcher="$T/launch-other"
is "$rc $(jobs)" "0 1" "a session of another launcher is another one"
vrs cancel a >"$T/out" 2>&1
wait_for 15 gone_all
try -S --time=99
is "$rc $(jobs)" "0 1" "other options start one at once"
vrs cancel a >"$T/out" 2>&1
wait_for 15 gone_all
try
is "$rc $(jobs)" "69 0" "the same ones still do not"
# shellcheck disable=SC2046 # words
$(command_line) alloc >"$T/out" 2>"$T/err" </dev/null
is "$? $(jobs)" "0 1" "alloc starts one"
vrs cancel a >"$T/out" 2>&1
wait_for 15 gone_all
try
is "$rc $(jobs)" "0 1" "and what was kept in mind is forgotten"

# ---- other ends ------------------------------------------------------------

window idle --linger=0
kill -KILL "$(agents)"
wait_for 15 gone "$PID"
exec 8>&-
wait_for 15 gone_all
try
is "$rc $(jobs)" "0 1" "an agent that was killed: the next connection starts a job"
vrs cancel a >"$T/out" 2>&1
wait_for 15 gone_all

# At the time limit. (The idle end finds nobody attached.)
window limit -S --time=0:30
ok "the end at the limit" wait_for 60 gone "$PID"
exec 8>&-
wait_for 15 gone_all
try -S --time=0:30
is "$rc $(jobs)" "69 0" "stays, too"

# Hours later the client has given up.
sed -i "s/^since=.*/since=$(($(date +%s) - 11000))/" "$VRS_STATE"/ended.*
later 10
try -S --time=0:30
is "$rc $(jobs)" "0 1" "three hours later a try starts a job"
done_testing
