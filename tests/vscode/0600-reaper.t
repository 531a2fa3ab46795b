#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-grim-reaper and VS Code's own server, of two ordinary users: with a
# window of its client (management and extension host connections, a terminal, a
# watcher) it is spared, without one it goes with all that it has started.
# shellcheck disable=SC1091,SC2016,SC2034,SC2046,SC2086
LIB=$(cd "$(dirname "$0")" && pwd)/lib.sh
. "$(dirname "$0")/../reaper.sh"
need_product

# In the terminal, as users do: jobs, one that left the session, one that no
# hangup ends, and a program that is nobody's idea of a server.
cat >"$T/work.sh" <<'END2'
sleep 1000 & setsid sleep 1001 & nohup sleep 1002 >/dev/null 2>&1 &
/usr/bin/python3 -c "import time; print('re' + 'ady', flush=True); time.sleep(1000)"
END2
cp "$CLIENTS/window.py" "$CLIENTS/vscode.py" "$T"
chmod -R a+rX "$T"

# server UID: as a bootstrap leaves it, a child of process 1
server() {
	mkdir -p "$T/home-$1"
	program=$(sh "$TESTS/vscode/server.sh" install legacy "$T/home-$1") ||
		die "install"
	chown "$1:$1" "$T/home-$1" "$T/home-$1/.vscode-server"
	setpriv --reuid="$1" --regid="$1" --clear-groups \
		env HOME="$T/home-$1" XDG_RUNTIME_DIR="$T/home-$1" setsid sh -c '"$@" >"$0" 2>&1 &' \
		"$T/home-$1/log" "$program" --start-server --host=127.0.0.1 \
		--port=0 --accept-server-license-terms --connection-token=abc \
		</dev/null
	wait_for 60 has "$T/home-$1/log" 'agent listening on [0-9]' ||
		die "the server of $1 does not start"
}
# window UID: a client of that server; WINDOW is its pid
window() {
	port=$(sed -n 's/^Extension host agent listening on //p' \
		"$T/home-$1/log")
	setpriv --reuid="$1" --regid="$1" --clear-groups "$PYTHON" \
		"$T/window.py" "$port" abc "$COMMIT" "$VERSION" "$T/home-$1" \
		"sh $T/work.sh" </dev/null >"$T/window.$1" 2>"$T/log/window.$1" &
	WINDOW=$!
	lib_pids="$WINDOW $lib_pids"
	wait_for 60 has "$T/window.$1" up || {
		diag_file "$T/log/window.$1"
		die "no window of $1"
	}
}
# all_of UID: its processes but the window
all_of() { pgrep -u "$1" -r R,S,D,T | grep -vx "$WINDOW_A\|$WINDOW_B"; }
PARTS='server-main.js type=extensionHost type=ptyHost type=fileWatcher work.sh
sleep.1000 sleep.1001 sleep.1002 python3.-c'
! has_agents || PARTS="$PARTS type=agentHost"
# lasting UID: the oldest of each, without what the server runs now and then
lasting() { for part in $PARTS; do pgrep -u "$1" -o -f "$part" || echo no $part
	done; }
close_window() { kill -9 "$1"; wait_for 10 gone "$1"; }
# Zombies are for process 1 to collect, in its own time.
nobody() { test -z "$(all_of "$1")"; }

server $A
window $A
WINDOW_A=$WINDOW
server $B
window $B
WINDOW_B=$WINDOW
a=$(lasting $A)
is "$(echo "$a" | grep no)" "" "the tree has all its parts"

passes=100
spared=0
for i in $(seq $passes); do
	reap --kill -q
	test "$RC" != 0 || ! all_alive "$a" || spared=$((spared + 1))
done
is $spared $passes "a server with a window is spared, $passes of $passes times"
is "$(lasting $A)" "$a" "with all its processes"

# The laptop of B is closed. A's stays open.
close_window "$WINDOW_B"
reap --kill -vv --json
is "$RC" 0 "the pass after B's window has gone"
ok "ends all of B's within it" nobody $B
ok "and none of A's" all_alive "$a"
is "$("$PYTHON" -c 'import json, sys
for t in json.load(open(sys.argv[1]))["trees"]:
    print(t["uid"], t["verdict"], t["connections"] > 0,
          len(t["processes"]) > 7, "server-main" in str(t["processes"]))
' "$T/out" | sort)" "$A connected True True True
$B end False True True" "JSON tells which is which"

# Somebody ended A's server with SIGTERM: its helpers and terminals are left to
# process 1, each for itself, and the extension host still has its connection. They
# look each 5 s whether their parent lives, and would end: so they stand still.
for part in extensionHost ptyHost fileWatcher; do
	kill -STOP "$(pgrep -u $A -o -f type=$part)"
done
kill "$(pgrep -u $A -o -f out/server-main.js)"
left() { test "$(ps -o ppid= -p "$(pgrep -u $A -o -f type="$1")")" -eq 1; }
for part in extensionHost ptyHost fileWatcher; do
	ok "its $part is left to process 1" wait_for 20 left $part
done
host=$(pgrep -u $A -o -f type=extensionHost)
reap --kill -vv
ok "a pass spares the one that is connected" alive "$host"
is "$(all_of $A)" "$host" "and ends the rest"
close_window "$WINDOW_A"
reap --kill -vv
is "$RC" 0 "a pass when the window is closed"
ok "ends them all" nobody $A
test -z "$(all_of $A)" || diag "$(ps -u $A -o pid,ppid,sid,args)"
clear_up
done_testing
