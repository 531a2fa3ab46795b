#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A peer that has the session's key says anything behind a real handshake: a
# front to the agent, an agent to each command. Nobody dies of it or hangs. That
# who has the key may end a session is no fault of the agent.
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 1800 || echo 180)}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product

seconds=${FUZZ_SECONDS:-$(of 8 300)}
seed=$(date +%s)
diag "seed $seed"
tag=0123456789abcdef
runs=0
held=0

# folder_new DIR: with a secret
folder_new() {
	rm -rf "${1:?}"
	mkdir -p "$1/$tag"
	chmod 700 "$1" "$1/$tag"
	(umask 077 && head -c 32 /dev/urandom >"$1/$tag/secret")
}

# ---- an agent, and fronts that mean no good --------------------------------
agent_new() {
	folder_new "$T/a"
	agents=$((agents + 1))
	VSCODE_AGENT_FOLDER=$T bg "agent$agents" "$BUILD/vscode-remote-agent" \
		--tag=$tag --state-dir="$T/a" --link-address=127.0.0.1 \
		--session=s --idle-timeout=1h -vv
	agent=$PID
	wait_for 20 test -s "$T/a/$tag/endpoint" || die "no agent"
}

agents=0
ended=0
bad=
agent_new
end=$(($(lib_now) + seconds * 10))
while test "$(lib_now)" -lt $end || test $runs -lt 40; do
	timeout 120 "$BUILD/clients/hostile" front "$T/a/$tag" \
		$((seed + runs)) 20 >"$T/said" 2>"$T/err"
	rc=$?
	runs=$((runs + 20))
	if alive "$agent" && test -e "$T/a/$tag/endpoint" && test $rc = 0; then
		held=$((held + 20))
		continue
	fi
	wait_for 15 gone "$agent" || bad="$bad hangs:$seed"
	wait "$agent"
	rc=$?
	ended=$((ended + 1))
	if test $rc = 0 && has "$T/log/agent$agents.err" 'ending the session'
	then
		held=$((held + 20))
	else
		bad="$bad $rc:$((seed + runs - 20))"
	fi
	agent_new
done
is "$bad" "" "hostile fronts: $runs links, no agent died"
diag "$runs runs"
diag "$ended agents were ended by a front's word"
like "$($PYTHON "$CLIENTS/link.py" "$T/a/$tag" status)" 'session=s' \
	"the agent serves an honest front"
ok "it has no descriptors left of the others" wait_for 10 test \
	"$(fds "$agent")" -lt 40
sanitized || ok "and little memory" test "$(rss "$agent")" -lt 30000
end_pid "$agent"
figure "hostile fronts with the key" local "$runs" "$held" \
	"$ended agents ended by their word; seed $seed"

# ---- an agent that means no good, and fronts -------------------------------
LAUNCH_SAYS=$T/says
export LAUNCH_SAYS
mkdir -p "$LAUNCH_SAYS"
printf '%s\n' job=1 tag=$tag session=default state=running node=c1 age=100 '' \
	>"$LAUNCH_SAYS/find"
cp "$LAUNCH_SAYS/find" "$LAUNCH_SAYS/watch"
printf 'end=1795892969\nleft=60\n\n' >"$LAUNCH_SAYS/extend"
folder_new "$T/h"
mkfifo "$T/until"
"$BUILD/clients/hostile" agent "$T/h/$tag" "$seed" <"$T/until" >"$T/said" \
	2>"$T/err" 9>&- &
hostile=$!
lib_pids="$hostile $lib_pids"
exec 8>"$T/until"
wait_for 20 test -s "$T/h/$tag/endpoint" || die "no hostile agent"

$PYTHON "$TESTS/faults/answers.py" --build "$BUILD" --dir "$LAUNCH_SAYS" \
	--says "$CLIENTS/launch-says" --state "$T/h" --seconds "$seconds" \
	--seed "$seed" >"$T/answered" 2>"$T/log/fronts" 8>&-
is $? 0 "a hostile agent: fronts were there"
read -r runs held <"$T/answered"
is "$held" "$runs" "a hostile agent: $runs fronts, none died or hung" ||
	diag_file "$T/log/fronts"
diag "$runs runs"
ok "it has not died either" alive $hostile
exec 8>&-
wait_for 10 gone $hostile
read -r links frames <"$T/said"
ok "it was talked to" test "${links:-0}" -gt 0
figure "a hostile agent with the key" local "$runs" "$held" \
	"$links links, $frames frames; seed $seed"
done_testing
