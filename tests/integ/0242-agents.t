#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The supervisor of VS Code's agents, `code agent host`, which is found by files
# in the home directory that name no host: what is not true here moves before a
# client could dial the port or kill the pid that they name, what another host has
# put in the place of ours is put back, and with the session it ends.
# shellcheck disable=SC2046
. "$(dirname "$0")/../lib.sh"
need_product

LOCK=$HOME/.vscode-server/cli/agent-host-stable.lock
ENTRIES=$HOME/.config/Code/agent-host/local-endpoint/entries
end() { vrs cancel --all >"$T/log/cancel" 2>&1; }
at_exit end

# run NAME COMMAND: in the session, its output is $T/NAME
run() {
	echo "$2" | timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" --linger=0 --idle-timeout=10m \
		--shell=/bin/sh -vv >"$T/$1" 2>"$T/log/$1.err"
}
# supervisor NAME: as the exec server starts it, or finds it; PID and PORT are its
supervisor() {
	run "$1" "'$PYTHON' '$CLIENTS/supervisor.py' ~/.vscode-server/code-abc"
	set -- $(cat "$T/$1")
	PID=$1 PORT=$2
}
field() { "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }
marked() { grep -qs "^process=$1 " "$VRS_STATE"/servers/*; }
moved() { grep -c "moved to .*/.stale-records: $2" "$T/log/$1.err"; }
pause() { sleep 1.1; }	# a look is good for a second

# ---- what another host, or one that was killed, has left -------------------
bg sleep sleep 300
stranger=$PID
mkdir -p "$(dirname "$LOCK")" "$ENTRIES"
sha=$(printf 'x%.0s' 1 2 | sha256sum | cut -c1-64)
editor=$(printf 'y' | sha256sum | cut -c1-64)
printf '{"schemaVersion":1,"pid":%s,"port":1}' "$stranger" >"$LOCK"
printf '{"schemaVersion":2,"type":"standalone","pid":%s,"endpoint":{"type":"tcp","host":"127.0.0.1","port":1}}' \
	"$stranger" >"$ENTRIES/$sha.json"
printf '{"schemaVersion":2,"type":"editor","pid":%s,"endpoint":{"type":"socket","path":"/x"}}' \
	"$stranger" >"$ENTRIES/$editor.json"
cp "$ENTRIES/$editor.json" "$T/editor.json"
echo secret >"$HOME/.vscode-server/cli/agent-host-token"
supervisor a
ok "a supervisor is started though a stranger has the pid in the lock" \
	test "$PID" != "$stranger"
ok "and the stranger lives" alive "$stranger"
is "$(moved a cli/agent-host-stable)$(moved a "agent-host/local-endpoint/entries/$sha")" \
	11 "lock and entry were moved, which is said"
ok "the entry is" not test -e "$ENTRIES/$sha.json"
same "$ENTRIES/$editor.json" "$T/editor.json" "that of a desktop's editor is as it was"
ok "and so is the token" test -s "$HOME/.vscode-server/cli/agent-host-token"
ours=$PID port=$PORT

# ---- the session's own ------------------------------------------------------
pause
supervisor b
is "$PID" "$ours" "it is found again"
ok "and marked" wait_for 10 marked "$ours"
entry=$(grep -l "\"pid\": $ours" "$ENTRIES"/*.json)
cp "$LOCK" "$T/lock.ours"
cp "$entry" "$T/entry.ours"
pause
# Another host with this home directory starts one, and prunes our entry.
printf '{"schemaVersion":1,"pid":2147483646,"port":1}' >"$LOCK"
rm "$entry"
supervisor c
is "$PID $PORT" "$ours $port" "it is found when another host has overwritten the lock"
same "$LOCK" "$T/lock.ours" "which is as it was"
same "$entry" "$T/entry.ours" "and so is the entry that was removed"
is "$(moved c cli/agent-host-stable)" 1 "the other's was moved"
is "$(grep -c 'see --server-dir' "$T/log/c.err")" 0 \
	"and nobody is sent to --server-dir, which does not help"
is "$(stat -c %a "$LOCK" "$entry" | xargs)" "600 600" "they are private"

# ---- the end ----------------------------------------------------------------
end
ok "with the session it ends, although it left its parents" \
	gone "$ours"
ok "its lock goes with it" not test -e "$LOCK"
ok "and its entry" not test -e "$entry"
ok "but not that of the editor" test -e "$ENTRIES/$editor.json"

# ---- one outside of the session ---------------------------------------------
HOME=$HOME "$PYTHON" "$CLIENTS/supervisor.py" "$HOME/.vscode-server/code-abc" \
	>"$T/outside"
wait_for 10 test -s "$T/outside"
set -- $(cat "$T/outside")
outside=$1
supervisor d
is "$PID" "$outside" "one that runs outside of the session is left alone"
is "$(grep -c "outside of this session, below process $outside " "$T/log/d.err")" 1 \
	"which is said"
end
ok "also when the session ends" alive "$outside"
is "$(field "$LOCK" pid)" "$outside" "with its lock"
kill "$outside"
wait_for 10 gone "$outside"

# Without it everything is left as it is.
printf '{"schemaVersion":1,"pid":%s,"port":1}' "$stranger" >"$LOCK"
echo exit | timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" --linger=0 --shell=/bin/sh \
	--server-hygiene=off >"$T/e" 2>"$T/log/e.err"
is "$(field "$LOCK" pid)" "$stranger" "--server-hygiene=off touches none"
end
kill "$stranger"
done_testing
