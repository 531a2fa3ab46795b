#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The programs are replaced while a session runs: it is not hurt, and newer
# fronts use it. An agent that speaks the first version of the protocol is used
# as it was.
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

mkdir "$T/old"
cp "$BUILD/vscode-remote-shell" "$BUILD/vscode-remote-agent" \
	"$BUILD/launch-local" "$T/old"

# front PROGRAM OPTION...: commands on stdin
front() {
	program=$1
	shift
	timeout 40 "$program" --launcher=local --state-dir="$VRS_STATE" \
		--linger=0 "$@" >"$T/out" 2>"$T/err"
}

mkfifo "$T/in"
"$T/old/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" \
	--linger=0 <"$T/in" >"$T/log/first.out" 2>"$T/log/first.err" &
first=$!
lib_pids="$first $lib_pids"
exec 8>"$T/in"
echo 'echo one' >&8
ok "a session" wait_for 20 has "$T/log/first.out" one
agent=$(agents)

# As an installation does it, and then without any.
for p in vscode-remote-shell vscode-remote-agent launch-local; do
	printf '#!/bin/sh\ntouch %s/run.%s\nexit 1\n' "$T" "$p" >"$T/new"
	chmod 755 "$T/new"
	mv "$T/new" "$T/old/$p"
done
echo 'echo two' >&8
ok "replaced: the first front goes on" wait_for 10 has "$T/log/first.out" two
echo 'echo hello' | front "$BUILD/vscode-remote-shell"
is "$? $(cat "$T/out")" "0 hello" "replaced: another front has a shell"
rm -r "$T/old"
echo 'echo hello' | front "$BUILD/vscode-remote-shell"
is "$? $(cat "$T/out")" "0 hello" "removed: so it has then"
is "$(agents)" "$agent" "in the same job"
if command -v openssl >/dev/null; then
	$PYTHON "$CLIENTS/link.py" "$(find "$VRS_STATE" -mindepth 1 -maxdepth 1 \
		-name '????????????????')" stall 1 /nonexistent >"$T/stall"
	like "$(cat "$T/stall")" '^trips [1-9]' "connections are made and used"
	like "$(cat "$T/stall")" '^shell 1 32 ' "and shells"
else
	skip 2 "openssl is not installed"
fi
exec 8>&-
wait_for 10 gone $first
wait $first
is $? 0 "the first front ends as its shell does"
# A front asks the scheduler for the time limit by the launcher that is there.
ok "the new agent was not run" test ! -e "$T/run.vscode-remote-agent"
vrs cancel >"$T/log/cancel.1" 2>&1
ok "the agent whose file is gone ends" wait_for 15 gone "$agent"

test -f "$TESTS/../config.mk" || {
	skip 8 "not in a build tree"
	done_testing
}
other_build "$TESTS/.." "$T/v1" proto/message.h \
	CPPFLAGS='-DPROTOCOL_VERSION=1 -DPROTOCOL_OLDEST=1' \
	"$T/v1/vscode-remote-agent"
echo 'echo hello' | front "$BUILD/vscode-remote-shell" -S --time=1-0 \
	--agent="$T/v1/vscode-remote-agent" -vv
is "$? $(cat "$T/out")" "0 hello" "version 1: a shell"
like "$($PYTHON "$CLIENTS/link.py" "$(find "$VRS_STATE" -mindepth 1 -maxdepth 1 \
	-name '????????????????')" version)" '^1$' "version 1: it is that"
echo 'sleep 0.2; echo hello' | front "$BUILD/vscode-remote-shell"
is "$? $(cat "$T/out")" "0 hello" "version 1: the next"
vrs shell --node=x -- true 2>"$T/err"
is "$? $(wc -l <"$T/err")" "76 1" "version 1: another node"
like "$(cat "$T/err")" 'started by an older version, which reaches no other node' \
	"version 1: which it cannot"
vrs list --no-header >"$T/list" 2>"$T/log/list"
is $? 0 "version 1: list"
like "$(cat "$T/list")" '^default .* -( |$)' "version 1: it tells what it can"
vrs cancel >"$T/log/cancel.2" 2>&1
is $? 0 "version 1: cancel"
done_testing
