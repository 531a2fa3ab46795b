#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Servers that are connected to each other, as windows' servers are to the
# supervisor of VS Code's agents: who has no other visitors than those that a
# pass ends goes in that pass, and who has one stays.
# shellcheck disable=SC1091,SC2046,SC2086
. "$(dirname "$0")/../reaper.sh"

# server UID KIND [TO]: SERVER and PORT are its
server() {
	TREES_TO=$3 trees "$1" "$2"
	set -- "$2" $(pids "$2")
	SERVER=$2 PORT=$3
}
# chain UID: $one is called by $two, which is called by $three
chain() {
	server "$1" listen
	one=$SERVER one_port=$PORT
	server "$1" caller "$one_port"
	two=$SERVER two_port=$PORT
	server "$1" caller "$two_port"
	three=$SERVER three_port=$PORT
}
# client PORT: CLIENT is its pid
client() {
	: >"$T/client"
	"$PYTHON" -c 'import socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print("up", flush=True)
time.sleep(1000)' "$1" >"$T/client" &
	CLIENT=$!
	lib_pids="$CLIENT $lib_pids"
	wait_for 10 has "$T/client" up
}
verdicts() {
	"$PYTHON" -c 'import json, sys
for t in sorted(json.load(open(sys.argv[1]))["trees"], key=lambda t: t["pid"]):
    print(t["verdict"], t["connections"])' "$T/out" | xargs
}

chain $A
client "$three_port"
reap --kill --json
is "$(verdicts)" "connected 1 connected 1 connected 1" \
	"a visitor of the last keeps all three"
ok "which live" all_alive "$one $two $three"
kill -9 "$CLIENT"
wait_for 10 gone "$CLIENT"

client "$two_port"
reap --kill --json -v
is "$(verdicts)" "connected 1 connected 1 end 0" \
	"one of the second keeps two, and the third goes"
ok "which live" all_alive "$one $two"
ok "and it is gone" gone "$three"
server $A caller "$two_port"
three=$SERVER
kill -9 "$CLIENT"
wait_for 10 gone "$CLIENT"

reap --dry-run --json
is "$(verdicts)" "end 0 end 0 end 0" "without a visitor all would end"
reap --kill
is "$RC" 0 "in one pass"
ok "and do" all_gone "$one $two $three"

chain $A
as $A --kill
ok "also when the user does it" all_gone "$one $two $three"

trees $A unix
one=$(pids unix)
server $A caller "$S/sock-$A"
two=$SERVER
reap --kill --json
is "$(verdicts)" "end 0 end 0" "a connection to a Unix socket is as good"
ok "they are gone" all_gone "$one $two"

# Young ones stay, and so does what they are connected to.
chain $A
reap --kill --json --age=1h
is "$(verdicts)" "connected 1 connected 1 young 0" "a young one keeps the others"
clear_up
done_testing
